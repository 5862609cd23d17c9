package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.kernels.NormKernel;
import dev.ridgepoint.engine.kernels.RotaryKernel;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The operations of a transformer's forward pass. Each checks its shapes, divides its work over the
 * {@link Workers} and tells the {@link Meter} what it did; {@link Meter#begin} is the caller's.
 *
 * <p>Activations are F32 tensors whose rows are tokens. Working memory is kept from call to call
 * and only grows; one instance serves one caller at a time.
 */
public final class Operations {
  /** Elements of an elementwise operation below which a second thread does not pay. */
  private static final int ELEMENTS_PER_THREAD = 1 << 14;

  private final Workers workers;
  private final Meter meter;
  private final MatMul matMul;
  private final Attention attention;
  private final float[][] rowScratch;

  // What the elementwise tasks below work on: fields, so that starting one allocates nothing.
  private Tensor x;
  private Tensor y;
  private float[] weight;
  private float epsilon;
  private PackedMatrix table;
  private int[] tokens;
  private int headDim;
  private int queryHeads;
  private int keyHeads;
  private float[] keyWeight;
  private RotaryTable angles;
  private List<SequenceRows> sequences;
  private int layer;

  private final Workers.Task embedRows = this::embedRows;
  private final Workers.Task normRows = this::normRows;
  private final Workers.Task normHeads = this::normHeads;
  private final Workers.Task rotateHeads = this::rotateHeads;
  private final Workers.Task appendRows = this::appendRows;
  private final Workers.Task swiGluRows = this::swiGluRows;

  public Operations(Workers workers, Meter meter) {
    this.workers = workers;
    this.meter = meter;
    matMul = new MatMul(workers);
    attention = new Attention(workers);
    rowScratch = new float[workers.size()][0];
  }

  /**
   * {@code y[i] = table[tokens[i]]}.
   *
   * @param table {@code [vocabulary][hidden]}
   * @param y {@code [tokens][hidden]}
   */
  public void embed(PackedMatrix table, int[] tokens, Tensor y) {
    requireShape("y", y, tokens.length, table.inputs());
    for (int token : tokens) {
      if (token < 0 || token >= table.outputs()) {
        throw new IllegalArgumentException(
            "token %d is not in 0..%d".formatted(token, table.outputs() - 1));
      }
    }
    this.table = table;
    this.tokens = tokens;
    this.y = y;
    runRows(tokens.length, table.inputs(), embedRows);
    meter.end(0, 0, tokens.length * table.rowBytes(), 0, 0, y.byteSize());
  }

  private void embedRows(int worker, int from, int to) {
    int hidden = table.inputs();
    float[] row = scratch(worker, hidden);
    for (int i = from; i < to; i++) {
      table.readRow(tokens[i], row);
      MemorySegment.copy(row, 0, y.segment(), JAVA_FLOAT, 4L * i * hidden, hidden);
    }
  }

  /**
   * Root-mean-square norm of each row: {@code y = x / sqrt(mean(x^2) + epsilon) * weight}.
   *
   * @param x {@code [rows][hidden]}
   * @param weight {@code [hidden]}
   * @param y {@code [rows][hidden]}, may be x
   */
  public void rmsNorm(Tensor x, float[] weight, float epsilon, Tensor y) {
    requireShape("x", x, x.size(0), weight.length);
    requireShape("y", y, x.size(0), weight.length);
    this.x = x;
    this.weight = weight;
    this.epsilon = epsilon;
    this.y = y;
    runRows(x.size(0), weight.length, normRows);
    long flops = x.size(0) * rmsNormFlops(weight.length);
    meter.end(flops, 0, 4L * weight.length, 0, 0, x.byteSize() + y.byteSize());
  }

  private void normRows(int worker, int from, int to) {
    int hidden = weight.length;
    for (int row = from; row < to; row++) {
      long at = 4L * row * hidden;
      NormKernel.rmsNorm(x.segment(), at, weight, epsilon, y.segment(), at, hidden);
    }
  }

  /** Squares, their sum, mean, epsilon, root, reciprocal, and two products per element. */
  private static long rmsNormFlops(long elements) {
    return 4 * elements + 3;
  }

  /**
   * A linear layer: {@code y = x * w^T + bias}, or {@code y += ...}.
   *
   * @param x {@code [rows][inputs]}
   * @param w {@code [outputs][inputs]}
   * @param bias {@code [outputs]} or null
   * @param accumulate whether the product is added to y: a residual connection
   * @param y {@code [rows][outputs]}, not x
   */
  public void linear(Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y) {
    int rows = x.size(0);
    requireShape("x", x, rows, w.inputs());
    requireShape("y", y, rows, w.outputs());
    if (bias != null && bias.length != w.outputs()) {
      throw new IllegalArgumentException(
          "bias has %d elements, but %d are needed".formatted(bias.length, w.outputs()));
    }
    matMul.run(x, w, bias, accumulate, y);
    long product = Math.multiplyExact(2L * rows * w.inputs(), (long) w.outputs());
    long addedPerElement = (bias == null ? 0L : 1L) + (accumulate ? 1L : 0L);
    long flops = product + addedPerElement * y.elements();
    long weights = w.weightBytes() + (bias == null ? 0 : 4L * bias.length);
    meter.end(flops, product, weights, 0, 0, x.byteSize() + (accumulate ? 2 : 1) * y.byteSize());
  }

  /**
   * Root-mean-square norm of each query and key head, in place.
   *
   * @param qkv {@code [rows][(queryHeads + 2 keyHeads) headDim]}: queries, keys, values
   * @param queryWeight {@code [headDim]}
   * @param keyWeight {@code [headDim]}
   */
  public void normalizeHeads(
      Tensor qkv,
      int queryHeads,
      int keyHeads,
      float[] queryWeight,
      float[] keyWeight,
      float epsilon) {
    headDim = queryWeight.length;
    requireShape("qkv", qkv, qkv.size(0), (queryHeads + 2 * keyHeads) * headDim);
    x = qkv;
    this.queryHeads = queryHeads;
    this.keyHeads = keyHeads;
    weight = queryWeight;
    this.keyWeight = keyWeight;
    this.epsilon = epsilon;
    runRows(qkv.size(0), qkv.size(1), normHeads);
    long heads = (long) qkv.size(0) * (queryHeads + keyHeads);
    meter.end(heads * rmsNormFlops(headDim), 0, 4L * 2 * headDim, 0, 0, 2 * heads * headDim * 4);
  }

  private void normHeads(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int head = 0; head < queryHeads + keyHeads; head++) {
        long at = 4L * ((long) row * x.size(1) + head * headDim);
        float[] headWeight = head < queryHeads ? weight : keyWeight;
        NormKernel.rmsNorm(x.segment(), at, headWeight, epsilon, x.segment(), at, headDim);
      }
    }
  }

  /**
   * Rotates each query and key head by its position's angles, in place.
   *
   * @param qkv {@code [rows][(queryHeads + 2 keyHeads) headDim]}: queries, keys, values
   */
  public void rotate(
      Tensor qkv, int queryHeads, int keyHeads, RotaryTable angles, List<SequenceRows> sequences) {
    headDim = angles.headDim();
    requireShape("qkv", qkv, qkv.size(0), (queryHeads + 2 * keyHeads) * headDim);
    requireRows(qkv, sequences);
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      angles.ensure(sequence.position() + sequence.count());
    }
    x = qkv;
    this.queryHeads = queryHeads;
    this.keyHeads = keyHeads;
    this.angles = angles;
    this.sequences = sequences;
    runRows(qkv.size(0), qkv.size(1), rotateHeads);
    long elements = (long) qkv.size(0) * (queryHeads + keyHeads) * headDim;
    meter.end(3 * elements, 0, 0, 0, 0, 2 * 4 * elements);
  }

  private void rotateHeads(int worker, int from, int to) {
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        int angle = (sequence.position() + row - sequence.first()) * (headDim / 2);
        for (int head = 0; head < queryHeads + keyHeads; head++) {
          long at = 4L * ((long) row * x.size(1) + head * headDim);
          RotaryKernel.rotate(x.segment(), at, angles.cosines(), angles.sines(), angle, headDim);
        }
      }
    }
  }

  /**
   * Writes the new keys and values of one layer to the sequences' caches.
   *
   * @param qkv {@code [rows][(queryHeads + 2 keyHeads) headDim]}: queries, keys, values
   * @throws IllegalArgumentException if a cache has no room
   */
  public void append(Tensor qkv, int queryHeads, List<SequenceRows> sequences, int layer) {
    requireRows(qkv, sequences);
    requireHeads(qkv, queryHeads, sequences);
    long written = 0;
    long read = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      cache.requireRoom(sequence.count());
      long elements = 2L * sequence.count() * cache.heads() * cache.headDim();
      written += cache.dtype().bytes(elements);
      read += 4 * elements;
    }
    x = qkv;
    this.queryHeads = queryHeads;
    this.sequences = sequences;
    this.layer = layer;
    runRows(qkv.size(0), qkv.size(1), appendRows);
    meter.end(0, 0, 0, 0, written, read);
  }

  private void appendRows(int worker, int from, int to) {
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      int elements = cache.heads() * cache.headDim();
      float[] keysAndValues = scratch(worker, 2 * elements);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        long keys = 4L * ((long) row * x.size(1) + queryHeads * cache.headDim());
        MemorySegment.copy(x.segment(), JAVA_FLOAT, keys, keysAndValues, 0, 2 * elements);
        int position = sequence.position() + row - sequence.first();
        for (int head = 0; head < cache.heads(); head++) {
          int at = head * cache.headDim();
          cache.write(layer, head, position, keysAndValues, at, elements + at);
        }
      }
    }
  }

  /**
   * Causal grouped-query attention of the new tokens over their sequences' caches, which hold the
   * new keys and values already.
   *
   * @param qkv {@code [rows][(queryHeads + 2 keyHeads) headDim]}: queries, keys, values
   * @param window positions that a token sees at most, itself included
   * @param y {@code [rows][queryHeads * headDim]}
   */
  public void attention(
      Tensor qkv, int queryHeads, List<SequenceRows> sequences, int layer, int window, Tensor y) {
    requireRows(qkv, sequences);
    requireHeads(qkv, queryHeads, sequences);
    int headDim = sequences.get(0).cache().headDim();
    requireShape("y", y, qkv.size(0), queryHeads * headDim);
    attention.run(qkv, sequences, layer, queryHeads, window, y);
    long pairs = 0;
    long kvRead = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      int end = sequence.position() + sequence.count();
      for (int position = sequence.position(); position < end; position++) {
        pairs += Math.min(position + 1, window);
      }
      long seen = Math.min(end, (long) sequence.count() + window - 1);
      kvRead += cache.dtype().bytes(2 * seen * cache.heads() * headDim);
    }
    long matmulFlops = 4L * queryHeads * headDim * pairs;
    // Per pair: scale, subtract the maximum, exponential, sum. Per output element: one division.
    long flops = matmulFlops + 4L * queryHeads * pairs + y.elements();
    meter.end(flops, matmulFlops, 0, kvRead, 0, 2 * y.byteSize());
  }

  /**
   * {@code y = silu(gate) * up}.
   *
   * @param gateUp {@code [rows][2 * size]}: gate, then up
   * @param y {@code [rows][size]}
   */
  public void swiGlu(Tensor gateUp, Tensor y) {
    requireShape("gateUp", gateUp, y.size(0), 2 * y.size(1));
    x = gateUp;
    this.y = y;
    runRows(y.size(0), 4 * y.size(1), swiGluRows);
    // Exponential, sum, division, product.
    meter.end(4 * y.elements(), 0, 0, 0, 0, gateUp.byteSize() + y.byteSize());
  }

  private void swiGluRows(int worker, int from, int to) {
    int size = y.size(1);
    for (int row = from; row < to; row++) {
      long gate = 4L * row * 2 * size;
      ActivationKernel.swiGlu(
          x.segment(), gate, gate + 4L * size, y.segment(), 4L * row * size, size);
    }
  }

  private void runRows(int rows, int elementsPerRow, Workers.Task task) {
    workers.run(rows, Math.max(1, ELEMENTS_PER_THREAD / elementsPerRow), task);
  }

  private float[] scratch(int worker, int size) {
    if (rowScratch[worker].length < size) {
      rowScratch[worker] = new float[size];
    }
    return rowScratch[worker];
  }

  private static void requireShape(String name, Tensor tensor, int rows, int columns) {
    if (tensor.dtype() != DType.F32
        || tensor.rank() != 2
        || tensor.size(0) != rows
        || tensor.size(1) != columns) {
      throw new IllegalArgumentException(
          "%s is %s, but F32[%d, %d] is needed".formatted(name, tensor, rows, columns));
    }
  }

  private static void requireRows(Tensor tensor, List<SequenceRows> sequences) {
    int next = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      if (sequence.first() != next || sequence.count() < 1) {
        throw new IllegalArgumentException("sequence " + i + " does not follow: " + sequence);
      }
      next += sequence.count();
    }
    if (next != tensor.size(0)) {
      throw new IllegalArgumentException("sequences have %d rows, but %s".formatted(next, tensor));
    }
  }

  private static void requireHeads(Tensor qkv, int queryHeads, List<SequenceRows> sequences) {
    for (int i = 0; i < sequences.size(); i++) {
      KvCache cache = sequences.get(i).cache();
      requireShape("qkv", qkv, qkv.size(0), (queryHeads + 2 * cache.heads()) * cache.headDim());
      if (queryHeads % cache.heads() != 0) {
        throw new IllegalArgumentException(
            "%d query heads cannot share %d key-value heads".formatted(queryHeads, cache.heads()));
      }
    }
  }
}
