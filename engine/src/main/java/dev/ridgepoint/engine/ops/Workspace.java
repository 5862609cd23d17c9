package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Workers;

/**
 * What all ops of a program share: a team of threads and its working memory, which is kept from op
 * to op and only grows. It serves one caller at a time.
 */
public final class Workspace {
  /** Elements of an elementwise operation below which a second thread does not pay. */
  private static final int ELEMENTS_PER_THREAD = 1 << 14;

  private final Workers workers;
  private final MatMul matMul;
  private final HeadProducts headProducts;
  private final AttentionBlocks attention;
  private final float[][] rowScratch;

  /**
   * @param workers the caller's, who closes them when no op runs any more
   */
  public Workspace(Workers workers) {
    this.workers = workers;
    matMul = new MatMul(workers);
    headProducts = new HeadProducts(workers);
    attention = new AttentionBlocks(workers);
    rowScratch = new float[workers.size()][0];
  }

  MatMul matMul() {
    return matMul;
  }

  HeadProducts headProducts() {
    return headProducts;
  }

  AttentionBlocks attention() {
    return attention;
  }

  /** Divides rows over the team, if there are elements enough to pay for it. */
  void runRows(int rows, int elementsPerRow, Workers.Task task) {
    workers.run(rows, Math.max(1, ELEMENTS_PER_THREAD / elementsPerRow), task);
  }

  /** Memory of one worker for a row of {@code size} elements at least, with any content. */
  float[] rowScratch(int worker, int size) {
    if (rowScratch[worker].length < size) {
      rowScratch[worker] = new float[size];
    }
    return rowScratch[worker];
  }
}
