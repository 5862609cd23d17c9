package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.GgufArchitecture.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Reads a model's architecture from the metadata of a GGUF file. Absent keys take the defaults of
 * llama.cpp ({@code src/llama-model.cpp}). What is not among the keys is told by the tensors: the
 * output head is the embedding where there is no {@code output.weight}, and there are biases where
 * the first block has them. What would change the result and is not supported is refused by name,
 * never ignored.
 */
final class GgufConfig {
  private static final List<String> VOCABULARIES =
      List.of("llama", "gpt2", "bert", "t5", "rwkv", "plamo2", "none", "no_vocab");

  private final TensorFiles files;
  private final GgufFields fields;
  private final GgufArchitecture architecture;
  private final GgufKeys keys;
  private final GgufRope rope;

  private GgufConfig(TensorFiles files, GgufHeader header) {
    this.files = files;
    fields = new GgufFields(header);
    String name = fields.requiredText(GgufKeys.ARCHITECTURE);
    architecture =
        GgufArchitectures.named(name)
            .orElseThrow(
                () ->
                    fields.invalid(
                        GgufKeys.ARCHITECTURE,
                        "is %s, which is not supported; supported are %s"
                            .formatted(OneLine.quote(name), GgufArchitectures.labels())));
    keys = architecture.keys();
    rope = new GgufRope(files, fields, architecture);
  }

  /**
   * The architecture in the files of a model, of which nothing but the headers is read.
   *
   * @throws InvalidInputException if they hold no supported model
   */
  static Architecture of(TensorFiles files) {
    if (!(files.header() instanceof GgufHeader header)) {
      throw new InvalidInputException(files.header().source(), "is no GGUF file");
    }
    return new GgufConfig(files, header).architecture();
  }

  /**
   * How a file with this architecture holds its tensors.
   *
   * @param hasTensor whether the file has a tensor of a name
   */
  static GgufLayout layout(Architecture architecture, Predicate<String> hasTensor) {
    GgufArchitecture name =
        GgufArchitectures.ofModelType(architecture.modelType())
            .orElseThrow(() -> new IllegalArgumentException(architecture.modelType()));
    return GgufLayout.of(name, architecture, hasTensor);
  }

  private Architecture architecture() {
    refuseUnsupported();
    int vocabSize = vocabSize();
    requireVocabulary(vocabSize);
    GgufFamilyConfig config = new GgufFamilyConfig(fields, architecture, this::has);
    Architecture read =
        ConfigReader.of(
            files.header().source(),
            config.json(
                vocabSize,
                architecture.has(Trait.LATENTS)
                    ? OptionalInt.empty()
                    : OptionalInt.of(rope.headDim())));
    config.requireEpsilon(read.numerics().normEpsilon());
    Stack decoder = read.decoder().orElseThrow();
    List<Layer> layers = decoder.layers().stream().map(this::asInFile).toList();
    return read.withDecoder(new Stack(layers, decoder.finalNorm()))
        .withNumerics(read.numerics().withWholeNormWeights());
  }

  /** With the biases that the first block has, and the rotary positions that the file says. */
  private Layer asInFile(Layer layer) {
    Attention attention =
        switch (layer.attention()) {
          case GroupedQueryAttention grouped -> asInFile(grouped);
          case LatentAttention latent -> latent; // whose config says all
        };
    return new Layer(attention, asInFile(layer.feedForward()), layer.norms());
  }

  private GroupedQueryAttention asInFile(GroupedQueryAttention attention) {
    boolean hasOwnPositions =
        architecture.has(Trait.POSITIONS_PER_WINDOW)
            && attention.span() instanceof AttentionSpan.Sliding;
    return attention
        .withBiases(hasBias(TensorRole.QUERY), hasBias(TensorRole.ATTENTION_OUTPUT))
        .withRope(hasOwnPositions ? attention.rope() : rope.asInFile(attention.rope()));
  }

  private FeedForward asInFile(FeedForward feedForward) {
    return feedForward instanceof DenseFeedForward dense
        ? new DenseFeedForward(
            dense.intermediateSize(),
            dense.isGated(),
            dense.activation(),
            hasBias(TensorRole.FEED_FORWARD_UP))
        : feedForward;
  }

  private boolean hasBias(TensorRole role) {
    return has("blk.0." + architecture.tensorName(role) + ".bias");
  }

  private boolean has(String tensor) {
    return files.info(tensor).isPresent();
  }

  private void refuseUnsupported() {
    List<String> refused = new ArrayList<>();
    if (!architecture.mayHaveExperts()) {
      refused.add(keys.expertCount());
    }
    if (!architecture.mayHaveWindow()) {
      refused.add(keys.slidingWindow());
    }
    for (String key : refused) {
      OptionalInt value = fields.optionalInt(key);
      if (value.orElse(0) != 0) {
        throw fields.invalid(
            key, String.format(Locale.ROOT, "is %d, which is not supported", value.getAsInt()));
      }
    }
  }

  private int vocabSize() {
    OptionalInt given = fields.optionalInt(keys.vocabSize());
    if (given.isPresent()) {
      return given.getAsInt();
    }
    return files
        .info("token_embd.weight")
        .filter(embedding -> embedding.shape().size() == 2)
        .map(embedding -> (int) Math.min(Integer.MAX_VALUE, embedding.shape().getFirst()))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    files.header().source(),
                    "there is neither key \"%s\" nor a matrix \"token_embd.weight\""
                        .formatted(keys.vocabSize())));
  }

  /** Tokens are not used here, but a list that does not fit shows that the file is damaged. */
  private void requireVocabulary(int vocabSize) {
    String model = fields.requiredText(GgufKeys.TOKENIZER_MODEL);
    if (!VOCABULARIES.contains(model)) {
      throw fields.invalid(
          GgufKeys.TOKENIZER_MODEL,
          "is %s, which is unknown; known are %s"
              .formatted(OneLine.quote(model), String.join(", ", VOCABULARIES)));
    }
    requireCount(GgufKeys.TOKENS, GgufValueType.STRING, vocabSize);
    requireCount(GgufKeys.SCORES, GgufValueType.FLOAT32, vocabSize);
    requireCount(GgufKeys.TOKEN_TYPES, GgufValueType.INT32, vocabSize);
  }

  private void requireCount(String key, GgufValueType elementType, int vocabSize) {
    fields
        .count(key, elementType)
        .filter(count -> count != vocabSize)
        .ifPresent(
            count -> {
              throw fields.invalid(
                  key,
                  String.format(
                      Locale.ROOT, "has %d entries, but the vocabulary %d", count, vocabSize));
            });
  }
}
