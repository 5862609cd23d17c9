package dev.ridgepoint.bench.explorer;

import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.explorer.Runner.Basis;
import dev.ridgepoint.bench.explorer.Runner.Setup;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.inference.RidgeCrossing;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.DatasheetTime;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** The steps of one model at all stops, for whatever runs them. */
final class Grid {
  private final Architecture architecture;
  private final Stops stops;
  private final Map<DataFormats, StepCosts> costs = new HashMap<>();

  Grid(Architecture architecture, Stops stops) {
    this.architecture = architecture;
    this.stops = stops;
  }

  /**
   * This machine, by the measured roofline of the level that holds the weights and what is known of
   * its kernels.
   */
  Runner machine(
      Machine machine,
      KernelCalibration kernels,
      String computeDtype,
      int threads,
      DataFormats formats) {
    long weightBytes = formats.weights().storedBytes(architecture);
    Machine roofs = MemoryLevel.machineHolding(machine, weightBytes);
    Predictor predictor =
        new Predictor(roofs, kernels, computeDtype, threads, architecture, formats);
    // All steps have the same kernels.
    boolean isCalibrated = predictor.step(Step.decode(1, 1)).calibratedSeconds().isPresent();
    Basis basis = isCalibrated ? Basis.KERNELS : Basis.BOUND;
    Setup setup =
        new Setup(
            machine.cpu(),
            OptionalInt.of(threads),
            formats,
            computeDtype,
            predictor.roofline(),
            OptionalLong.of(machine.memoryBytes()),
            weightBytes,
            basis,
            basis);
    return runner(
        setup,
        new StepCosts(architecture, any -> ForwardOptions.ofEngine(formats)),
        shape -> {
          Prediction prediction = predictor.step(shape.step);
          double bound = prediction.boundSeconds();
          double predicted = prediction.calibratedSeconds().orElse(bound);
          return cell(prediction.cost(), bound, predicted, fits(setup, shape));
        });
  }

  /** A device, by its datasheet; cache and activations as software for it usually has them. */
  Runner device(Device device, WeightFormats weights) {
    ComputeDtype dtype = device.usualDtype();
    Setup setup =
        new Setup(
            device.name(),
            OptionalInt.empty(),
            new DataFormats(weights, device.usualVectors()),
            dtype.name(),
            device.roofline(dtype),
            device.memoryBytes(),
            weights.storedBytes(architecture),
            Basis.DATASHEET,
            Basis.BOUND);
    StepCosts of = costs.computeIfAbsent(setup.formats(), this::deviceCosts);
    return runner(
        setup,
        of,
        shape -> {
          Cost cost = of.total(shape.step);
          boolean fits = fits(setup, shape);
          PredictedTime bound =
              PredictedTime.of(setup.roofline().boundSeconds(cost), setup.roofline().boundBy(cost));
          DatasheetTime time =
              new DatasheetTime(device, dtype, architecture, of.options(shape.step));
          PredictedTime predicted =
              shape.isDecode && fits ? time.decode(shape.step, bound).time() : bound;
          return cell(cost, bound.seconds(), predicted.seconds(), fits);
        });
  }

  /** Of a device, whose activations are in the format of its cache. */
  private StepCosts deviceCosts(DataFormats formats) {
    return new StepCosts(
        architecture, step -> ForwardOptions.of(formats, step).withActivations(formats.kvCache()));
  }

  /**
   * A step of the grid.
   *
   * @param positions of each sequence after it
   */
  private record Shape(Step step, int positions, boolean isDecode) {
    static Shape decode(int batch, int context) {
      return new Shape(Step.decode(batch, context), context + 1, true);
    }

    static Shape prefill(int prompt) {
      return new Shape(Step.prefill(prompt), prompt, false);
    }
  }

  private Runner runner(Setup setup, StepCosts of, Function<Shape, Cell> cell) {
    List<List<Cell>> decode = new ArrayList<>();
    for (int batch : stops.batches()) {
      decode.add(stops.contexts().stream().map(c -> cell.apply(Shape.decode(batch, c))).toList());
    }
    RidgeCrossing crossing = new RidgeCrossing(of::total, setup.roofline());
    return new Runner(
        setup,
        decode,
        stops.prompts().stream().map(prompt -> cell.apply(Shape.prefill(prompt))).toList(),
        stops.contexts().stream()
            .map(c -> crossing.smallestDecodeBatch(c, Explorer.MAX_CROSSING_BATCH))
            .toList(),
        crossing.shortestPrompt(architecture.maxPositions()));
  }

  private static Cell cell(Cost cost, double bound, double predicted, boolean fits) {
    return new Cell(cost.flops(), cost.bytes(), bound, predicted, fits);
  }

  private boolean fits(Setup setup, Shape shape) {
    MemoryEstimate needed =
        MemoryEstimate.of(
            architecture, setup.formats(), shape.step, shape.positions, EngineMemory.POOLED);
    return setup.memoryBytes().isEmpty() || needed.totalBytes() <= setup.memoryBytes().getAsLong();
  }
}
