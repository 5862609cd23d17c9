package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.calibration.Calibrator;
import dev.ridgepoint.bench.calibration.Shapes;
import dev.ridgepoint.bench.calibration.TimedKernels;
import dev.ridgepoint.bench.calibration.TimedKernels.Reads;
import dev.ridgepoint.bench.calibration.TimedKernels.TimedKernel;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.Predictor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What predicts the steps of techniques.
 *
 * @param model by what stores its keys and values
 * @param draft of the smaller model, with caches of the subject's type
 */
record Predictors(Map<DType, Predictor> model, Predictor draft) {
  /** For each shape of a heavy kernel. */
  private static final Duration KERNEL_TIME = Duration.ofMillis(75);

  /** By the kernels of a model, timed on the shapes that its techniques have. */
  static Predictors of(
      TechniqueRun.Subject subject,
      Sizes sizes,
      Machine machine,
      Function<DType, DataFormats> formats) {
    try (Calibrator calibrator =
        new Calibrator(subject.architecture(), subject.types(), KERNEL_TIME)) {
      TimedKernels timed =
          calibrator.time(subject.threads(), shapes(sizes, subject.kvType(), caches(subject)));
      return of(subject, machine, timed.under(Reads.of(typicalRead(timed))), formats);
    }
  }

  static Predictors of(
      TechniqueRun.Subject subject,
      Machine machine,
      KernelCalibration kernels,
      Function<DType, DataFormats> formats) {
    Map<DType, Predictor> model = new EnumMap<>(DType.class);
    for (DType cache : caches(subject)) {
      model.put(
          cache,
          predictor(
              subject.architecture(), machine, kernels, subject.threads(), formats.apply(cache)));
    }
    Architecture draft = BenchedModel.draft(subject.architecture());
    return new Predictors(
        model,
        predictor(draft, machine, kernels, subject.threads(), formats.apply(subject.kvType())));
  }

  /** What stores keys and values of some technique. */
  private static List<DType> caches(TechniqueRun.Subject subject) {
    List<DType> caches =
        new ArrayList<>(CacheFormat.narrower(subject.kvType(), subject.architecture()));
    caches.add(subject.kvType());
    return caches;
  }

  private static Predictor predictor(
      Architecture architecture,
      Machine machine,
      KernelCalibration kernels,
      int threads,
      DataFormats formats) {
    return new Predictor(
        MemoryLevel.machineHolding(machine, formats.weights().storedBytes(architecture)),
        kernels,
        Report.COMPUTE_DTYPE,
        threads,
        architecture,
        formats);
  }

  /** What plain reads got in the middle of all kernels. */
  private static double typicalRead(TimedKernels timed) {
    double[] reads =
        timed.kernels().stream().mapToDouble(TimedKernel::readBytesPerSecond).sorted().toArray();
    return reads[reads.length / 2];
  }

  /** Those of the steps; between them the estimator interpolates. */
  private static Shapes shapes(Sizes sizes, DType usual, List<DType> caches) {
    int prompt = sizes.prompt();
    int small = sizes.shortPrompt();
    // Some of them are equal.
    SortedSet<Integer> few =
        new TreeSet<>(
            List.of(
                1,
                Batchings.SEQUENCES,
                CacheFormat.SEQUENCES,
                Guessing.DRAFT_TOKENS + 1,
                Guessing.LOOKUP_TOKENS + 1));
    SortedSet<Integer> rows = new TreeSet<>(few);
    rows.addAll(sizes.chunks());
    rows.add(prompt);
    rows.add(SharedPrefix.own(sizes));
    rows.add(SharedPrefix.prefix(sizes) + SharedPrefix.own(sizes));
    List<Shapes.Attention> attention = new ArrayList<>();
    attention.add(new Shapes.Attention(1, 1, small, usual));
    attention.add(new Shapes.Attention(Batchings.SEQUENCES, 1, small, usual));
    attention.add(new Shapes.Attention(1, Guessing.DRAFT_TOKENS + 1, small, usual));
    attention.add(new Shapes.Attention(1, Guessing.LOOKUP_TOKENS + 1, small, usual));
    attention.add(new Shapes.Attention(1, prompt, 0, usual));
    int prefix = SharedPrefix.prefix(sizes);
    int own = SharedPrefix.own(sizes);
    attention.add(new Shapes.Attention(1, own, prefix, usual));
    attention.add(new Shapes.Attention(1, prefix + own, 0, usual));
    for (int chunk : sizes.chunks()) {
      attention.add(new Shapes.Attention(1, chunk, 0, usual));
      attention.add(new Shapes.Attention(1, chunk, prompt - chunk, usual));
    }
    for (DType cache : caches) {
      attention.add(new Shapes.Attention(CacheFormat.SEQUENCES, 1, sizes.longContext(), cache));
    }
    return new Shapes(rows, few, attention);
  }
}
