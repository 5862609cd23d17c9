package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.bench.calibration.StepKernels.StepKernel;
import dev.ridgepoint.bench.calibration.TimedKernels.TimedKernel;
import dev.ridgepoint.bench.probe.PlainReads;
import dev.ridgepoint.bench.probe.WarmUp;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.time.KernelCalibration.Dispatch;
import dev.ridgepoint.estimator.time.KernelCalibration.Sample;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.Weights;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Times the engine's kernels one at a time, on one model's shapes and with one team. Each walks
 * through the layers, so that weights come from where they come from in a forward pass: the memory,
 * unless the whole model fits into a cache.
 */
final class KernelBench implements AutoCloseable {
  private static final long SEED = 20_250_301;
  private static final int WARM_UP_CALLS = 3;
  private static final int LEAST_LAYERS = 3;

  /** Weights to walk through before the first come again: more than caches hold. */
  private static final long LAYERS_BYTES = 512 << 20;

  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);
  private static final Duration FURTHER_WARM_UP_LIMIT = Duration.ofSeconds(1);

  /** The fewest of which one can be out of line. */
  private static final int TURNS = 3;

  private final Architecture architecture;
  private final int layers;
  private final MatrixTypes types;
  private final Duration each;
  private final Arena arena = new HugePageArena();
  private final Set<List<Object>> warm = new HashSet<>();
  private final Workers workers;
  private final OperationCounter counter = new OperationCounter();
  private final Weights weights;
  private final PlainReads reads;
  private final Dispatch dispatch;

  /** What plain reads got since the last kernel. */
  private double lastRead;

  private int nextLayer;

  /**
   * @param each how long the heavy kernels are timed on each of their shapes, all turns together
   */
  KernelBench(Architecture architecture, MatrixTypes types, int threads, Duration each) {
    this.architecture = architecture;
    this.types = types;
    this.each = each;
    layers = layersToWalk(architecture, types);
    workers = new Workers(threads);
    try (Workers all = new Workers(Runtime.getRuntime().availableProcessors())) {
      weights =
          Weights.load(
              architecture.withLayers(layers),
              new SyntheticWeights(SEED),
              types,
              arena,
              all,
              (done, total) -> {});
    }
    reads = new PlainReads(threads);
    dispatch = measureDispatch();
  }

  /**
   * Every kernel on every shape, several times, between which the others have theirs: a moment in
   * which the machine is busy with something else meets one of them. One that the compiler is not
   * done with has the turns that are left once it is, the last in any case.
   */
  List<TimedKernel> samples(Shapes shapes) {
    try (StepKernels kernels = stepKernels(shapes)) {
      List<StepKernel> all = kernels.all();
      all.forEach(kernel -> isWarm(kernel, WARM_UP_LIMIT));
      lastRead = reads.bytesPerSecond();
      List<TimedKernel> samples = new ArrayList<>();
      for (int turn = 1; turn <= TURNS; turn++) {
        for (StepKernel kernel : all) {
          if (isWarm(kernel, FURTHER_WARM_UP_LIMIT) || turn == TURNS) {
            samples.add(sample(kernel));
          }
        }
      }
      return samples;
    }
  }

  private StepKernels stepKernels(Shapes shapes) {
    int modelLayers = architecture.decoder().orElseThrow().layers().size();
    return new StepKernels(weights, modelLayers, types, workers, counter, shapes);
  }

  /** Memory that an instance holds, in bytes. */
  static long memoryBytes(Architecture architecture, MatrixTypes types) {
    return Math.addExact(
        types.formats().storedBytes(architecture.withLayers(layersToWalk(architecture, types))),
        PlainReads.WORKING_SET_BYTES);
  }

  /** A share of a large model's layers is as good as all, and leaves memory to the measured one. */
  private static int layersToWalk(Architecture architecture, MatrixTypes types) {
    int all = architecture.decoder().orElseThrow().layers().size();
    if (all <= LEAST_LAYERS) {
      return all;
    }
    WeightFormats formats = types.formats();
    long layersBytes =
        formats.storedBytes(architecture) - formats.storedBytes(architecture.withLayers(1));
    long layers = Math.max(LEAST_LAYERS, LAYERS_BYTES * (all - 1) / layersBytes);
    return (int) Math.min(layers, all);
  }

  /** What starting and joining one section costs. */
  Dispatch dispatch() {
    return dispatch;
  }

  private Dispatch measureDispatch() {
    int sections = 20_000;
    Workers.Task nothing = (worker, from, to) -> {};
    double best = Double.POSITIVE_INFINITY;
    for (int repetition = 0; repetition < 5; repetition++) {
      long start = System.nanoTime();
      for (int i = 0; i < sections; i++) {
        workers.run(workers.size(), 1, nothing);
      }
      best = Math.min(best, (System.nanoTime() - start) / 1e9 / sections);
    }
    return new Dispatch(workers.size(), best);
  }

  /** Times a kernel, warmed up. The sample stands for all its operations and one dispatch. */
  private TimedKernel sample(StepKernel kernel) {
    counter.reset();
    double before = lastRead;
    double[] layers = run(kernel, time(kernel));
    if (TimedKernels.dependsOnMemory(kernel.kernel())) {
      lastRead = reads.bytesPerSecond();
    }
    double operationsPerLayer = (double) counter.operations() / layers.length;
    double typical = median(layers) / operationsPerLayer;
    int count = kernel.count();
    Sample sample =
        new Sample(
            kernel.kernel(),
            kernel.format(),
            workers.size(),
            kernel.rows(),
            kernel.context(),
            count * counter.meanFlops(),
            count * counter.meanBytes(),
            count * typical - (count - 1) * Math.min(typical, dispatch.seconds()));
    return new TimedKernel(sample, (before + lastRead) / 2);
  }

  private Duration time(StepKernel kernel) {
    return each.dividedBy(TURNS * (TimedKernels.dependsOnMemory(kernel.kernel()) ? 1 : 4));
  }

  /**
   * Once for each shape: until the compiler's best code runs, and then as long as it is timed.
   *
   * @return whether that code runs
   */
  private boolean isWarm(StepKernel kernel, Duration limit) {
    List<Object> shape =
        List.of(kernel.kernel(), kernel.format(), kernel.count(), kernel.rows(), kernel.context());
    if (warm.contains(shape)) {
      return true;
    }
    boolean isQuiet =
        WarmUp.run(
            () -> {
              kernel.operationsOfLayer().accept(0);
              return 0;
            },
            WARM_UP_CALLS,
            limit);
    if (isQuiet) {
      warm.add(shape);
      for (int turn = 0; turn < TURNS; turn++) {
        run(kernel, time(kernel));
      }
    }
    return isQuiet;
  }

  /**
   * Walks through the layers, one at least, until the time is over.
   *
   * @return the seconds that each layer took
   */
  private double[] run(StepKernel kernel, Duration time) {
    DoubleStream.Builder seconds = DoubleStream.builder();
    long begin = System.nanoTime();
    long end = begin;
    while (end == begin || end - begin < time.toNanos()) {
      long start = System.nanoTime();
      kernel.operationsOfLayer().accept(nextLayer);
      nextLayer = (nextLayer + 1) % layers;
      end = System.nanoTime();
      seconds.add((end - start) / 1e9);
    }
    return seconds.build().toArray();
  }

  /** All layers have the same shapes: the median forgets those in which the machine was busy. */
  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  @Override
  public void close() {
    reads.close();
    workers.close();
    arena.close();
  }
}
