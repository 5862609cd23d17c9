package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.compression.Compressor.Settings;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Methods on a model that was trained, stories260K, which lies outside the repository. */
class TrainedCompressionTest {
  private static final Path MODEL =
      Path.of(
          System.getProperty("ridgepoint.golden", "../../shared/golden"),
          "stories260K",
          "stories260K.gguf");

  private static final Progress SILENT = (done, total) -> {};
  private static final int WINDOW = 128;

  @Test
  void whatHeedsTheInputsLosesLessThanRounding() {
    assumeTrue(Files.exists(MODEL), MODEL + " is absent");
    try (Workers workers = new Workers(2)) {
      ModelWeights original;
      try (Checkpoint checkpoint = Checkpoint.open(MODEL)) {
        original = ModelWeights.read(checkpoint.architecture(), new CheckpointWeights(checkpoint));
      }
      double rounding = divergence(original, Method.RTN, BlockGrid.Q4, workers);
      double gptq = divergence(original, Method.GPTQ, BlockGrid.Q4, workers);
      double awq = divergence(original, Method.AWQ, BlockGrid.Q4, workers);
      double smooth = divergence(original, Method.SMOOTHQUANT, BlockGrid.Q8, workers);
      double sparse = divergence(original, Method.NM24, BlockGrid.Q4, workers);
      double pruned = divergence(original, Method.PRUNE, BlockGrid.Q4, workers);
      assertTrue(gptq < 0.9 * rounding, gptq + " of " + rounding);
      assertTrue(awq < rounding, awq + " of " + rounding);
      assertTrue(smooth < rounding / 5, smooth + " of " + rounding);
      // The freer choice of the same number of zeros.
      assertTrue(pruned < sparse, pruned + " of " + sparse);
    }
  }

  private static double divergence(
      ModelWeights original, Method method, BlockGrid blocks, Workers workers) {
    try (LoadedModel before = load(original, MatrixTypes.all(DType.F32), workers)) {
      Calibration calibration = Calibration.of(before, windows(Part.TRAINING, 24), workers, SILENT);
      CompressedModel compressed =
          new Compressor(original, calibration, workers)
              .apply(
                  method, new Settings(Grid.of(blocks), DType.F16, 0.5, Optional.empty()), SILENT);
      try (LoadedModel after = load(compressed.weights(), compressed.types(), workers)) {
        return Fidelity.of(
                new Subject(before, false),
                new Subject(after, method == Method.SMOOTHQUANT),
                windows(Part.HELD_OUT, 12),
                workers,
                SILENT)
            .divergence();
      }
    }
  }

  private static LoadedModel load(ModelWeights weights, MatrixTypes types, Workers workers) {
    return LoadedModel.of(weights.architecture(), weights, types, workers, (done, total) -> {});
  }

  private static List<int[]> windows(Part part, int count) {
    Tokenizer tokenizer = TokenizerFiles.read(MODEL);
    return Stories.of(part, 1)
        .map(story -> tokenizer.encode(story, true, false))
        .filter(ids -> ids.length >= WINDOW)
        .map(ids -> Arrays.copyOf(ids, WINDOW))
        .limit(count)
        .toList();
  }
}
