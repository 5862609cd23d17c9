package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;

/** What is said of a training run. */
public final class RunFacts {
  private RunFacts() {}

  /** FLOPs and time; energy and money where power and prices are known. */
  public static List<Cell> cells(TrainingRun run) {
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of("runFlops", "FLOPs of the run", Format.FLOPS, run.modelFlops()));
    cells.add(Cell.of("devices", "devices", Format.COUNT, run.devices()));
    cells.add(Cell.of("utilization", "assumed MFU", Format.SHARE, run.modelFlopsUtilization()));
    cells.add(Cell.of("seconds", "time", Format.SECONDS, run.seconds()));
    cells.add(Cell.of("deviceHours", "device-hours", Format.NUMBER, run.deviceHours()));
    if (run.prices().wattsPerDevice() > 0) {
      cells.add(
          Cell.of("energyKilowattHours", "energy, kWh", Format.NUMBER, run.energyKilowattHours()));
    }
    if (run.prices().usdPerDeviceHour() > 0 || run.prices().usdPerKilowattHour() > 0) {
      cells.add(Cell.of("totalUsd", "cost", Format.DOLLARS, run.totalUsd()));
    }
    return cells;
  }

  /** How they come about. */
  public static List<Derivation> derivations(TrainingRun run) {
    return List.of(run.timeDerivation(), run.energyDerivation(), run.costDerivation());
  }
}
