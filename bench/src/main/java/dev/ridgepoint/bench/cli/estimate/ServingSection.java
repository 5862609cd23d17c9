package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.EfficiencyNote;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.ServingOptions;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.BatchPoint;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code --serve}: throughput against latency on devices that share a model. */
final class ServingSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("batch", "batch", Format.COUNT),
          new Column("timeToFirstTokenSeconds", "first token", Format.SECONDS),
          new Column("timePerOutputTokenSeconds", "per token", Format.SECONDS),
          new Column("outputTokensPerSecond", "tokens/s", Format.NUMBER),
          new Column("deviceBytes", "memory", Format.BYTES));

  /** Tokens of an answer, if nothing is said. */
  static final int USUAL_OUTPUT = 128;

  private ServingSection() {}

  /**
   * @param isDtypeGiven whether all products are taken in the target's dtype, instead of that of
   *     their weights
   * @param layout how devices share the model
   * @param serving clients and engine; without clients, static batches
   */
  static Section of(
      EstimatedModel estimated,
      TargetDevice target,
      boolean isDtypeGiven,
      ServingLayout layout,
      ServingOptions serving) {
    if (estimated.architecture().encoder().isPresent()) {
      throw new InvalidInputException(estimated.model().name(), "--serve needs a decoder alone");
    }
    int prompt = estimated.workload().prompt();
    int output = estimated.workload().output();
    OptionChecks.requireIn("--output", output, 2, Integer.MAX_VALUE);
    Replica replica = replica(estimated, target, isDtypeGiven, layout);
    String devices = "%s x %s".formatted(layout, target.device().name());
    return serving
        .clients(prompt, output)
        .map(clients -> ClosedLoopSection.of(replica, serving.engine(), clients, devices))
        .orElseGet(() -> staticBatches(estimated, replica, devices));
  }

  private static Replica replica(
      EstimatedModel estimated, TargetDevice target, boolean isDtypeGiven, ServingLayout layout) {
    return isDtypeGiven
        ? new Replica(
            estimated.architecture(),
            estimated.workload().decodeOptions(),
            target.device(),
            target.computeDtype(),
            layout,
            Efficiency.SERVING.on(target.device()))
        : Replica.inWeightFormats(
            estimated.architecture(),
            estimated.workload().decodeOptions(),
            target.device(),
            layout,
            Efficiency.SERVING.on(target.device()));
  }

  /** Requests that are prefilled together and decode together to the end. */
  private static Section staticBatches(EstimatedModel estimated, Replica replica, String devices) {
    int prompt = estimated.workload().prompt();
    int output = estimated.workload().output();
    List<BatchPoint> curve = BatchPoint.curve(replica, prompt, output);
    if (curve.isEmpty()) {
      throw new InvalidInputException(
          estimated.model().name(),
          String.format(Locale.ROOT, "does not fit %s with %d tokens", devices, prompt + output));
    }
    BatchPoint largest = curve.getLast();
    String title =
        "%s, static batches: prompts of %s, answers of %s"
            .formatted(devices, Units.count(prompt, "token"), Units.count(output, "token"));
    return new Section(
        "serve",
        List.of(
            Cell.of("largestBatch", "largest batch that fits", Format.COUNT, largest.batch()),
            Cell.of(
                "outputTokensPerSecond",
                "tokens/s with it",
                Format.NUMBER,
                largest.outputTokensPerSecond())),
        List.of(
            new Table("curve", title, COLUMNS, curve.stream().map(ServingSection::row).toList())),
        derivations(replica, curve, prompt, output),
        List.of(EfficiencyNote.of(Efficiency.SERVING)));
  }

  private static List<Object> row(BatchPoint point) {
    return Table.row(
        point.batch(),
        point.timeToFirstTokenSeconds(),
        point.timePerOutputTokenSeconds(),
        point.outputTokensPerSecond(),
        point.deviceBytes());
  }

  private static List<Derivation> derivations(
      Replica replica, List<BatchPoint> curve, int prompt, int output) {
    List<Derivation> derivations = new ArrayList<>();
    derivations.add(replica.largestBatchDerivation(prompt, output));
    for (BatchPoint point : curve) {
      derivations.add(replica.prefillDerivation(prompt, point.batch()));
      derivations.add(replica.decodeDerivation(point.batch(), prompt, output - 1));
      derivations.addAll(replica.expertDerivations(point.batch(), prompt + output / 2));
      derivations.add(
          new Derivation(
              "output tokens per second, batch " + point.batch(),
              point.outputTokensPerSecond(),
              "tokens/s",
              "batch / timePerOutputToken",
              Map.of("timePerOutputToken", point.timePerOutputTokenSeconds()),
              List.of(),
              "definition: while all of the batch decode"));
    }
    return derivations;
  }
}
