package dev.ridgepoint.engine.training;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The queries of some neighbouring tokens and one head, which are columns of attention's products:
 * as many as a tile of those has.
 *
 * @param firstRow row of the first token
 * @param position of the first token in its sequence
 * @param count tokens, at most {@code LOOP_COLUMNS}
 * @param head of the queries
 * @param headDim elements
 */
record QueryBlock(int firstRow, int position, int count, int head, int headDim) {
  /** The first element of the head in a row. */
  private int column() {
    return head * headDim;
  }

  /** Keys that the last of the tokens sees. */
  int keys() {
    return position + count;
  }

  /**
   * The head's rows as columns.
   *
   * @param target {@code [padded headDim][LOOP_COLUMNS]}, zero where there is no token or element
   */
  void columns(Activation source, float[] target) {
    long rowBytes = 4L * source.width();
    RowPacking.interleave(
        source.tensor().segment(),
        firstRow * rowBytes + 4L * column(),
        rowBytes,
        count,
        LOOP_COLUMNS,
        headDim,
        target,
        0);
    int end = HeadOperand.paddedDepth(headDim) * LOOP_COLUMNS;
    Arrays.fill(target, headDim * LOOP_COLUMNS, end, 0f);
  }

  /**
   * The head's rows as they are, in panels of as many elements.
   *
   * @param target for each panel {@code [LOOP_COLUMNS][LOOP_COLUMNS]}, zero where there is no token
   *     or element
   */
  void rows(Activation source, float[][] target) {
    for (int panel = 0; panel < target.length; panel++) {
      int element = panel * LOOP_COLUMNS;
      int elements = Math.min(LOOP_COLUMNS, headDim - element);
      Arrays.fill(target[panel], 0f);
      for (int token = 0; token < count; token++) {
        MemorySegment.copy(
            source.tensor().segment(),
            JAVA_FLOAT_UNALIGNED,
            4L * ((long) (firstRow + token) * source.width() + column() + element),
            target[panel],
            token * LOOP_COLUMNS,
            elements);
      }
    }
  }

  /** Makes every score that a token does not see minus infinity. */
  void mask(float[] scores) {
    for (int token = 1; token < count; token++) {
      int key = position + token;
      Arrays.fill(scores, key * LOOP_COLUMNS, key * LOOP_COLUMNS + token, Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * Writes columns back as the head's rows.
   *
   * @param source {@code [headDim][LOOP_COLUMNS]}
   * @param factors of each column; null for 1
   */
  void store(float[] source, float[] factors, Activation target) {
    MemorySegment segment = target.tensor().segment();
    for (int token = 0; token < count; token++) {
      long to = 4L * ((long) (firstRow + token) * target.width() + column());
      float factor = factors == null ? 1f : factors[token];
      for (int i = 0; i < headDim; i++) {
        segment.set(JAVA_FLOAT_UNALIGNED, to + 4L * i, factor * source[i * LOOP_COLUMNS + token]);
      }
    }
  }

  /**
   * Writes what the forward pass keeps of each query.
   *
   * @param sums of each column
   * @param logSums {@code [rows][queryHeads]}
   */
  void storeSums(float[] sums, Activation logSums) {
    for (int token = 0; token < count; token++) {
      logSums.tensor().segment().set(JAVA_FLOAT_UNALIGNED, sumOffset(logSums, token), sums[token]);
    }
  }

  /**
   * Reads what {@link #storeSums} wrote.
   *
   * @param sums of each column, zero where there is no token
   */
  void loadSums(Activation logSums, float[] sums) {
    Arrays.fill(sums, 0f);
    for (int token = 0; token < count; token++) {
      sums[token] = logSums.tensor().segment().get(JAVA_FLOAT_UNALIGNED, sumOffset(logSums, token));
    }
  }

  private long sumOffset(Activation logSums, int token) {
    return 4L * ((long) (firstRow + token) * logSums.width() + head);
  }
}
