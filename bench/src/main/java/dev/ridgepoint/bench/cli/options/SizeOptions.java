package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A Llama of given sizes, instead of a model that has a name or files. */
public final class SizeOptions {
  private static final String SOURCE = "flags";
  private static final int FEED_FORWARD_FACTOR = 4;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description =
          "Instead of a model, or of the usual student of one: a Llama of this hidden size.")
  private Integer hidden;

  @Option(names = "--layers", paramLabel = "N", description = "Its layers.")
  private Integer layers;

  @Option(names = "--heads", paramLabel = "N", description = "Its query heads.")
  private Integer heads;

  @Option(
      names = "--kv-heads",
      paramLabel = "N",
      description = "Its key and value heads (default: as many as query heads).")
  private Integer keyValueHeads;

  @Option(
      names = "--head-dim",
      paramLabel = "N",
      description = "Elements of a head (default: hidden / heads).")
  private Integer headDim;

  @Option(
      names = "--ffn",
      paramLabel = "N",
      description = "Its intermediate size (default: 4 x hidden).")
  private Integer intermediate;

  @Option(names = "--vocab", paramLabel = "N", description = "Its vocabulary.")
  private Integer vocab;

  @Option(
      names = "--max-positions",
      paramLabel = "N",
      description = "Tokens of a sequence at most (default: any number).")
  private Integer maxPositions;

  @Option(names = "--tied", description = "Its output head is the embedding.")
  private boolean tied;

  @Option(
      names = "--experts",
      paramLabel = "N",
      description = "Experts of each layer, each of the intermediate size.")
  private Integer experts;

  @Option(
      names = "--experts-per-token",
      paramLabel = "N",
      description = "Experts that a token passes.")
  private Integer expertsPerToken;

  /** Whether any of them is given. */
  public boolean areGiven() {
    return tied
        || Stream.of(
                hidden,
                layers,
                heads,
                keyValueHeads,
                headDim,
                intermediate,
                vocab,
                maxPositions,
                experts,
                expertsPerToken)
            .anyMatch(size -> size != null);
  }

  /**
   * The model of these sizes.
   *
   * @throws InvalidInputException if one is missing, or they contradict each other
   */
  public NamedModel model() {
    return model(vocab, maxPositions != null ? maxPositions : Architecture.UNLIMITED_POSITIONS);
  }

  /**
   * The same with the vocabulary and the positions of another model, where they are not given.
   *
   * @throws InvalidInputException as {@link #model()}
   */
  public NamedModel modelLike(Architecture other) {
    return model(
        vocab != null ? vocab : Integer.valueOf(other.embedding().vocabSize()),
        maxPositions != null ? maxPositions : other.maxPositions());
  }

  private NamedModel model(Integer vocabulary, int positions) {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    boolean isMixture = experts != null || expertsPerToken != null;
    config.put("model_type", isMixture ? "mixtral" : "llama");
    config.put("hidden_size", required("--hidden", hidden));
    config.put("num_hidden_layers", required("--layers", layers));
    config.put("num_attention_heads", required("--heads", heads));
    config.put("vocab_size", required("--vocab", vocabulary));
    config.put(
        "intermediate_size",
        intermediate != null ? intermediate : (long) FEED_FORWARD_FACTOR * hidden);
    config.put("max_position_embeddings", positions);
    config.put("tie_word_embeddings", tied);
    putIfGiven(config, "num_key_value_heads", keyValueHeads);
    putIfGiven(config, "head_dim", headDim);
    if (isMixture) {
      config.put("num_local_experts", required("--experts", experts));
      config.put("num_experts_per_tok", required("--experts-per-token", expertsPerToken));
    }
    return NamedModel.of(name(layers, hidden, heads), ConfigReader.of(SOURCE, config));
  }

  /** What a model of such sizes is called. */
  public static String name(int layers, int hidden, int heads) {
    return String.format(Locale.ROOT, "%dx%d, %d heads", layers, hidden, heads);
  }

  private static void putIfGiven(ObjectNode config, String field, Integer value) {
    if (value != null) {
      config.put(field, value);
    }
  }

  private static int required(String option, Integer value) {
    if (value == null) {
      throw new InvalidInputException(option, "is missing");
    }
    return value;
  }
}
