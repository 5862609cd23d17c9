package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.bench.calibration.TimedKernels.TimedKernel;
import dev.ridgepoint.bench.probe.PlainReads;
import dev.ridgepoint.bench.probe.WarmUp;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.KvCache;
import dev.ridgepoint.engine.Operations;
import dev.ridgepoint.engine.RotaryTable;
import dev.ridgepoint.engine.SequenceRows;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.MemoryEstimate;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.ParameterCount;
import dev.ridgepoint.estimator.Precision;
import dev.ridgepoint.estimator.hardware.Kernel;
import dev.ridgepoint.estimator.hardware.KernelCalibration.Dispatch;
import dev.ridgepoint.estimator.hardware.KernelCalibration.Sample;
import dev.ridgepoint.model.DecoderWeights;
import dev.ridgepoint.model.SyntheticWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;

/**
 * Times the engine's kernels one at a time, on one model's shapes and with one team. Each walks
 * through the layers, so that weights come from where they come from in a forward pass: the memory,
 * unless the whole model fits into a cache.
 */
final class KernelBench implements AutoCloseable {
  private static final long SEED = 20_250_301;
  private static final DType KV_TYPE = DType.F32;
  private static final int WARM_UP_CALLS = 3;
  private static final int LEAST_LAYERS = 3;

  /** Weights to walk through before the first come again: more than caches hold. */
  private static final long LAYERS_BYTES = 512 << 20;

  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);
  private static final String F32 = DType.F32.name();

  /** Any value whose products are neither denormal nor infinite. */
  private static final float ACTIVATION = 0.01f;

  private final ModelConfig config;
  private final int layers;
  private final DType dtype;
  private final Duration each;
  private final Arena arena = new HugePageArena();
  private final Set<String> warm = new HashSet<>();
  private final Workers workers;
  private final OperationCounter counter = new OperationCounter();
  private final Operations operations;
  private final DecoderWeights weights;
  private final RotaryTable angles;
  private final PlainReads reads;
  private final Dispatch dispatch;
  private final int qkvWidth;
  private final int queryWidth;

  /** What plain reads got since the last kernel. */
  private double lastRead;

  /**
   * @param each how long the heavy kernels are timed on each of their shapes
   */
  KernelBench(ModelConfig config, DType dtype, int threads, Duration each) {
    this.config = config;
    this.dtype = dtype;
    this.each = each;
    layers = layersToWalk(config, dtype);
    workers = new Workers(threads);
    operations = new Operations(workers, counter);
    try (Workers all = new Workers(Runtime.getRuntime().availableProcessors())) {
      weights =
          DecoderWeights.load(
              config.withLayers(layers),
              new SyntheticWeights(SEED),
              dtype,
              arena,
              all,
              (done, total) -> {});
    }
    reads = new PlainReads(threads);
    dispatch = measureDispatch();
    angles = new RotaryTable(new double[config.headDim() / 2]);
    queryWidth = config.numAttentionHeads() * config.headDim();
    qkvWidth = queryWidth + 2 * config.numKeyValueHeads() * config.headDim();
  }

  /** Every kernel on every shape. */
  List<TimedKernel> samples(Shapes shapes) {
    lastRead = reads.bytesPerSecond();
    List<TimedKernel> samples = new ArrayList<>();
    for (int rows : shapes.rows()) {
      samples.add(projections(rows));
      samples.add(norm(rows));
      samples.add(rotation(rows));
      samples.add(activation(rows));
      samples.add(append(rows));
    }
    for (int rows : shapes.logits()) {
      samples.add(head(rows));
    }
    for (Shapes.Attention shape : shapes.attention()) {
      samples.add(attention(shape));
    }
    return samples;
  }

  /** Memory that an instance holds, in bytes. */
  static long memoryBytes(ModelConfig config, DType dtype) {
    Precision precision = Precision.named("dtype", dtype.name());
    return Math.addExact(
        MemoryEstimate.weightBytes(config.withLayers(layersToWalk(config, dtype)), precision),
        PlainReads.WORKING_SET_BYTES);
  }

  /** A share of a large model's layers is as good as all, and leaves memory to the measured one. */
  private static int layersToWalk(ModelConfig config, DType dtype) {
    long parameters =
        ParameterCount.of(config.withLayers(2)).total()
            - ParameterCount.of(config.withLayers(1)).total();
    long layers = Math.max(LEAST_LAYERS, LAYERS_BYTES / dtype.bytes(parameters));
    return (int) Math.min(layers, config.numHiddenLayers());
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

  private TimedKernel projections(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor qkv = tensor(rows, qkvWidth);
    Tensor attended = tensor(rows, queryWidth);
    Tensor gateUp = tensor(rows, 2 * config.intermediateSize());
    Tensor activated = tensor(rows, config.intermediateSize());
    return sample(
        Kernel.LINEAR,
        dtype.name(),
        rows,
        0,
        4 * config.numHiddenLayers(),
        layer -> {
          DecoderWeights.Layer w = weights.layers().get(layer);
          operations.linear(hidden, w.qkv(), w.qkvBias(), false, qkv);
          operations.linear(attended, w.output(), w.outputBias(), false, hidden);
          operations.linear(hidden, w.gateUp(), w.gateUpBias(), false, gateUp);
          operations.linear(activated, w.down(), w.downBias(), false, hidden);
        });
  }

  private TimedKernel head(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor logits = tensor(rows, config.vocabSize());
    return sample(
        Kernel.LINEAR,
        dtype.name(),
        rows,
        0,
        1,
        layer -> operations.linear(hidden, weights.lmHead(), null, false, logits));
  }

  private TimedKernel norm(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor normed = tensor(rows, config.hiddenSize());
    return sample(
        Kernel.RMS_NORM,
        F32,
        rows,
        0,
        1,
        layer ->
            operations.rmsNorm(
                hidden,
                weights.layers().get(layer).attentionNorm(),
                (float) config.rmsNormEps(),
                normed));
  }

  private TimedKernel rotation(int rows) {
    Tensor qkv = tensor(rows, qkvWidth);
    try (KvCache cache = cache(rows)) {
      List<SequenceRows> sequence = List.of(new SequenceRows(cache, 0, rows));
      return sample(
          Kernel.ROPE,
          F32,
          rows,
          0,
          1,
          layer ->
              operations.rotate(
                  qkv, config.numAttentionHeads(), config.numKeyValueHeads(), angles, sequence));
    }
  }

  private TimedKernel activation(int rows) {
    Tensor gateUp = tensor(rows, 2 * config.intermediateSize());
    Tensor activated = tensor(rows, config.intermediateSize());
    return sample(Kernel.SWIGLU, F32, rows, 0, 1, layer -> operations.swiGlu(gateUp, activated));
  }

  private TimedKernel append(int rows) {
    Tensor qkv = tensor(rows, qkvWidth);
    try (KvCache cache = cache(rows)) {
      List<SequenceRows> sequence = List.of(new SequenceRows(cache, 0, rows));
      return sample(
          Kernel.COPY,
          F32,
          rows,
          0,
          1,
          layer -> operations.append(qkv, config.numAttentionHeads(), sequence, layer));
    }
  }

  private TimedKernel attention(Shapes.Attention shape) {
    int rows = shape.rows();
    Tensor qkv = tensor(shape.sequences() * rows, qkvWidth);
    Tensor attended = tensor(shape.sequences() * rows, queryWidth);
    List<KvCache> caches = new ArrayList<>();
    List<SequenceRows> sequences = new ArrayList<>();
    try {
      for (int i = 0; i < shape.sequences(); i++) {
        KvCache cache = cache(shape.context() + rows);
        cache.advance(shape.context());
        caches.add(cache);
        sequences.add(new SequenceRows(cache, i * rows, rows));
      }
      return sample(
          Kernel.ATTENTION,
          KV_TYPE.name(),
          rows,
          shape.context(),
          1,
          layer ->
              operations.attention(
                  qkv,
                  config.numAttentionHeads(),
                  sequences,
                  layer,
                  config.attentionWindow(layer),
                  attended));
    } finally {
      caches.forEach(KvCache::close);
    }
  }

  /**
   * Times operations, warmed up.
   *
   * @param count such operations in a forward pass: what they weigh among samples of one shape. The
   *     sample stands for all of them, and includes one dispatch
   */
  private TimedKernel sample(
      Kernel kernel,
      String format,
      int rows,
      int context,
      int count,
      IntConsumer operationsOfLayer) {
    Duration time =
        switch (kernel) {
          case LINEAR, ATTENTION -> each;
          // A step spends little on these.
          case RMS_NORM, ROPE, SWIGLU, COPY -> each.dividedBy(4);
        };
    if (warm.add(kernel + " " + count + " " + rows + " " + context)) {
      warmUp(operationsOfLayer, time);
      lastRead = reads.bytesPerSecond();
    }
    counter.reset();
    double before = lastRead;
    double[] layers = run(operationsOfLayer, time);
    lastRead = reads.bytesPerSecond();
    double operationsPerLayer = (double) counter.operations() / layers.length;
    double typical = median(layers) / operationsPerLayer;
    Sample sample =
        new Sample(
            kernel,
            format,
            workers.size(),
            rows,
            context,
            count * counter.meanFlops(),
            count * counter.meanBytes(),
            count * typical - (count - 1) * Math.min(typical, dispatch.seconds()));
    return new TimedKernel(sample, (before + lastRead) / 2);
  }

  /** Until the compiler's best code runs, and then as long as it will be timed. */
  private void warmUp(IntConsumer operationsOfLayer, Duration time) {
    WarmUp.run(
        () -> {
          operationsOfLayer.accept(0);
          return 0;
        },
        WARM_UP_CALLS,
        WARM_UP_LIMIT);
    run(operationsOfLayer, time);
  }

  /**
   * Walks through the layers, a few at least, until the time is over.
   *
   * @return the seconds that each layer took
   */
  private double[] run(IntConsumer operationsOfLayer, Duration time) {
    DoubleStream.Builder seconds = DoubleStream.builder();
    long begin = System.nanoTime();
    long end = begin;
    for (int i = 0; i < LEAST_LAYERS || end - begin < time.toNanos(); i++) {
      long start = System.nanoTime();
      operationsOfLayer.accept(i % layers);
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

  private KvCache cache(int capacity) {
    return new KvCache(KV_TYPE, layers, config.numKeyValueHeads(), config.headDim(), capacity);
  }

  private Tensor tensor(int rows, int columns) {
    Tensor tensor = Tensor.allocate(arena, DType.F32, rows, columns);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, ACTIVATION);
    }
    return tensor;
  }

  @Override
  public void close() {
    reads.close();
    workers.close();
    arena.close();
  }
}
