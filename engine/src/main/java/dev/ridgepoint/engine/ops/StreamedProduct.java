package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.TiledFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of few rows, as in decode: one tile holds all rows of a product and reads its weights
 * once, several panels at a time, as they lie in memory. Its sums begin in y, stay in registers
 * over the whole depth and are stored once.
 *
 * <p>Products with different weights, as of a token's experts, are done together: workers share the
 * panels of all of them, and meet once.
 */
final class StreamedProduct {
  private final Workers workers;

  /** The sums of a tile, and what its format needs behind them, for every worker. */
  private final float[][] scratch;

  /** Of which the first {@link #count} are of the products that are to be done. */
  private final List<Product> products = new ArrayList<>();

  private final Workers.Task prepare = this::prepare;
  private final Workers.Task stream = this::stream;

  private int count;
  private int panels;
  private int floats;
  private long multiplyAdds;
  private float[] xInterleaved = new float[0];
  private LeftOperand x;
  private boolean accumulate;
  private Tensor y;

  /** One product, with its place among the panels and the interleaved rows of all. */
  private static final class Product {
    private final TilePlan plan = TilePlan.ofTiles();
    private final ProductSums sums = new ProductSums();
    private PackedMatrix w;
    private TiledFormat format;
    private int firstRow;
    private int firstPanel;
    private int xOffset;
  }

  StreamedProduct(Workers workers) {
    this.workers = workers;
    scratch = new float[workers.size()][0];
  }

  /** Begins products of rows of {@code x}, of which there are none yet; see {@link MatMul}. */
  void begin(LeftOperand x, boolean accumulate, Tensor y) {
    this.x = x;
    this.accumulate = accumulate;
    this.y = y;
    count = 0;
    panels = 0;
    floats = 0;
    multiplyAdds = 0;
  }

  /** One more product, of so few rows that one tile holds all of them. */
  void add(PackedMatrix w, float[] bias, int firstRow, int rows, int firstColumn) {
    if (count == products.size()) {
      products.add(new Product());
    }
    Product product = products.get(count++);
    product.w = w;
    product.format = w.format();
    product.firstRow = firstRow;
    product.plan.plan(rows);
    product.sums.of(w, bias, accumulate, y, firstRow, firstColumn);
    product.firstPanel = panels;
    product.xOffset = floats;
    panels = Math.addExact(panels, w.panels());
    multiplyAdds += (long) rows * w.inputs() * w.outputs();
    int prepared = product.format.preparedSteps(w.inputs());
    floats = Math.addExact(floats, Math.multiplyExact(product.plan.paddedRows(), prepared));
  }

  /** Does the products that have been added. */
  void run() {
    if (xInterleaved.length < floats) {
      xInterleaved = new float[floats];
    }
    workers.run(count, Blocking.grainOfElements(floats / Math.max(1, count)), prepare);
    int grain = Blocking.grainOfProducts(panels, Blocking.STREAMED_PANELS, multiplyAdds);
    workers.run(panels, grain, stream);
  }

  private void prepare(int worker, int from, int to) {
    for (int i = from; i < to; i++) {
      Product product = products.get(i);
      int depth = product.w.inputs();
      int height = product.plan.paddedRows();
      x.interleave(
          product.firstRow, product.plan.rows(), height, 0, depth, xInterleaved, product.xOffset);
      product.format.prepare(xInterleaved, product.xOffset, height, depth);
    }
  }

  private void stream(int worker, int fromPanel, int toPanel) {
    for (int i = 0; i < count; i++) {
      Product product = products.get(i);
      int from = Math.max(fromPanel - product.firstPanel, 0);
      int to = Math.min(toPanel - product.firstPanel, product.w.panels());
      if (from < to) {
        stream(worker, product, from, to);
      }
    }
  }

  /**
   * Reads the panels in as many streams as the kernel has room for, each one contiguous: a stream
   * that jumps loses what the prefetchers know of it.
   */
  private void stream(int worker, Product product, int fromPanel, int toPanel) {
    int streams = product.format.panelsAtOnce(product.plan.paddedRows());
    float[] c = sums(worker, product, streams);
    int length = (toPanel - fromPanel) / streams;
    for (int i = 0; i < length; i++) {
      stream(c, product, fromPanel + i, length, streams);
    }
    int rest = fromPanel + length * streams;
    if (rest < toPanel) {
      stream(c, product, rest, 1, toPanel - rest);
    }
  }

  private float[] sums(int worker, Product product, int panels) {
    int rows = product.plan.paddedRows();
    int needed = rows * Blocking.STRIDE + product.format.scratchFloats(rows, panels);
    if (scratch[worker].length < needed) {
      scratch[worker] = new float[needed];
    }
    return scratch[worker];
  }

  /** Does {@code panels} panels from {@code panel} on, each {@code distance} after the last. */
  private void stream(float[] c, Product product, int panel, int distance, int panels) {
    int rows = product.plan.rows();
    for (int i = 0; i < panels; i++) {
      product.sums.begin(c, i * Blocking.PANEL, Blocking.STRIDE, 0, rows, panel + i * distance);
    }
    long panelBytes = product.w.panelBytes();
    product.format.multiplyAdd(
        product.plan.paddedRows(),
        panels,
        xInterleaved,
        product.xOffset,
        product.w.segment(),
        panel * panelBytes,
        distance * panelBytes,
        product.w.inputs(),
        c,
        0);
    for (int i = 0; i < panels; i++) {
      product.sums.store(c, i * Blocking.PANEL, Blocking.STRIDE, 0, rows, panel + i * distance);
    }
  }
}
