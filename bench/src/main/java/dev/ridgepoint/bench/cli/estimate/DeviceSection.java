package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.BoundTime;
import dev.ridgepoint.estimator.time.CalibratedTime;
import dev.ridgepoint.estimator.time.DatasheetTime;
import dev.ridgepoint.estimator.time.DecodeSpeed;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.model.support.EngineSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code --device}: how long the phases take at least, how fast it decodes, where the ridge is. */
final class DeviceSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("phase", "phase", Format.TEXT),
          new Column("boundBy", "bound by", Format.TEXT),
          new Column("intensity", "FLOP/B", Format.NUMBER),
          new Column("boundSeconds", "at least", Format.SECONDS),
          new Column("tokensPerSecond", "tokens/s at most", Format.NUMBER));

  private final EstimatedModel estimated;
  private final TargetDevice target;
  private final List<Cell> facts = new ArrayList<>();
  private final List<Cell> tabled = new ArrayList<>();
  private final List<Derivation> derivations = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private DeviceSection(EstimatedModel estimated, TargetDevice target) {
    this.estimated = estimated;
    this.target = target;
  }

  static Section of(EstimatedModel estimated, TargetDevice target) {
    DeviceSection section = new DeviceSection(estimated, target);
    Table phases = section.phases();
    target.cacheHolding(estimated.weightBytes()).ifPresent(section::addCache);
    boolean isDecoderAlone =
        estimated.architecture().decoder().isPresent()
            && estimated.architecture().encoder().isEmpty();
    if (isDecoderAlone) {
      section.addPrediction();
      section.addCrossings();
    }
    return new Section(
        "device",
        section.facts,
        section.tabled,
        List.of(phases),
        section.derivations,
        section.notes);
  }

  private Table phases() {
    Roofline roofline = target.roofline();
    tabled.add(Cell.of("device", "device", Format.TEXT, target.device().name()));
    tabled.add(
        Cell.of(
            "computeDtype",
            "multiplies in",
            Format.TEXT,
            target.computeDtype().name().toLowerCase(Locale.ROOT)));
    tabled.add(Cell.of("ridgePoint", "ridge, FLOP/B", Format.NUMBER, roofline.ridgePoint()));
    List<List<Object>> rows = new ArrayList<>();
    for (PhaseCost phase : estimated.phases()) {
      Cost total = phase.total();
      double seconds = roofline.boundSeconds(total);
      double tokens = (double) phase.batch() * phase.newTokens();
      tabled.add(
          Cell.of(
              phase.name() + "BoundSeconds", phase.name() + " at least", Format.SECONDS, seconds));
      rows.add(
          Table.row(
              phase.title(),
              roofline.boundBy(total) == Roofline.Bound.COMPUTE ? "compute" : "memory",
              total.arithmeticIntensity(),
              seconds,
              tokens / seconds));
      derivations.add(Derivations.boundSeconds(phase.name(), total, roofline));
    }
    String title =
        "%s: %s in %s, %s, ridge point at %s"
            .formatted(
                target.device().name(),
                Units.flopsPerSecond(roofline.peakFlopsPerSecond()),
                target.computeDtype().name().toLowerCase(Locale.ROOT),
                Units.bytesPerSecond(roofline.bytesPerSecond()),
                Units.intensity(roofline.ridgePoint()));
    return new Table("phases", title, COLUMNS, rows);
  }

  private void addCache(MemoryLevel cache) {
    notes.add(
        "the weights, %s, fit the %s, whose bandwidth this is; they need not stay there"
            .formatted(Units.bytes(estimated.weightBytes()), cache.text()));
  }

  private void addPrediction() {
    if (target.local().isPresent()) {
      addLocalPrediction(target.local().get());
      return;
    }
    Workload workload = estimated.workload();
    Step step = Step.decode(workload.batch(), workload.context());
    DatasheetTime time =
        new DatasheetTime(
            target.device(),
            target.computeDtype(),
            estimated.architecture(),
            workload.options(step));
    time.prompt(estimated.prefill().operations()).ifPresent(this::addPrompt);
    DecodeSpeed speed = time.decode(step, bound(estimated.decode().orElseThrow(), step));
    addTokens("decodeTokensPerSecond", "predicted decode tokens/s", speed.tokensPerSecond());
    addTokens("decodeTokensPerSecondLow", "  lowest", speed.lowestTokensPerSecond());
    addTokens("decodeTokensPerSecondHigh", "  highest", speed.highestTokensPerSecond());
    if (speed.hostShare() > 0) {
      facts.add(
          Cell.of("hostShare", "  left to the host's memory", Format.SHARE, speed.hostShare()));
    }
    derivations.add(speed.derivation());
    notes.add(
        ("predicted for llama.cpp and its like, weights in %s, keys and values in %s; nine of ten"
                + " runs lie between lowest and highest, none above the roof")
            .formatted(workload.weights().name(), workload.kvCache().name()));
  }

  private void addPrompt(PredictedTime time) {
    int tokens = estimated.workload().prompt();
    addTokens("prefillTokensPerSecond", "predicted prefill tokens/s", tokens / time.seconds());
    addTokens("prefillTokensPerSecondLow", "  lowest", tokens / time.highestSeconds());
    addTokens("prefillTokensPerSecondHigh", "  highest", tokens / time.lowestSeconds());
    derivations.add(
        new Derivation(
            "predicted prefill speed",
            tokens / time.seconds(),
            "tokens/s",
            "prompt / stepSeconds; stepSeconds = max(FLOPs / (share of the peak), bytes / (share of"
                + " the bandwidth)) + operations, not below the bound",
            Map.of("prompt", tokens, "stepSeconds", time.seconds()),
            List.of(),
            "shares fitted to measured prompts of llama.cpp"));
  }

  private PredictedTime bound(PhaseCost phase, Step step) {
    return new BoundTime(target.roofline()).predict(phase.operations(), step);
  }

  /** With the engine's kernels, as they were timed on this machine. */
  private void addLocalPrediction(MeasuredMachine machine) {
    Workload workload = estimated.workload();
    if (EngineSupport.lacking(estimated.architecture()).isPresent()
        || !workload.activations().equals(Precision.F32)) {
      notes.add("not predicted here: the engine does not run this model in these formats");
      return;
    }
    CalibratedTime time =
        new CalibratedTime(
            machine.calibration(),
            target.roofline(),
            machine.machine().mostThreads(),
            new DataFormats(workload.weights(), workload.kvCache()));
    addLocalPrediction(time, estimated.prefill(), Step.prefill(workload.prompt()));
    addLocalPrediction(
        time, estimated.decode().orElseThrow(), Step.decode(workload.batch(), workload.context()));
  }

  private void addLocalPrediction(CalibratedTime time, PhaseCost phase, Step step) {
    Optional<String> unmeasured = time.unmeasured(phase.operations(), step);
    if (unmeasured.isPresent()) {
      notes.add(
          "%s not predicted here: %s; 'ridge report --dtype' times them"
              .formatted(phase.name(), unmeasured.get()));
      return;
    }
    double seconds =
        time.predict(phase.operations(), step).atLeast(bound(phase, step).seconds()).seconds();
    addTokens(
        phase.name() + "TokensPerSecond",
        "predicted %s tokens/s".formatted(phase.name()),
        step.totalNewTokens() / seconds);
    derivations.add(
        new Derivation(
            "predicted %s speed".formatted(phase.name()),
            step.totalNewTokens() / seconds,
            "tokens/s",
            "newTokens / stepSeconds; stepSeconds = sum over operations of slowdown of its kernel x"
                + " bound + dispatch, not below the bound of the whole",
            Map.of("newTokens", step.totalNewTokens(), "stepSeconds", seconds),
            List.of(),
            String.format(
                Locale.ROOT,
                "kernels as 'ridge report' timed them here, with %d threads",
                time.threads())));
  }

  private void addTokens(String key, String heading, double tokensPerSecond) {
    facts.add(Cell.of(key, heading, Format.NUMBER, tokensPerSecond));
  }

  private void addCrossings() {
    Workload workload = estimated.workload();
    RidgeCrossing decode =
        new RidgeCrossing(estimated.architecture(), workload.decodeOptions(), target.roofline());
    RidgeCrossing prefill =
        new RidgeCrossing(estimated.architecture(), workload.prefillOptions(), target.roofline());
    int context = workload.context();
    OptionalInt batch = decode.smallestDecodeBatch(context, RidgeCrossing.MAX_TRIED);
    batch.ifPresent(value -> derivations.add(decode.decodeDerivation(value, context)));
    addCrossing("smallestComputeBoundBatch", "decode compute-bound from batch", batch);
    OptionalInt prompt = prefill.shortestPrompt(estimated.architecture().maxPositions());
    prompt.ifPresent(value -> derivations.add(prefill.promptDerivation(value)));
    addCrossing("shortestComputeBoundPrompt", "prefill compute-bound from prompt", prompt);
  }

  private void addCrossing(String key, String heading, OptionalInt value) {
    facts.add(Cell.of(key, heading, Format.COUNT, value.isPresent() ? value.getAsInt() : null));
  }
}
