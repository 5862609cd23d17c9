package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.ops.Operations;
import dev.ridgepoint.engine.ops.RotaryTable;
import dev.ridgepoint.engine.ops.SequenceRows;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.hardware.Kernel;
import dev.ridgepoint.model.DecoderWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The kernels of some shapes on one model's weights, ready to run, with activations and caches of
 * their own.
 */
final class StepKernels implements AutoCloseable {
  private static final DType KV_TYPE = DType.F32;
  private static final String F32 = DType.F32.name();

  /** Any value whose products are neither denormal nor infinite. */
  private static final float ACTIVATION = 0.01f;

  private final ModelConfig config;
  private final DType dtype;
  private final DecoderWeights weights;
  private final Operations operations;
  private final Arena arena = new HugePageArena();
  private final List<KvCache> caches = new ArrayList<>();
  private final RotaryTable angles;
  private final int qkvWidth;
  private final int queryWidth;
  private final List<StepKernel> all = new ArrayList<>();

  /**
   * A kernel on one shape.
   *
   * @param count what it weighs among the samples of its kernel and shape: of projections, as many
   *     as a forward pass has
   * @param operationsOfLayer runs it with the weights and the cache of a layer
   */
  record StepKernel(
      Kernel kernel,
      String format,
      int rows,
      int context,
      int count,
      IntConsumer operationsOfLayer) {}

  StepKernels(
      ModelConfig config,
      DType dtype,
      DecoderWeights weights,
      Operations operations,
      Shapes shapes) {
    this.config = config;
    this.dtype = dtype;
    this.weights = weights;
    this.operations = operations;
    angles = new RotaryTable(new double[config.headDim() / 2]);
    queryWidth = config.numAttentionHeads() * config.headDim();
    qkvWidth = queryWidth + 2 * config.numKeyValueHeads() * config.headDim();
    for (int rows : shapes.rows()) {
      addProjections(rows);
      addNorm(rows);
      addRotation(rows);
      addActivation(rows);
      addAppend(rows);
    }
    for (int rows : shapes.logits()) {
      addHead(rows);
    }
    for (Shapes.Attention shape : shapes.attention()) {
      addAttention(shape);
    }
  }

  List<StepKernel> all() {
    return all;
  }

  private void addProjections(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor qkv = tensor(rows, qkvWidth);
    Tensor attended = tensor(rows, queryWidth);
    Tensor gateUp = tensor(rows, 2 * config.intermediateSize());
    Tensor activated = tensor(rows, config.intermediateSize());
    all.add(
        new StepKernel(
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
            }));
  }

  private void addHead(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor logits = tensor(rows, config.vocabSize());
    all.add(
        new StepKernel(
            Kernel.LINEAR,
            dtype.name(),
            rows,
            0,
            1,
            layer -> operations.linear(hidden, weights.lmHead(), null, false, logits)));
  }

  private void addNorm(int rows) {
    Tensor hidden = tensor(rows, config.hiddenSize());
    Tensor normed = tensor(rows, config.hiddenSize());
    addLight(
        Kernel.RMS_NORM,
        rows,
        layer ->
            operations.rmsNorm(
                hidden,
                weights.layers().get(layer).attentionNorm(),
                (float) config.rmsNormEps(),
                normed));
  }

  private void addRotation(int rows) {
    Tensor qkv = tensor(rows, qkvWidth);
    List<SequenceRows> sequence = List.of(new SequenceRows(cache(rows), 0, rows, 0));
    addLight(
        Kernel.ROPE,
        rows,
        layer ->
            operations.rotate(
                qkv, config.numAttentionHeads(), config.numKeyValueHeads(), angles, sequence));
  }

  private void addActivation(int rows) {
    Tensor gateUp = tensor(rows, 2 * config.intermediateSize());
    Tensor activated = tensor(rows, config.intermediateSize());
    addLight(Kernel.SWIGLU, rows, layer -> operations.swiGlu(gateUp, activated));
  }

  private void addAppend(int rows) {
    Tensor qkv = tensor(rows, qkvWidth);
    List<SequenceRows> sequence = List.of(new SequenceRows(cache(rows), 0, rows, 0));
    addLight(
        Kernel.COPY,
        rows,
        layer -> operations.append(qkv, config.numAttentionHeads(), sequence, layer));
  }

  private void addLight(Kernel kernel, int rows, IntConsumer operationsOfLayer) {
    all.add(new StepKernel(kernel, F32, rows, 0, 1, operationsOfLayer));
  }

  private void addAttention(Shapes.Attention shape) {
    int rows = shape.rows();
    Tensor qkv = tensor(shape.sequences() * rows, qkvWidth);
    Tensor attended = tensor(shape.sequences() * rows, queryWidth);
    List<SequenceRows> sequences = new ArrayList<>();
    for (int i = 0; i < shape.sequences(); i++) {
      KvCache cache = cache(shape.context() + rows);
      cache.advance(shape.context());
      sequences.add(new SequenceRows(cache, i * rows, rows, 0));
    }
    all.add(
        new StepKernel(
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
                    attended)));
  }

  private KvCache cache(int capacity) {
    KvCache cache =
        new KvCache(
            KV_TYPE,
            weights.layers().size(),
            config.numKeyValueHeads(),
            config.headDim(),
            capacity);
    caches.add(cache);
    return cache;
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
    caches.forEach(KvCache::close);
    arena.close();
  }
}
