package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.QuantizationMix;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.BoundTime;
import dev.ridgepoint.estimator.time.CalibratedTime;
import dev.ridgepoint.estimator.time.DatasheetTime;
import dev.ridgepoint.estimator.time.DecodeSpeed;
import dev.ridgepoint.estimator.time.PredictedTime;
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

  private final Subject subject;
  private final Target target;
  private final List<Cell> facts = new ArrayList<>();
  private final List<Cell> tabled = new ArrayList<>();
  private final List<Derivation> derivations = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private DeviceSection(Subject subject, Target target) {
    this.subject = subject;
    this.target = target;
  }

  /**
   * @param quantization mix of a quantised checkpoint, where it is not in the workload's format
   */
  static Section of(Subject subject, Target target, Optional<String> quantization) {
    DeviceSection section = new DeviceSection(subject, target);
    Table phases = section.phases();
    boolean isDecoderAlone =
        subject.architecture().decoder().isPresent() && subject.architecture().encoder().isEmpty();
    if (isDecoderAlone) {
      section.addPrediction(quantization);
      section.addCrossings();
    } else if (quantization.isPresent()) {
      throw new InvalidInputException(
          subject.model().name(), "--quantization needs a decoder alone");
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
    for (PhaseCost phase : subject.phases()) {
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

  private void addPrediction(Optional<String> quantization) {
    if (target.local().isPresent()) {
      addLocalPrediction(target.local().get(), quantization);
      return;
    }
    Workload workload = subject.workload();
    Step step = Step.decode(workload.batch(), workload.context());
    DatasheetTime time =
        new DatasheetTime(
            target.device(),
            target.computeDtype(),
            subject.architecture(),
            quantization
                .map(name -> QuantizationMix.named("--quantization", name))
                .orElseGet(() -> QuantizationMix.of(workload.weights())));
    ForwardOptions options = workload.options(step).withLatentForm(LatentForm.EXPANDED_CACHE);
    DecodeSpeed speed = time.decode(OperationList.of(subject.architecture(), options, step), step);
    if (quantization.isEmpty()) {
      speed = speed.atLeast(bound(subject.decode().orElseThrow(), step));
    }
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
            .formatted(
                quantization.map(DeviceSection::upper).orElseGet(workload.weights()::name),
                workload.kvCache().name()));
  }

  private PredictedTime bound(PhaseCost phase, Step step) {
    return new BoundTime(target.roofline()).predict(phase.operations(), step);
  }

  /** With the engine's kernels, as they were timed on this machine. */
  private void addLocalPrediction(MeasuredMachine machine, Optional<String> quantization) {
    Workload workload = subject.workload();
    if (subject.model().config().isEmpty()
        || quantization.isPresent()
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
    addLocalPrediction(time, subject.prefill(), Step.prefill(workload.prompt()));
    addLocalPrediction(
        time, subject.decode().orElseThrow(), Step.decode(workload.batch(), workload.context()));
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
            "kernels as 'ridge report' timed them here, with %d threads"
                .formatted(time.threads())));
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private void addTokens(String key, String heading, double tokensPerSecond) {
    facts.add(Cell.of(key, heading, Format.NUMBER, tokensPerSecond));
  }

  private void addCrossings() {
    Workload workload = subject.workload();
    RidgeCrossing decode =
        new RidgeCrossing(subject.architecture(), workload.decodeOptions(), target.roofline());
    RidgeCrossing prefill =
        new RidgeCrossing(subject.architecture(), workload.prefillOptions(), target.roofline());
    int context = workload.context();
    OptionalInt batch = decode.smallestDecodeBatch(context);
    batch.ifPresent(value -> derivations.add(decode.decodeDerivation(value, context)));
    addCrossing("smallestComputeBoundBatch", "decode compute-bound from batch", batch);
    int positions = subject.architecture().maxPositions();
    OptionalInt prompt = prefill.shortestPrompt();
    if (prompt.isPresent() && prompt.getAsInt() > positions) {
      prompt = OptionalInt.empty();
    }
    prompt.ifPresent(value -> derivations.add(prefill.promptDerivation(value)));
    addCrossing("shortestComputeBoundPrompt", "prefill compute-bound from prompt", prompt);
  }

  private void addCrossing(String key, String heading, OptionalInt value) {
    facts.add(Cell.of(key, heading, Format.COUNT, value.isPresent() ? value.getAsInt() : null));
  }
}
