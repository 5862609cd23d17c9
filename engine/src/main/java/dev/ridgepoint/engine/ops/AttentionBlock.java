package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.kernels.SoftCapKernel;
import dev.ridgepoint.engine.kernels.SoftmaxKernel;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import dev.ridgepoint.engine.panels.PagedKeyValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention of one block of query rows, without ever storing the score matrix: two panel products
 * with an online softmax between them. It walks the keys in chunks: scores of the chunk, its
 * maximum and exponentials, then the weighted sum of values, rescaled whenever a row's maximum
 * grows. One worker computes its blocks in the same memory, one after the other.
 */
final class AttentionBlock {
  /** Key positions per chunk: the scores of a row fill one row of the product's result. */
  private static final int CHUNK = Blocking.ATTENTION_CHUNK;

  private static final int GROUP = Blocking.STRIDE / Blocking.PANEL;

  private final TilePlan tiles = TilePlan.ofTiles();
  private final HeadPanels panels = new HeadPanels();
  private MemorySegment queryRows = MemorySegment.NULL;
  private float[] queries = new float[0];
  private float[] scores = new float[0];
  private MemorySegment weightRows = MemorySegment.NULL;
  private float[] weights = new float[0];
  private float[] output = new float[0];
  private float[] rowMax = new float[0];
  private float[] rowSum = new float[0];

  private AttentionRule rule;
  private SequenceRows sequence;
  private int keyDim;
  private int valueDim;
  private int firstToken;
  private int keyValueHead;
  private int firstHead;
  private int heads;

  private int valuePanels;

  /** Groups of {@link Blocking#STRIDE} columns that the values of a head are summed up in. */
  private int valueGroups;

  /** Columns of a group that are in use. */
  private int valueColumns;

  /**
   * Attends from some new tokens of a sequence.
   *
   * @param keyValueHead that the query heads {@code firstHead} to {@code firstHead + heads} share
   * @param y {@code [rows][query heads][valueDim]}
   */
  void attend(
      AttentionRule rule,
      SequenceRows sequence,
      int firstToken,
      int tokens,
      int keyValueHead,
      int firstHead,
      int heads,
      Tensor y) {
    this.rule = rule;
    this.sequence = sequence;
    this.firstToken = firstToken;
    this.keyValueHead = keyValueHead;
    this.firstHead = firstHead;
    this.heads = heads;
    keyDim = sequence.cache().layout().keyDim();
    valueDim = sequence.cache().layout().valueDim();
    tiles.plan(tokens * heads);
    ensureMemory(tiles.paddedRows());
    interleaveQueries(tokens);
    Arrays.fill(rowMax, 0, tiles.rows(), Float.NEGATIVE_INFINITY);
    Arrays.fill(rowSum, 0, tiles.rows(), 0f);
    for (int row = 0; row < valueGroups * tiles.paddedRows(); row++) {
      Arrays.fill(output, row * Blocking.STRIDE, row * Blocking.STRIDE + valueColumns, 0f);
    }

    int firstPosition = sequence.position() + firstToken;
    int end = firstPosition + tokens;
    int begin = Math.max(0, firstPosition - rule.window() + 1) / Blocking.PANEL * Blocking.PANEL;
    for (int chunk = begin; chunk < end; chunk += CHUNK) {
      int count = Math.min(CHUNK, end - chunk);
      addScores(chunk, count);
      softmax(firstPosition, chunk, count);
      addValues(chunk, count);
    }
    storeOutput(y);
  }

  private void ensureMemory(int rows) {
    valuePanels = Math.ceilDiv(valueDim, Blocking.PANEL);
    valueGroups = Math.ceilDiv(valuePanels, GROUP);
    valueColumns = Math.min(valuePanels, GROUP) * Blocking.PANEL;
    if (rowMax.length < rows
        || queries.length < rows * keyDim
        || output.length < valueGroups * rows * Blocking.STRIDE) {
      queryRows = allocate(rows * keyDim);
      queries = new float[rows * keyDim];
      scores = new float[rows * CHUNK];
      weightRows = allocate(rows * CHUNK);
      weights = new float[rows * CHUNK];
      output = new float[valueGroups * rows * Blocking.STRIDE];
      rowMax = new float[rows];
      rowSum = new float[rows];
    }
  }

  private static MemorySegment allocate(int floats) {
    return Arena.ofAuto().allocate(4L * floats, Tensor.ALIGNMENT_BYTES);
  }

  private void interleaveQueries(int tokens) {
    long to = 0;
    for (int token = 0; token < tokens; token++) {
      int row = sequence.first() + firstToken + token;
      for (int head = firstHead; head < firstHead + heads; head++) {
        for (int i = 0; i < rule.queries().size(); i++) {
          HeadPart part = rule.queries().get(i);
          long bytes = (long) Float.BYTES * part.elements();
          MemorySegment.copy(
              part.x().tensor().segment(), part.offset(row, head), queryRows, to, bytes);
          to += bytes;
        }
      }
    }
    interleave(queryRows, keyDim, keyDim, queries);
  }

  /** The rows that pad the last tile hold anything: nobody reads what comes of them. */
  private void interleave(MemorySegment rows, int stride, int depth, float[] target) {
    for (int tile = 0; tile < tiles.tiles(); tile++) {
      int first = tiles.firstRow(tile);
      int height = tiles.tileRows(tile);
      RowPacking.interleave(
          rows, 4L * first * stride, 4L * stride, height, height, depth, target, first * depth);
    }
  }

  /** The products of the queries with a chunk's keys, page by page. */
  private void addScores(int chunk, int count) {
    PagedKeyValues stored = sequence.cache().keyValues();
    Arrays.fill(scores, 0, tiles.paddedRows() * CHUNK, 0f);
    int ofPage;
    for (int at = 0; at < count; at += ofPage) {
      ofPage = Math.min(stored.restOfPage(chunk + at), count - at);
      panels.ofKeys(stored, rule.layer(), keyValueHead, chunk + at, ofPage);
      tiles.multiplyAdd(
          panels.format(),
          queries,
          keyDim,
          0,
          keyDim,
          panels.segment(),
          panels.offset(),
          panels.panelBytes(),
          Math.ceilDiv(ofPage, Blocking.PANEL),
          scores,
          at);
    }
  }

  /** Turns a chunk's scores into interleaved weights and rescales what was summed before. */
  private void softmax(int firstPosition, int chunk, int count) {
    for (int row = 0; row < tiles.rows(); row++) {
      int position = firstPosition + row / heads;
      int visibleFrom = Math.clamp(position - (long) rule.window() + 1 - chunk, 0, count);
      int visibleTo = Math.clamp(position + 1L - chunk, visibleFrom, count);
      softmaxRow(row, visibleFrom, visibleTo, count);
    }
    interleave(weightRows, CHUNK, count, weights);
  }

  private void softmaxRow(int row, int visibleFrom, int visibleTo, int count) {
    int at = row * CHUNK;
    // Whole vectors, of which what is not visible becomes exp(-inf) = 0: no scalar ends.
    int end = Math.ceilDiv(count, VectorRegisters.LENGTH) * VectorRegisters.LENGTH;
    if (visibleFrom == visibleTo) {
      weightRows.asSlice(4L * at, 4L * end).fill((byte) 0);
      return;
    }
    float scale = rule.scale();
    if (rule.softCap() != 0) {
      SoftCapKernel.cap(scores, at, scale, rule.softCap(), end);
      scale = 1;
    }
    Arrays.fill(scores, at, at + visibleFrom, Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, at + visibleTo, at + end, Float.NEGATIVE_INFINITY);
    float max = Math.max(rowMax[row], scale * SoftmaxKernel.max(scores, at, end));
    float sum = SoftmaxKernel.expAndSum(scores, at, scale, max, weightRows, 4L * at, end);
    if (rowSum[row] != 0f && max != rowMax[row]) {
      float shrink = (float) Math.exp(rowMax[row] - max);
      rowSum[row] *= shrink;
      for (int g = 0; g < valueGroups; g++) {
        int from = (g * tiles.paddedRows() + row) * Blocking.STRIDE;
        SoftmaxKernel.scale(output, from, shrink, valueColumns);
      }
    }
    rowMax[row] = max;
    rowSum[row] += sum;
  }

  /** The sums of a chunk's values, weighted, page by page. */
  private void addValues(int chunk, int count) {
    PagedKeyValues stored = sequence.cache().keyValues();
    int groupFloats = tiles.paddedRows() * Blocking.STRIDE;
    int ofPage;
    for (int at = 0; at < count; at += ofPage) {
      ofPage = Math.min(stored.restOfPage(chunk + at), count - at);
      panels.ofValues(stored, rule.layer(), keyValueHead, chunk + at, ofPage);
      for (int panel = 0; panel < valuePanels; panel += GROUP) {
        tiles.multiplyAdd(
            panels.format(),
            weights,
            count,
            at,
            ofPage,
            panels.segment(),
            panels.offset() + panel * panels.panelBytes(),
            panels.panelBytes(),
            Math.min(GROUP, valuePanels - panel),
            output,
            panel / GROUP * groupFloats);
      }
    }
  }

  private void storeOutput(Tensor y) {
    int groupFloats = tiles.paddedRows() * Blocking.STRIDE;
    for (int row = 0; row < tiles.rows(); row++) {
      int token = sequence.first() + firstToken + row / heads;
      int head = firstHead + row % heads;
      long to = 4L * ((long) token * rule.heads() + head) * valueDim;
      float inverse = inverseSum(row, head);
      for (int element = 0; element < valueDim; element += Blocking.STRIDE) {
        int count = Math.min(Blocking.STRIDE, valueDim - element);
        int from = element / Blocking.STRIDE * groupFloats + row * Blocking.STRIDE;
        SoftmaxKernel.scale(output, from, inverse, count);
        MemorySegment.copy(output, from, y.segment(), JAVA_FLOAT, to + 4L * element, count);
      }
    }
  }

  /** What a row's weighted values are multiplied with: a sink adds to the sum of the weights. */
  private float inverseSum(int row, int head) {
    float[] sinks = rule.sinks();
    if (sinks == null) {
      return 1f / rowSum[row];
    }
    double max = Math.max(rowMax[row], sinks[head]);
    double shrink = Math.exp(rowMax[row] - max);
    return (float) (shrink / (rowSum[row] * shrink + Math.exp(sinks[head] - max)));
  }
}
