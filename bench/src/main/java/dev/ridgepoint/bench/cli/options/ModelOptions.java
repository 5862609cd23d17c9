package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which models: by name, from files, or a Llama of given sizes. */
public final class ModelOptions {
  private static final String SOURCE = "flags";
  private static final int FEED_FORWARD_FACTOR = 4;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description =
          "A known model's name, a model folder, its config.json, a .safetensors file in it, or a"
              + " GGUF file.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Without MODEL: a Llama of this hidden size.")
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

  /**
   * The models, in the order given.
   *
   * @throws InvalidInputException if there is none, or one cannot be read
   */
  public List<NamedModel> models() {
    boolean hasSizes =
        tied
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
    if (hasSizes && !models.isEmpty()) {
      throw new InvalidInputException(
          models.getFirst(), "has sizes of its own; leave out MODEL or the flags of sizes");
    }
    if (hasSizes) {
      return List.of(ofSizes());
    }
    if (models.isEmpty()) {
      throw new InvalidInputException(
          "MODEL", "is missing; name one, or give --hidden, --layers, --heads and --vocab");
    }
    return models.stream().map(ModelSource::named).toList();
  }

  /** The one safetensors file without a config that is given instead of a model, if it is. */
  public Optional<Path> tensorsAlone() {
    return models.size() == 1 && ModelSource.isTensorsAlone(models.getFirst())
        ? Optional.of(ModelSource.path(models.getFirst()))
        : Optional.empty();
  }

  /** The one model that a command works on. */
  public NamedModel model() {
    List<NamedModel> all = models();
    if (all.size() > 1) {
      throw new InvalidInputException(
          all.get(1).name(), "is one MODEL too many; this command takes one");
    }
    return all.getFirst();
  }

  private NamedModel ofSizes() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    boolean isMixture = experts != null || expertsPerToken != null;
    config.put("model_type", isMixture ? "mixtral" : "llama");
    config.put("hidden_size", required("--hidden", hidden));
    config.put("num_hidden_layers", required("--layers", layers));
    config.put("num_attention_heads", required("--heads", heads));
    config.put("vocab_size", required("--vocab", vocab));
    config.put(
        "intermediate_size",
        intermediate != null ? intermediate : (long) FEED_FORWARD_FACTOR * hidden);
    config.put(
        "max_position_embeddings",
        maxPositions != null ? maxPositions : Architecture.UNLIMITED_POSITIONS);
    config.put("tie_word_embeddings", tied);
    putIfGiven(config, "num_key_value_heads", keyValueHeads);
    putIfGiven(config, "head_dim", headDim);
    if (isMixture) {
      config.put("num_local_experts", required("--experts", experts));
      config.put("num_experts_per_tok", required("--experts-per-token", expertsPerToken));
    }
    return NamedModel.of(name(), ConfigReader.of(SOURCE, config));
  }

  private String name() {
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
