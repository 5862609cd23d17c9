package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A transformer: decoder-only, encoder-only or encoder-decoder, with all that a run of it needs
 * besides the weights.
 *
 * @param modelType the family, as {@code config.json} names it
 * @param hiddenSize width of the residual stream
 * @param embedding how tokens enter; encoder and decoder share it
 * @param encoder layers that see a whole sequence at once
 * @param decoder layers that see what came before
 * @param head what comes out
 * @param numNextTokenPredictLayers modules that predict further tokens in training (DeepSeek-V3,
 *     arXiv:2412.19437, section 2.2); not counted with the model
 * @param maxPositions tokens of a sequence that the model was made for; {@link
 *     #UNLIMITED_POSITIONS} where nothing limits them
 * @param numerics epsilon and factors, which change no count
 * @param omitted parts of the published model that are not described here, as its config names
 *     them: such as {@code vision_config}
 */
public record Architecture(
    String modelType,
    int hiddenSize,
    Embedding embedding,
    Optional<Stack> encoder,
    Optional<Stack> decoder,
    Head head,
    int numNextTokenPredictLayers,
    int maxPositions,
    Numerics numerics,
    List<String> omitted) {

  /** Stands for sequences of any length. */
  public static final int UNLIMITED_POSITIONS = Integer.MAX_VALUE;

  /** Keeps the bytes of all parameters, at 4 each, below 2^63. */
  private static final long MAX_PARAMETERS = 1L << 60;

  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public Architecture {
    Objects.requireNonNull(modelType, "modelType");
    Limits.requireSize("hidden_size", hiddenSize, Limits.MAX_WIDTH);
    Objects.requireNonNull(embedding, "embedding");
    Objects.requireNonNull(head, "head");
    Limits.require(
        encoder.isPresent() || decoder.isPresent(), "num_hidden_layers", 0, "must be positive");
    Limits.requireSizeOrNone(
        "num_nextn_predict_layers", numNextTokenPredictLayers, Limits.MAX_LAYERS);
    Limits.requireSize("max_position_embeddings", maxPositions, UNLIMITED_POSITIONS);
    Objects.requireNonNull(numerics, "numerics");
    omitted = List.copyOf(omitted);
    boolean hasCrossAttention =
        decoder.stream()
            .flatMap(stack -> stack.layers().stream())
            .anyMatch(layer -> layer.crossAttention().isPresent());
    Limits.require(
        encoder.isPresent() || !hasCrossAttention,
        "is_encoder_decoder",
        false,
        "must be true where a layer has cross-attention");
    requireCountable(hiddenSize, embedding, encoder, decoder, head);
  }

  /** Nothing left out. */
  public Architecture(
      String modelType,
      int hiddenSize,
      Embedding embedding,
      Optional<Stack> encoder,
      Optional<Stack> decoder,
      Head head,
      int numNextTokenPredictLayers,
      int maxPositions,
      Numerics numerics) {
    this(
        modelType,
        hiddenSize,
        embedding,
        encoder,
        decoder,
        head,
        numNextTokenPredictLayers,
        maxPositions,
        numerics,
        List.of());
  }

  /** Sequences of any length, and numbers as most have them. */
  public Architecture(
      String modelType,
      int hiddenSize,
      Embedding embedding,
      Optional<Stack> encoder,
      Optional<Stack> decoder,
      Head head,
      int numNextTokenPredictLayers) {
    this(
        modelType,
        hiddenSize,
        embedding,
        encoder,
        decoder,
        head,
        numNextTokenPredictLayers,
        UNLIMITED_POSITIONS,
        Numerics.DEFAULT);
  }

  /** A decoder alone. */
  public static Architecture decoderOnly(
      String modelType, int hiddenSize, Embedding embedding, Stack decoder, Head head) {
    return new Architecture(
        modelType, hiddenSize, embedding, Optional.empty(), Optional.of(decoder), head, 0);
  }

  /** An encoder alone. */
  public static Architecture encoderOnly(
      String modelType, int hiddenSize, Embedding embedding, Stack encoder, Head head) {
    return new Architecture(
        modelType, hiddenSize, embedding, Optional.of(encoder), Optional.empty(), head, 0);
  }

  /** The same for sequences of at most {@code positions}. */
  public Architecture withMaxPositions(int positions) {
    return copy(decoder, positions, numerics, omitted);
  }

  /** The same with other numbers. */
  public Architecture withNumerics(Numerics other) {
    return copy(decoder, maxPositions, other, omitted);
  }

  /** The same, known to be a part of a model with these parts besides. */
  public Architecture withOmitted(List<String> parts) {
    return copy(decoder, maxPositions, numerics, parts);
  }

  /** The same with another decoder. */
  public Architecture withDecoder(Stack other) {
    return copy(Optional.of(other), maxPositions, numerics, omitted);
  }

  private Architecture copy(
      Optional<Stack> stack, int positions, Numerics numbers, List<String> parts) {
    return new Architecture(
        modelType,
        hiddenSize,
        embedding,
        encoder,
        stack,
        head,
        numNextTokenPredictLayers,
        positions,
        numbers,
        parts);
  }

  /** The same with the first {@code layers} layers of the decoder alone, at least 1. */
  public Architecture withLayers(int layers) {
    Stack stack = decoder.orElseThrow();
    Stack first =
        new Stack(
            stack.layers().subList(0, Math.min(layers, stack.layers().size())),
            stack.finalNorm(),
            stack.relativePositionBuckets());
    return withDecoder(first);
  }

  /** All weights, each stored one once; modules for further tokens are not among them. */
  public List<WeightTensor> weights() {
    return weights(hiddenSize, embedding, encoder, decoder, head);
  }

  /** The weights of the modules that predict further tokens, which share embedding and head. */
  public List<WeightTensor> nextTokenPredictionWeights() {
    if (numNextTokenPredictLayers == 0 || decoder.isEmpty()) {
      return List.of();
    }
    List<WeightTensor> module = new ArrayList<>();
    Layer layer = decoder.get().layers().getLast();
    module.addAll(layer.weights(hiddenSize));
    // Two normalised rows, of the token and of the layer before, are joined and projected.
    module.add(WeightTensor.matrix(TensorRole.NEXT_TOKEN_PROJECTION, hiddenSize, 2L * hiddenSize));
    long norm = layer.norms().norm().parameters(hiddenSize);
    module.add(
        WeightTensor.vector(TensorRole.NEXT_TOKEN_NORMS, WeightTensor.Part.WEIGHT, 3 * norm));
    return module.stream()
        .map(
            t ->
                t.of(WeightTensor.StackKind.NEXT_TOKEN)
                    .times(numNextTokenPredictLayers, numNextTokenPredictLayers))
        .toList();
  }

  /** Whether the head's matrix is the embedding. */
  public boolean isTied() {
    return head instanceof Head.LanguageModel languageModel && languageModel.isTied();
  }

  private static List<WeightTensor> weights(
      int hiddenSize,
      Embedding embedding,
      Optional<Stack> encoder,
      Optional<Stack> decoder,
      Head head) {
    List<WeightTensor> weights = new ArrayList<>(embedding.weights(hiddenSize));
    encoder.ifPresent(
        stack ->
            stack
                .weights(hiddenSize)
                .forEach(t -> weights.add(t.of(WeightTensor.StackKind.ENCODER))));
    decoder.ifPresent(stack -> weights.addAll(stack.weights(hiddenSize)));
    weights.addAll(head.weights(hiddenSize, embedding));
    return List.copyOf(weights);
  }

  private static void requireCountable(
      int hiddenSize,
      Embedding embedding,
      Optional<Stack> encoder,
      Optional<Stack> decoder,
      Head head) {
    long parameters = 0;
    try {
      for (WeightTensor tensor : weights(hiddenSize, embedding, encoder, decoder, head)) {
        parameters = Math.addExact(parameters, tensor.parameters());
      }
    } catch (ArithmeticException e) {
      parameters = Long.MAX_VALUE;
    }
    Limits.require(
        parameters <= MAX_PARAMETERS,
        "hidden_size",
        hiddenSize,
        "makes more than 2^60 parameters with the other sizes");
  }
}
