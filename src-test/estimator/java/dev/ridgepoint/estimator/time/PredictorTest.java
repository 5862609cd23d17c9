package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.MachineTest;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Pool;
import dev.ridgepoint.estimator.operation.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PredictorTest {
  private static final Roofline ROOF = new Roofline(100e9, 10e9);
  private static final double DISPATCH = 2e-6;
  private static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.F32);
  private static final Architecture MODEL = ModelCatalog.get("Qwen2.5-0.5B");

  /** A sample that takes {@code slowdown} times its bound, and the dispatch. */
  private static KernelCalibration.Sample sample(
      Kernel kernel, String format, int rows, int context, double slowdown) {
    long flops = 1_000_000L * rows;
    long bytes = 1_000_000;
    double seconds = slowdown * ROOF.boundSeconds(flops, bytes) + DISPATCH;
    return new KernelCalibration.Sample(kernel, format, 1, rows, context, flops, bytes, seconds);
  }

  private static Predictor predictor(KernelCalibration calibration) {
    return new Predictor(MachineTest.MACHINE, calibration, "F32", 1, MODEL, BF16);
  }

  private static KernelCalibration calibration(KernelCalibration.Sample... samples) {
    return new KernelCalibration(
        List.of(samples), List.of(new KernelCalibration.Dispatch(1, DISPATCH)));
  }

  /** Of an operation whose bound is a second. */
  private static Optional<Double> seconds(
      KernelCalibration calibration,
      Kernel kernel,
      String format,
      int threads,
      double rows,
      double context) {
    return calibration
        .timing(new KernelShape(kernel, format, rows, context), threads, ROOF)
        .map(timing -> timing.seconds(1));
  }

  private static double linearSeconds(KernelCalibration calibration, double rows) {
    return seconds(calibration, Kernel.LINEAR, "BF16", 1, rows, 0).orElseThrow();
  }

  @Test
  void atASampleThePredictionIsTheSample() {
    KernelCalibration calibration =
        calibration(
            sample(Kernel.LINEAR, "BF16", 1, 0, 1.25),
            sample(Kernel.LINEAR, "BF16", 16, 0, 3),
            sample(Kernel.LINEAR, "BF16", 512, 0, 1.5),
            sample(Kernel.LINEAR, "F32", 16, 0, 9));
    for (KernelCalibration.Sample sample : calibration.samples()) {
      double bound = ROOF.boundSeconds(sample.flops(), sample.bytes());
      KernelShape shape = new KernelShape(Kernel.LINEAR, sample.format(), sample.rows(), 0);
      double seconds = calibration.timing(shape, 1, ROOF).orElseThrow().seconds(bound);
      assertEquals(sample.seconds(), seconds, 1e-15);
    }
  }

  @Test
  void betweenSamplesItIsLinearInTheLogarithmOfTheRowsAndBeyondThemConstant() {
    KernelCalibration calibration =
        calibration(
            sample(Kernel.LINEAR, "BF16", 4, 0, 2), sample(Kernel.LINEAR, "BF16", 64, 0, 6));
    assertEquals(4, linearSeconds(calibration, 16) - DISPATCH, 1e-9);
    assertEquals(2, linearSeconds(calibration, 1) - DISPATCH, 1e-9);
    assertEquals(6, linearSeconds(calibration, 1000) - DISPATCH, 1e-9);
    double before = 0;
    for (double rows = 1; rows < 200; rows += 0.5) {
      double now = linearSeconds(calibration, rows);
      assertTrue(now >= before, "at " + rows + " rows");
      before = now;
    }
  }

  @Test
  void attentionIsInterpolatedInRowsAndInTheLastPosition() {
    KernelCalibration calibration =
        calibration(
            sample(Kernel.ATTENTION, "F32", 1, 15, 1),
            sample(Kernel.ATTENTION, "F32", 1, 255, 3),
            sample(Kernel.ATTENTION, "F32", 64, 0, 5),
            sample(Kernel.ATTENTION, "F32", 64, 192, 7));
    assertEquals(2, attentionSeconds(calibration, 1, 63), 1e-9);
    assertEquals(6, attentionSeconds(calibration, 64, 64), 1e-9);
    // 8 rows up to position 64: halfway between the curves of 1 and of 64 rows.
    assertEquals((2 + 5) / 2.0, attentionSeconds(calibration, 8, 56), 1e-9);
  }

  private static double attentionSeconds(KernelCalibration calibration, int rows, int context) {
    return seconds(calibration, Kernel.ATTENTION, "F32", 1, rows, context).orElseThrow() - DISPATCH;
  }

  @Test
  void samplesOfOnePointArePooled() {
    KernelCalibration.Sample slow = sample(Kernel.LINEAR, "BF16", 4, 0, 3);
    KernelCalibration.Sample fast = sample(Kernel.LINEAR, "BF16", 4, 0, 1);
    assertEquals(2, linearSeconds(calibration(slow, fast), 4) - DISPATCH, 1e-9);
  }

  @Test
  void theIntervalIsOfTheLeastAndTheMostThatKernelsTook() {
    KernelCalibration.Sample once = sample(Kernel.LINEAR, "BF16", 4, 0, 2);
    KernelCalibration.Sample often =
        new KernelCalibration.Sample(
            once.kernel(),
            once.format(),
            once.threads(),
            once.rows(),
            once.context(),
            once.flops(),
            once.bytes(),
            once.seconds(),
            once.seconds() - (once.seconds() - DISPATCH) / 2,
            once.seconds() + (once.seconds() - DISPATCH));
    KernelCalibration.Timing timing =
        calibration(often)
            .timing(new KernelShape(Kernel.LINEAR, "BF16", 4, 0), 1, ROOF)
            .orElseThrow();
    assertEquals(1, timing.lowestSeconds(1) - DISPATCH, 1e-9);
    assertEquals(2, timing.seconds(1) - DISPATCH, 1e-9);
    assertEquals(4, timing.highestSeconds(1) - DISPATCH, 1e-9);
    assertThrows(
        IllegalArgumentException.class,
        () -> new KernelCalibration.Sample(Kernel.LINEAR, "BF16", 1, 1, 0, 1, 1, 2e-3, 3e-3, 4e-3));
  }

  @Test
  void aKernelShorterThanADispatchCostsTheDispatch() {
    KernelCalibration calibration =
        calibration(new KernelCalibration.Sample(Kernel.ROPE, "F32", 1, 1, 0, 6, 16, DISPATCH / 2));
    assertEquals(DISPATCH, seconds(calibration, Kernel.ROPE, "F32", 1, 1, 0).orElseThrow());
  }

  @Test
  void whatWasNotMeasuredIsNotPredicted() {
    KernelCalibration calibration = calibration(sample(Kernel.LINEAR, "BF16", 1, 0, 1));
    assertTrue(seconds(calibration, Kernel.LINEAR, "F32", 1, 1, 0).isEmpty());
    assertTrue(seconds(calibration, Kernel.LINEAR, "BF16", 2, 1, 0).isEmpty());
    assertTrue(seconds(calibration, Kernel.ROPE, "BF16", 1, 1, 0).isEmpty());
    Predictor predictor = predictor(calibration);
    assertTrue(predictor.step(Step.decode(1, 10)).calibratedSeconds().isEmpty());
  }

  @Test
  void whatWasNotMeasuredIsNamed() {
    Step step = Step.decode(1, 10);
    List<OperationCost> operations = OperationList.of(MODEL, ForwardOptions.of(BF16, step), step);
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    for (Kernel kernel : Kernel.values()) {
      samples.add(sample(kernel, "F32", 1, 0, 2));
    }
    samples.add(sample(Kernel.LINEAR, "Q8_0", 1, 0, 2));
    CalibratedTime time =
        new CalibratedTime(
            calibration(samples.toArray(KernelCalibration.Sample[]::new)), ROOF, 1, BF16);
    assertEquals(
        Optional.of("the kernel LINEAR was not timed in BF16 with 1 threads, but in F32, Q8_0"),
        time.unmeasured(operations, step));
    assertThrows(InvalidInputException.class, () -> time.predict(operations, step));
    assertEquals(
        Optional.of("the kernel COPY was not timed in F32 with 2 threads, nor in another format"),
        new CalibratedTime(time.calibration(), ROOF, 2, BF16).unmeasured(operations, step));
  }

  @Test
  void newerMeasurementsReplaceThoseOfTheSameKernels() {
    KernelCalibration.Sample bf16 = sample(Kernel.LINEAR, "BF16", 1, 0, 3);
    KernelCalibration.Sample q8 = sample(Kernel.LINEAR, "Q8_0", 1, 0, 3);
    KernelCalibration.Sample newer = sample(Kernel.LINEAR, "BF16", 8, 0, 1);
    KernelCalibration updated =
        calibration(bf16, q8)
            .updatedBy(
                new KernelCalibration(
                    List.of(newer), List.of(new KernelCalibration.Dispatch(1, 1e-6))));
    assertEquals(List.of(q8, newer), updated.samples());
    assertEquals(List.of(new KernelCalibration.Dispatch(1, 1e-6)), updated.dispatches());
  }

  @Test
  void theBoundOfAStepIsTheRooflineOfItsTotals() {
    Predictor predictor = predictor(KernelCalibration.NONE);
    assertEquals(ROOF, predictor.roofline());
    Prediction decode = predictor.step(Step.decode(1, 100));
    Cost cost =
        OperationList.total(
            OperationList.of(
                MODEL, ForwardOptions.of(BF16, Step.decode(1, 100)), Step.decode(1, 100)));
    assertEquals(cost, decode.cost());
    assertEquals(Roofline.Bound.MEMORY, decode.boundBy());
    assertEquals(cost.bytes() / 10e9, decode.boundSeconds());
    Prediction prefill = predictor.step(Step.prefill(512));
    assertEquals(Roofline.Bound.COMPUTE, prefill.boundBy());
    assertEquals(prefill.cost().flops() / 100e9, prefill.boundSeconds());
    double operations =
        predictor.operations(Step.prefill(512)).stream()
            .mapToDouble(each -> each.prediction().boundSeconds())
            .sum();
    assertTrue(operations >= prefill.boundSeconds());
  }

  @Test
  void aStepIsTheSumOfItsOperations() {
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    for (Kernel kernel : Kernel.values()) {
      samples.add(sample(kernel, kernel == Kernel.LINEAR ? "BF16" : "F32", 1, 0, 2));
    }
    Predictor predictor = predictor(calibration(samples.toArray(KernelCalibration.Sample[]::new)));
    Step step = Step.decode(4, 300);
    List<OperationPrediction> operations = predictor.operations(step);
    double expected =
        operations.stream().mapToDouble(p -> 2 * p.prediction().boundSeconds() + DISPATCH).sum();
    assertEquals(
        expected, predictor.step(step).calibratedSeconds().getAsDouble(), 1e-12 * expected);
  }

  /** Of 32 tokens all 8 experts have some: each 8 rows, for which the kernel is as fast as that. */
  @Test
  void anExpertsKernelSeesTheRowsOfOneExpert() {
    Step step = Step.prefill(32);
    for (OperationCost operation :
        OperationList.of(ModelCatalog.get("Mixtral-8x7B"), ForwardOptions.of(BF16, step), step)) {
      KernelShape shape = KernelShape.of(operation.operation(), step, BF16);
      switch (operation.name()) {
        case "experts_gate_up", "experts_down" -> assertEquals(8, shape.rows(), 1e-2);
        case "router", "qkv_proj" -> assertEquals(32, shape.rows());
        default -> {}
      }
    }
  }

  @Test
  void everyOperationHasAKernel() {
    for (String model : List.of("Qwen3-0.6B", "Mixtral-8x7B", "gpt-oss-20b")) {
      for (OperationCost operation :
          OperationList.of(
              ModelCatalog.get(model), ForwardOptions.of(BF16, Step.prefill(2)), Step.prefill(2))) {
        assertNotNull(operation.operation().kernel(), operation.name());
      }
    }
    OperationList.encoder(ModelCatalog.get("bert-base-uncased")).stream()
        .filter(Pool.class::isInstance)
        .forEach(pool -> assertThrows(IllegalArgumentException.class, pool::kernel));
  }
}
