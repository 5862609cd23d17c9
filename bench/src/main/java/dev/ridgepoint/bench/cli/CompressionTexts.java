package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.bench.cli.train.StoryTokens;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.compression.Distillation;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.training.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a model reads while it is compressed, and what it is judged by afterwards. */
final class CompressionTexts {
  private static final int MAX_WINDOWS = 1 << 16;
  private static final long SEED = 1;
  private static final String STORIES = "stories";

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description =
          "What the model, or with distil the student, shall read meanwhile (default: stories, as"
              + " ridge stories).")
  private String calibration;

  @Option(
      names = "--held-out",
      paramLabel = "FILE",
      description =
          "What it is judged by, of which nothing is in the other text (default: held-out"
              + " stories).")
  private String heldOut;

  @Option(
      names = "--windows",
      paramLabel = "N",
      defaultValue = "32",
      description = "Windows of each text at most (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of a window at most (default: ${DEFAULT-VALUE}).")
  private int context;

  /** Refuses what no model can have. */
  void check() {
    OptionChecks.requireIn("--windows", windows, 1, MAX_WINDOWS);
    OptionChecks.requireIn("--context", context, 2, Integer.MAX_VALUE);
    if (calibration != null && calibration.equals(heldOut)) {
      throw new InvalidInputException("--held-out", "is the text of --calibration");
    }
  }

  /** The texts by name. */
  String described() {
    return String.format(
        Locale.ROOT,
        "calibration: %s; judged by: %s; up to %d windows of %d tokens of each",
        calibration == null ? STORIES : calibration,
        heldOutName(),
        windows,
        context);
  }

  private String heldOutName() {
    return heldOut == null ? "held-out stories" : heldOut;
  }

  /**
   * What a student is trained on: all of the text, or as many stories as its steps see.
   *
   * @param model whose tokenizer it is
   */
  TokenDataset training(
      Path model, Tokenizer tokenizer, Architecture architecture, Distillation distillation)
      throws IOException {
    TrainingBatch shape = distillation.shape();
    long seed = distillation.seed();
    long seen = distillation.learningRate().steps() * shape.microBatchTokens();
    int[] tokens =
        calibration == null
            ? StoryTokens.of(Part.TRAINING, StoryTokens.USUAL_STORIES, seen + 1, seed, model)
            : tokenizer.encode(TextInput.file(ModelSource.path(calibration)), true, false);
    requireKnown("--calibration", tokens, architecture.embedding().vocabSize());
    return new TokenDataset(calibration == null ? STORIES : calibration, tokens, shape, seed);
  }

  /** The texts of {@link #training} and of the verification by name. */
  String describedForTraining(TokenDataset data, Distillation distillation) {
    return String.format(
        Locale.ROOT,
        "trained on: %s, %,d sequences of %,d tokens; judged by: %s; up to %d windows of %d tokens",
        calibration == null ? STORIES : calibration,
        data.windows(),
        distillation.shape().sequenceLength(),
        heldOutName(),
        windows,
        context);
  }

  /** Windows to calibrate on. */
  List<int[]> calibration(Tokenizer tokenizer, Architecture architecture) throws IOException {
    return windows("--calibration", calibration, Part.TRAINING, tokenizer, architecture);
  }

  /** Windows to judge by. */
  List<int[]> heldOut(Tokenizer tokenizer, Architecture architecture) throws IOException {
    return windows("--held-out", heldOut, Part.HELD_OUT, tokenizer, architecture);
  }

  private List<int[]> windows(
      String option, String file, Part part, Tokenizer tokenizer, Architecture architecture)
      throws IOException {
    int vocabulary = architecture.embedding().vocabSize();
    int length = Math.min(context, architecture.maxPositions());
    Stream<String> texts =
        file == null
            ? Stories.of(part, SEED).limit(windows)
            : Stream.of(TextInput.file(ModelSource.path(file)));
    List<int[]> cut = new ArrayList<>();
    for (String text : texts.toList()) {
      int[] ids = tokenizer.encode(text, true, false);
      requireKnown(option, ids, vocabulary);
      for (int from = 0; from + 1 < ids.length && cut.size() < windows; from += length) {
        int[] window = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + length));
        if (window.length > 1) {
          cut.add(window);
        }
      }
    }
    if (cut.isEmpty()) {
      throw new InvalidInputException(option, "holds fewer than two tokens");
    }
    return cut;
  }

  private static void requireKnown(String option, int[] ids, int vocabulary) {
    for (int id : ids) {
      if (id >= vocabulary) {
        throw new InvalidInputException(
            option,
            String.format(
                Locale.ROOT,
                "token %d of the tokenizer is not in the model's vocabulary of %d",
                id,
                vocabulary));
      }
    }
  }
}
