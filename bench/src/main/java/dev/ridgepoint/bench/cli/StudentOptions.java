package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.SizeOptions;
import dev.ridgepoint.bench.cli.train.StepOptions;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.compression.Distillation;
import dev.ridgepoint.model.support.TrainingSupport;
import dev.ridgepoint.model.training.LearningRate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which student a model is distilled into, and how. The usual one is a Llama of half the layers,
 * half the hidden size and feed-forward, and half the heads, each as wide as the teacher's.
 */
final class StudentOptions {
  private static final double HIGHEST_TEMPERATURE = 1000;

  @Mixin private SizeOptions sizes;
  @Mixin private StepOptions steps;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "By which distil divides the logits of teacher and student (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--alpha",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description =
          "Share of what distil learns from the teacher; the rest from the next tokens (default:"
              + " ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--no-baseline",
      description =
          "With distil: do not train the same student without the teacher, too, to show what it"
              + " brought.")
  private boolean skipsBaseline;

  /** Refuses what is out of its bounds before anything is read. */
  void check() {
    steps.steps();
    steps.learningRate(LearningRate.Shape.COSINE);
    OptionChecks.requirePositive("--temperature", temperature);
    OptionChecks.requireIn("--temperature", temperature, 0, HIGHEST_TEMPERATURE);
    OptionChecks.requireIn("--alpha", alpha, 0, 1);
  }

  /**
   * The student of a teacher.
   *
   * @param teacher its name
   * @throws InvalidInputException if a size is missing, or it has another vocabulary
   */
  NamedModel of(String teacher, Architecture architecture) {
    if (!sizes.areGiven()) {
      return usual(architecture)
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      teacher, "has no usual student; give --hidden, --layers and --heads"));
    }
    NamedModel student = sizes.modelLike(architecture);
    int vocabulary = student.architecture().embedding().vocabSize();
    if (vocabulary != architecture.embedding().vocabSize()) {
      throw new InvalidInputException(
          "--vocab",
          String.format(
              Locale.ROOT,
              "must be %d, the teacher's, but is %d",
              architecture.embedding().vocabSize(),
              vocabulary));
    }
    TrainingSupport.require(student.name(), student.architecture());
    return student;
  }

  /** The usual student, if the teacher's attention has heads to be halved. */
  static Optional<NamedModel> usual(Architecture teacher) {
    List<Layer> layers = teacher.decoder().orElseThrow().layers();
    Layer first = layers.getFirst();
    if (!(first.attention() instanceof GroupedQueryAttention attention)) {
      return Optional.empty();
    }
    int hidden = Math.max(1, teacher.hiddenSize() / 2);
    int heads = Math.max(1, attention.numAttentionHeads() / 2);
    int keyValueHeads = Math.max(1, attention.numKeyValueHeads() / 2);
    while (heads % keyValueHeads != 0) {
      keyValueHeads--;
    }
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", "llama");
    config.put("hidden_size", hidden);
    config.put("num_hidden_layers", Math.ceilDiv(layers.size(), 2));
    config.put("num_attention_heads", heads);
    config.put("num_key_value_heads", keyValueHeads);
    config.put("head_dim", attention.headDim());
    config.put("vocab_size", teacher.embedding().vocabSize());
    config.put("max_position_embeddings", teacher.maxPositions());
    config.put(
        "tie_word_embeddings", teacher.head() instanceof Head.LanguageModel head && head.isTied());
    config.put(
        "intermediate_size",
        first.feedForward() instanceof DenseFeedForward dense
            ? Math.max(1, dense.intermediateSize() / 2)
            : 4 * hidden);
    String name = SizeOptions.name(Math.ceilDiv(layers.size(), 2), hidden, heads);
    return Optional.of(NamedModel.of(name, ConfigReader.of(name, config)));
  }

  /**
   * How the student is trained.
   *
   * @param positions tokens of a sequence at most
   */
  Distillation distillation(NamedModel student, int positions) {
    return new Distillation(
        student.architecture(),
        steps.shape(positions, 1),
        steps.learningRate(LearningRate.Shape.COSINE),
        temperature,
        alpha,
        steps.seed());
  }

  boolean hasBaseline() {
    return !skipsBaseline;
  }
}
