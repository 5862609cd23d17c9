package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.CompressionResult.Baseline;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.compression.Analysis;
import dev.ridgepoint.model.compression.Calibration;
import dev.ridgepoint.model.compression.CompressedModel;
import dev.ridgepoint.model.compression.Compressor;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.ModelWeights;
import dev.ridgepoint.model.compression.TensorFinding;
import java.util.List;
import java.util.Optional;

/**
 * Compresses a model and verifies it, each step with its progress.
 *
 * @param plan how
 * @param forecast of its speed, with what the model is stored as
 * @param calibration windows of tokens that methods heed
 * @param heldOut windows that it is judged by
 */
record CompressionRun(
    CompressionPlan plan,
    CompressionForecast forecast,
    List<int[]> calibration,
    List<int[]> heldOut,
    Workers workers) {

  /** All of it. */
  CompressionResult of(ModelWeights original) {
    Calibration seen = calibrate(original);
    Compressor compressor = new Compressor(original, seen, workers);
    CompressedModel compressed = compress(compressor, plan.method(), "compressing");
    Calibration ofReference =
        compressed.reference() == original ? seen : calibrate(compressed.reference());
    List<TensorFinding> findings =
        new Analysis(plan.settings().grid(), workers)
            .findings(original, seen, compressed, ofReference);
    boolean hasBaseline = plan.method().isQuantising() && plan.method() != Method.RTN;
    try (LoadedModel before = load(original, forecast.stored())) {
      Optional<Baseline> rounding =
          hasBaseline ? Optional.of(rounded(compressor, before)) : Optional.empty();
      try (LoadedModel after = load(compressed.weights(), compressed.types())) {
        return new CompressionResult(
            compressed,
            findings,
            rounding,
            fidelity(before, after, "verifying"),
            StepTimes.of(before, after, workers),
            List.of());
      }
    }
  }

  private Baseline rounded(Compressor compressor, LoadedModel before) {
    CompressedModel nearest = compress(compressor, Method.RTN, "rounding to nearest");
    try (LoadedModel after = load(nearest.weights(), nearest.types())) {
      return new Baseline(Method.RTN.label(), fidelity(before, after, "verifying that"));
    }
  }

  private Calibration calibrate(ModelWeights weights) {
    try (LoadedModel loaded = load(weights, MatrixTypes.all(DType.F32));
        StepProgress progress = new StepProgress("calibrating")) {
      return Calibration.of(loaded, calibration, workers, progress);
    }
  }

  private CompressedModel compress(Compressor compressor, Method method, String doing) {
    try (StepProgress progress = new StepProgress(doing)) {
      return compressor.apply(method, plan.settings(), progress);
    }
  }

  /** SmoothQuant rounds activations, too; so does what it is compared to. */
  private Fidelity fidelity(LoadedModel before, LoadedModel after, String doing) {
    boolean roundsActivations = plan.method() == Method.SMOOTHQUANT;
    try (StepProgress progress = new StepProgress(doing)) {
      return Fidelity.of(
          new Subject(before, false),
          new Subject(after, roundsActivations),
          heldOut,
          workers,
          progress);
    }
  }

  private LoadedModel load(ModelWeights weights, MatrixTypes types) {
    return LoadedModel.of(weights.architecture(), weights, types, workers, (done, total) -> {});
  }
}
