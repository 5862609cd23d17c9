package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;

/**
 * What all ops of a program share: a team of threads and its working memory, which is kept from op
 * to op and only grows. It serves one caller at a time.
 */
public final class Workspace {
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
    workers.run(rows, Blocking.grainOfElements(elementsPerRow), task);
  }

  /** Memory of one worker for a row of {@code size} elements at least, with any content. */
  float[] rowScratch(int worker, int size) {
    if (rowScratch[worker].length < size) {
      rowScratch[worker] = new float[size];
    }
    return rowScratch[worker];
  }
}
