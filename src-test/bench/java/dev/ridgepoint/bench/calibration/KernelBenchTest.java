package dev.ridgepoint.bench.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.SyntheticTypes;
import dev.ridgepoint.bench.calibration.TimedKernels.Reads;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.CalibratedTime;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.KernelCalibration.Sample;
import dev.ridgepoint.estimator.time.KernelShape;
import dev.ridgepoint.model.MatrixTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KernelBenchTest {
  private static final int BATCH = 2;
  private static final int CONTEXT = 5;

  /** Of the model, all of whose operations of a kernel a sample stands for. */
  private static final int LAYERS = 2;

  @Test
  void samplesDoWhatTheOperationListCounts() {
    Architecture architecture = ModelCatalog.get("tiny");
    Shapes shapes =
        new Shapes(
            new TreeSet<>(Set.of(BATCH)),
            new TreeSet<>(Set.of(BATCH)),
            List.of(new Shapes.Attention(BATCH, 1, CONTEXT, DType.F32)));
    KernelCalibration calibration;
    try (Calibrator calibrator =
        new Calibrator(architecture, MatrixTypes.all(DType.BF16), Duration.ofMillis(1))) {
      TimedKernels timed = calibrator.time(1, shapes).and(calibrator.time(2, shapes));
      calibration = timed.under(Reads.of(1e10));
    }

    List<OperationCost> operations =
        OperationList.of(
            architecture,
            ForwardOptions.of(
                new DataFormats(Precision.BF16, Precision.F32), Step.decode(BATCH, CONTEXT)),
            Step.decode(BATCH, CONTEXT));
    assertEquals(
        List.of(1, 2),
        calibration.dispatches().stream().map(KernelCalibration.Dispatch::threads).toList());
    for (int threads = 1; threads <= 2; threads++) {
      assertEquals(
          Set.of(Kernel.values()),
          calibration.samples().stream().map(Sample::kernel).collect(Collectors.toSet()));
      Cost attention = first(operations, "attention");
      Sample attended = sample(calibration, Kernel.ATTENTION, threads);
      assertEquals(attention.flops() * LAYERS, attended.flops());
      assertEquals(attention.bytes() * LAYERS, attended.bytes());
      Cost swiglu = first(operations, "swiglu");
      Sample activated = sample(calibration, Kernel.SWIGLU, threads);
      assertEquals(swiglu.flops() * LAYERS, activated.flops());
      assertEquals(swiglu.bytes() * LAYERS, activated.bytes());
      Cost head = first(operations, "lm_head");
      int team = threads;
      assertTrue(
          calibration.samples().stream()
              .filter(s -> s.kernel() == Kernel.LINEAR && s.threads() == team)
              .anyMatch(s -> s.flops() == head.flops() && s.bytes() == head.bytes()));
    }
  }

  /** A file's own mix: each format's kernels apart, and together the whole model. */
  @Test
  void kernelsOfAMixAreTimedInEachFormat() {
    String file =
        Path.of("..", "src-test", "model", "resources", "quant", "model-q4_k_s.gguf").toString();
    Architecture architecture = ModelSource.runnable(file);
    MatrixTypes types = SyntheticTypes.of("--dtype", SyntheticTypes.STORED, file, architecture);
    DataFormats formats = new DataFormats(types.formats(), Precision.BF16);
    Step step = Step.decode(BATCH, CONTEXT);
    KernelCalibration calibration;
    try (Calibrator calibrator = new Calibrator(architecture, types, Duration.ofMillis(1))) {
      Shapes shapes =
          new Shapes(
              new TreeSet<>(Set.of(BATCH)),
              new TreeSet<>(Set.of(BATCH)),
              List.of(new Shapes.Attention(BATCH, 1, CONTEXT, DType.BF16)));
      calibration = calibrator.time(1, shapes).under(Reads.of(1e10));
    }
    List<OperationCost> operations =
        OperationList.of(architecture, ForwardOptions.of(formats, step), step);
    Set<String> expected = new TreeSet<>();
    long bytes = 0;
    for (OperationCost each : operations) {
      if (each.operation().kernel() == Kernel.LINEAR) {
        expected.add(KernelShape.format(each.operation(), formats));
        bytes += each.cost().bytes();
      }
    }
    assertTrue(expected.size() > 1, expected.toString());
    assertEquals(expected, calibration.formats(Kernel.LINEAR, 1));
    assertEquals(Set.of("BF16"), calibration.formats(Kernel.ATTENTION, 1));
    long timed =
        calibration.samples().stream()
            .filter(sample -> sample.kernel() == Kernel.LINEAR)
            .mapToLong(Sample::bytes)
            .sum();
    // A sample's bytes are the rounded mean of its operations, times their number.
    assertTrue(Math.abs(bytes - timed) <= operations.size(), bytes + " and " + timed);
    CalibratedTime time = new CalibratedTime(calibration, new Roofline(1e11, 1e10), 1, formats);
    assertEquals(Optional.empty(), time.unmeasured(operations, step));
  }

  private static Cost first(List<OperationCost> operations, String name) {
    return operations.stream()
        .filter(o -> o.name().equals(name))
        .map(OperationCost::cost)
        .findFirst()
        .orElseThrow();
  }

  private static Sample sample(KernelCalibration calibration, Kernel kernel, int threads) {
    return calibration.samples().stream()
        .filter(sample -> sample.kernel() == kernel && sample.threads() == threads)
        .findFirst()
        .orElseThrow();
  }
}
