package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.operation.Operation.NO_LAYER;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.PerLayerEmbedding;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The operations of one forward pass, in the order in which they are executed: the embedding, the
 * layers as {@link LayerOperations} writes them, the head. It is the program that this project's
 * engine runs, and each operation knows its exact cost: what is predicted and what is metered are
 * the same entries, and must agree to the last FLOP and byte.
 */
public final class OperationList {
  private final Architecture architecture;
  private final List<WeightTensor> tables;
  private final long hidden;
  private final List<Operation> operations = new ArrayList<>();

  private OperationList(Architecture architecture) {
    this.architecture = architecture;
    hidden = architecture.hiddenSize();
    tables = architecture.embedding().weights(architecture.hiddenSize());
  }

  /**
   * What this project's engine executes in every step of a decoder.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   */
  public static List<Operation> ofEngine(Architecture architecture) {
    return decoder(architecture, ForwardOptions.ENGINE_LATENT_FORM);
  }

  /**
   * What a decoder executes in every step.
   *
   * @param latentForm how latent attention is computed, where there is any
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   */
  public static List<Operation> decoder(Architecture architecture, LatentForm latentForm) {
    return decoder(architecture, latentForm, any -> true);
  }

  /** The same of some of the layers alone. */
  static List<Operation> decoder(
      Architecture architecture, LatentForm latentForm, IntPredicate isListed) {
    Stack decoder = architecture.decoder().orElseThrow(() -> lacks(architecture, "decoder"));
    OperationList list = new OperationList(architecture);
    list.embedding();
    list.layers(decoder, latentForm, true, isListed);
    list.head(decoder);
    return List.copyOf(list.operations);
  }

  /**
   * What a decoder executes in training: whole sequences, of which nothing is cached.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   */
  public static List<Operation> wholeSequences(Architecture architecture) {
    Stack decoder = architecture.decoder().orElseThrow(() -> lacks(architecture, "decoder"));
    OperationList list = new OperationList(architecture);
    list.embedding();
    list.layers(decoder, LatentForm.EXPANDED_EACH_STEP, false, any -> true);
    list.head(decoder);
    return List.copyOf(list.operations);
  }

  /**
   * What an encoder executes once. In an encoder-decoder it ends with the keys and values of the
   * decoder's cross-attention, which are cached; in an encoder alone with its head.
   *
   * @throws IllegalArgumentException if {@code architecture} has no encoder
   */
  public static List<Operation> encoder(Architecture architecture) {
    Stack encoder = architecture.encoder().orElseThrow(() -> lacks(architecture, "encoder"));
    OperationList list = new OperationList(architecture);
    list.embedding();
    list.layers(encoder, LatentForm.EXPANDED_EACH_STEP, false, any -> true);
    if (architecture.decoder().isPresent()) {
      list.norm(
          "final_norm",
          TensorRole.FINAL_NORM,
          encoder.finalNorm(),
          Rows.TOKENS,
          Buffer.RESIDUAL,
          Buffer.NORMED);
      list.crossKeyValues(architecture.decoder().get());
    } else {
      list.head(encoder);
    }
    return List.copyOf(list.operations);
  }

  static IllegalArgumentException lacks(Architecture architecture, String stack) {
    return new IllegalArgumentException(
        "model_type %s has no %s".formatted(architecture.modelType(), stack));
  }

  /**
   * What {@code step} costs in a decoder without cross-attention, operation by operation.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> of(
      Architecture architecture, ForwardOptions options, Step step) {
    return decode(architecture, options, step, 0);
  }

  /**
   * What {@code step} costs in a {@linkplain #decoder decoder} without cross-attention, which may
   * be listed once for many steps.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> costs(
      List<Operation> decoder, ForwardOptions options, Step step) {
    return costs(decoder, new StepWork(step, options, 0));
  }

  /**
   * What {@code step} costs in a decoder whose cross-attention, if any, sees {@code sourceTokens}
   * encoded tokens of each sequence; their keys and values are in the cache.
   *
   * @throws IllegalArgumentException if {@code architecture} has no decoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> decode(
      Architecture architecture, ForwardOptions options, Step step, long sourceTokens) {
    return costs(
        decoder(architecture, options.latentForm()), new StepWork(step, options, sourceTokens));
  }

  /**
   * What it costs to encode {@code batch} sequences of {@code newTokens}.
   *
   * @throws IllegalArgumentException if {@code architecture} has no encoder
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> encode(
      Architecture architecture, ForwardOptions options, int batch, int newTokens) {
    Step.Sequence sequence = new Step.Sequence(newTokens, 0, newTokens);
    Step step = new Step(Collections.nCopies(batch, sequence));
    return costs(encoder(architecture), new StepWork(step, options, 0));
  }

  /**
   * What {@code operations}, which do not depend on the step, cost in one: for those who ask for
   * many steps of one list.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> costs(List<Operation> operations, StepWork work) {
    return operations.stream()
        .filter(work::executes)
        .map(operation -> new OperationCost(operation, operation.cost(work)))
        .toList();
  }

  /** The sum of operations. */
  public static Cost total(List<OperationCost> operations) {
    return operations.stream().map(OperationCost::cost).reduce(Cost.ZERO, Cost::plus);
  }

  /** Gathers a row of each table for each token and adds them up. */
  private void embedding() {
    Embedding embedding = architecture.embedding();
    boolean isProjected = embedding.isProjected(hidden);
    Buffer embedded = isProjected ? Buffer.EMBEDDED : Buffer.RESIDUAL;
    gather("embedding", TensorRole.TOKEN_EMBEDDING, false, embedded);
    if (isProjected) {
      linear(
          "embedding_in", TensorRole.EMBEDDING_IN, Rows.TOKENS, Buffer.EMBEDDED, Buffer.RESIDUAL);
    }
    gather("position_embedding", TensorRole.POSITION_EMBEDDING, true, Buffer.RESIDUAL);
    gather("token_type_embedding", TensorRole.TOKEN_TYPE_EMBEDDING, true, Buffer.RESIDUAL);
    norm(
        "embedding_norm",
        TensorRole.EMBEDDING_NORM,
        embedding.norm(),
        Rows.TOKENS,
        Buffer.RESIDUAL,
        Buffer.RESIDUAL);
    embedding.perLayer().ifPresent(this::perLayer);
    if (embedding.streams() > 1) {
      linear("altup_in", TensorRole.STREAMS_IN, Rows.TOKENS, Buffer.RESIDUAL, Buffer.STREAMS);
    }
  }

  private void perLayer(PerLayerEmbedding embedding) {
    linear("per_layer_in", TensorRole.PER_LAYER_IN, Rows.TOKENS, Buffer.RESIDUAL, Buffer.SIDE);
    operations.add(
        new JoinPerLayer(
            "per_layer_embedding",
            embedding,
            table(TensorRole.PER_LAYER_EMBEDDING).orElseThrow(),
            PerLayerEmbedding.NORM.weights(TensorRole.PER_LAYER_NORM, embedding.width())));
  }

  private void gather(String name, TensorRole role, boolean isAdded, Buffer to) {
    table(role).ifPresent(table -> operations.add(new Gather(name, table, isAdded, to)));
  }

  private Optional<WeightTensor> table(TensorRole role) {
    return tables.stream().filter(tensor -> tensor.role() == role).findFirst();
  }

  private void layers(Stack stack, LatentForm latentForm, boolean isCached, IntPredicate isListed) {
    stack
        .relativePositions()
        .ifPresent(table -> operations.add(new ReadTable("relative_positions", table)));
    for (int index = 0; index < stack.layers().size(); index++) {
      if (isListed.test(index)) {
        Layer layer = stack.layers().get(index);
        new LayerOperations(operations, index, layer, architecture.hiddenSize())
            .add(latentForm, isCached);
      }
    }
  }

  private void crossKeyValues(Stack decoder) {
    for (int index = 0; index < decoder.layers().size(); index++) {
      Layer layer = decoder.layers().get(index);
      LayerOperations of = new LayerOperations(operations, index, layer, architecture.hiddenSize());
      layer.crossAttention().ifPresent(of::addCrossKeyValues);
    }
  }

  private void head(Stack stack) {
    Embedding embedding = architecture.embedding();
    if (embedding.streams() > 1) {
      linear("altup_out", TensorRole.STREAMS_OUT, Rows.TOKENS, Buffer.STREAMS, Buffer.RESIDUAL);
    }
    norm(
        "final_norm",
        TensorRole.FINAL_NORM,
        stack.finalNorm(),
        architecture.head() instanceof Head.LanguageModel ? Rows.LOGITS : Rows.TOKENS,
        Buffer.RESIDUAL,
        Buffer.LAST_NORMED);
    switch (architecture.head()) {
      case Head.LanguageModel(boolean isTied, boolean bias) -> {
        Buffer from = Buffer.LAST_NORMED;
        if (embedding.isProjected(hidden)) {
          from = Buffer.LAST_PROJECTED;
          linear("embedding_out", TensorRole.EMBEDDING_OUT, Rows.LOGITS, Buffer.LAST_NORMED, from);
        }
        List<WeightTensor> weights =
            architecture.head().weights(architecture.hiddenSize(), embedding);
        operations.add(
            new Linear(
                "lm_head",
                NO_LAYER,
                isTied
                    ? List.of(table(TensorRole.TOKEN_EMBEDDING).orElseThrow())
                    : weights.stream().filter(WeightTensor::isMatrix).toList(),
                weights.stream().filter(tensor -> tensor.part() == Part.BIAS).toList(),
                Rows.LOGITS,
                from,
                Buffer.LOGITS,
                false));
        double cap = architecture.numerics().logitSoftCap();
        if (cap != 0) {
          operations.add(new SoftCap("logit_cap", embedding.vocabSize(), cap));
        }
      }
      case Head.Pooler pooler ->
          operations.add(new Pool("pooler", pooler.weights(architecture.hiddenSize(), embedding)));
      case Head.None any -> {}
    }
  }

  private void linear(String name, TensorRole role, Rows rows, Buffer from, Buffer to) {
    List<WeightTensor> matrix = List.of(table(role).orElseThrow());
    operations.add(new Linear(name, NO_LAYER, matrix, List.of(), rows, from, to, false));
  }

  private void norm(String name, TensorRole role, Norm norm, Rows rows, Buffer from, Buffer to) {
    if (norm.isPresent()) {
      List<WeightTensor> weights = norm.weights(role, hidden);
      operations.add(new Normalize(name, NO_LAYER, norm, weights, hidden, rows, from, to, false));
    }
  }
}
