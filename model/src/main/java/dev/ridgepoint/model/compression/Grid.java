package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Tensor;

/**
 * What weights are rounded to: integers, of which those of a group of inputs share a scale. They
 * are stored in the engine's blocks of 32, each with the scale of its group.
 *
 * @param blocks the integers
 * @param group inputs of an output that share a scale, of whole blocks; the last of a row may be
 *     fewer. {@link #PER_CHANNEL}: all of them
 */
public record Grid(BlockGrid blocks, int group) {
  /** One scale for each output. */
  public static final int PER_CHANNEL = -1;

  private static final int SCALES = 17;
  private static final float WIDEST = 1.15f;
  private static final float NARROWEST = 0.67f;

  public Grid {
    if (group != PER_CHANNEL && (group < 1 || group % BlockGrid.BLOCK != 0)) {
      throw new IllegalArgumentException(group + " inputs are no whole blocks");
    }
  }

  /** A scale for every block. */
  public static Grid of(BlockGrid blocks) {
    return new Grid(blocks, BlockGrid.BLOCK);
  }

  /**
   * The scale of a group that leaves the least error: of some narrower and wider than the codec's,
   * which loses nothing at the ends of the range, and of both signs, since the integers reach
   * farther to one side.
   *
   * @param importance what the square of an input's error counts, of a whole row
   */
  float bestScale(float[] weights, int first, int end, double[] importance) {
    float whole = blocks.scale(weights, first, end);
    float best = whole;
    double least = error(weights, first, end, importance, whole);
    for (int step = 0; step < SCALES && whole != 0; step++) {
      float factor = WIDEST - step * (WIDEST - NARROWEST) / (SCALES - 1);
      for (float scale : new float[] {whole * factor, -whole * factor}) {
        double error = error(weights, first, end, importance, scale);
        if (error < least) {
          least = error;
          best = scale;
        }
      }
    }
    return best;
  }

  private double error(float[] weights, int first, int end, double[] importance, float scale) {
    double sum = 0;
    for (int j = first; j < end; j++) {
      double error = weights[j] - (double) blocks.value(blocks.quant(weights[j], scale), scale);
      sum += importance[j] * error * error;
    }
    return sum;
  }

  /** Where the group ends that begins at input {@code from} of {@code width}. */
  int end(int from, int width) {
    return group == PER_CHANNEL ? width : Math.min(width, from + group);
  }

  /**
   * Stores the integers of a group.
   *
   * @param first input of the group
   * @param quants of a row, of which those of the group count
   */
  void write(float scale, int[] quants, int first, int end, Tensor target, long rowAt) {
    short stored = Float.floatToFloat16(scale);
    if (!Float.isFinite(Float.float16ToFloat(stored))) {
      throw new IllegalArgumentException("no block holds a scale of " + scale);
    }
    int[] block = new int[BlockGrid.BLOCK];
    for (int from = first; from < end; from += block.length) {
      System.arraycopy(quants, from, block, 0, block.length);
      long at = rowAt + blocks.dtype().bytes(from);
      blocks.codec().writeBlock(stored, block, target.segment(), at);
    }
  }
}
