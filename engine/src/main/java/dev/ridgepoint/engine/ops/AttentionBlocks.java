package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.RowPacking;
import dev.ridgepoint.engine.kernels.SoftCapKernel;
import dev.ridgepoint.engine.kernels.SoftmaxKernel;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import dev.ridgepoint.engine.panels.KvCache;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Causal grouped-query attention over KV caches, without ever storing the score matrix: two panel
 * products with an online softmax between them.
 *
 * <p>A unit of work is one key-value head of one sequence and a block of query rows, a row being
 * one query head of one new token; all query heads that share the key-value head lie in one block,
 * so that each key and value is read once for all of them. The block walks the keys in chunks:
 * scores of the chunk, its maximum and exponentials, then the weighted sum of values, rescaled
 * whenever a row's maximum grows.
 */
final class AttentionBlocks {
  /** Key positions per chunk: the scores of a row fill one row of the product's result. */
  private static final int CHUNK = Blocking.ATTENTION_CHUNK;

  private static final int GROUP = Blocking.STRIDE / Blocking.PANEL;

  /** Query heads of a part of those that share one key: half a tile of a token's at least. */
  private static final int LEAST_HEADS = Math.max(1, Blocking.MAX_ROWS / 2);

  private final Workers workers;
  private final WorkerScratch[] scratch;
  private final Workers.Task attend = this::attend;

  private List<HeadPart> queries;
  private List<SequenceRows> sequences;
  private int layer;
  private int heads;
  private int parts;
  private float scale;
  private float softCap;
  private int window;
  private float[] sinks;
  private Tensor y;

  AttentionBlocks(Workers workers) {
    this.workers = workers;
    scratch = new WorkerScratch[workers.size()];
    Arrays.setAll(scratch, i -> new WorkerScratch());
  }

  private static final class WorkerScratch {
    private final TilePlan block = TilePlan.ofTiles();
    private MemorySegment queryRows = MemorySegment.NULL;
    private float[] queries = new float[0];
    private float[] scores = new float[0];
    private MemorySegment weightRows = MemorySegment.NULL;
    private float[] weights = new float[0];
    private float[] output = new float[0];
    private float[] rowMax = new float[0];
    private float[] rowSum = new float[0];

    private int valuePanels;

    /** Groups of {@link Blocking#STRIDE} columns that the values of a head are summed up in. */
    private int valueGroups;

    /** Columns of a group that are in use. */
    private int valueColumns;

    /** The query heads of the block. */
    private int firstHead;

    private int heads;

    private final HeadPanels panels = new HeadPanels();

    private void ensure(int rows, int keyDim, int valueDim) {
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
  }

  /**
   * See {@link Attention} and {@link AttendLatents}; shapes have been checked.
   *
   * @param queries of what every head's query consists, one after the other
   * @param y the sums of values, one head after the other
   */
  void run(
      List<HeadPart> queries,
      List<SequenceRows> sequences,
      int layer,
      float scale,
      float softCap,
      int window,
      float[] sinks,
      Tensor y) {
    this.queries = queries;
    heads = queries.getFirst().heads();
    this.sequences = sequences;
    this.layer = layer;
    this.scale = scale;
    this.softCap = softCap;
    this.window = window;
    this.sinks = sinks;
    this.y = y;
    int units = 0;
    for (int i = 0; i < sequences.size(); i++) {
      units += sequences.get(i).cache().heads() * blocks(sequences.get(i));
    }
    parts = parts(units);
    workers.run(units * parts, 1, attend);
  }

  /**
   * Parts that each unit's query heads are cut into. Where many heads share the one of a latent,
   * arithmetic binds, not reading it; and there may be fewer units than workers.
   */
  private int parts(int units) {
    KvCache cache = sequences.getFirst().cache();
    int most = cache.hasValuesInKeys() ? group(cache) / LEAST_HEADS : 1;
    return Math.clamp(Math.ceilDiv(workers.size(), units), 1, Math.max(1, most));
  }

  private int group(KvCache cache) {
    return heads / cache.heads();
  }

  /** New tokens whose query rows form one block. */
  private int blockTokens(KvCache cache) {
    return Math.max(1, Blocking.ATTENTION_ROWS / group(cache));
  }

  private int blocks(SequenceRows sequence) {
    return Math.ceilDiv(sequence.count(), blockTokens(sequence.cache()));
  }

  private void attend(int worker, int from, int to) {
    int unit = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      int blocks = blocks(sequence);
      int unitsOfBlock = cache.heads() * parts;
      int units = unitsOfBlock * blocks;
      for (int u = Math.max(from, unit); u < Math.min(to, unit + units); u++) {
        // The last blocks see the most keys: they go first, so that the workers end together.
        int block = blocks - 1 - (u - unit) / unitsOfBlock;
        int head = (u - unit) % unitsOfBlock / parts;
        int part = (u - unit) % parts;
        int firstToken = block * blockTokens(cache);
        int tokens = Math.min(blockTokens(cache), sequence.count() - firstToken);
        int group = group(cache);
        WorkerScratch own = scratch[worker];
        own.firstHead = head * group + group * part / parts;
        own.heads = head * group + group * (part + 1) / parts - own.firstHead;
        attend(own, sequence, head, firstToken, tokens);
      }
      unit += units;
    }
  }

  private void attend(
      WorkerScratch own, SequenceRows sequence, int head, int firstToken, int tokens) {
    KvCache cache = sequence.cache();
    int keyDim = cache.keyDim();
    TilePlan block = own.block;
    block.plan(tokens * own.heads);
    int rows = block.rows();
    own.ensure(block.paddedRows(), keyDim, cache.valueDim());
    interleaveQueries(own, sequence, firstToken, tokens);
    Arrays.fill(own.rowMax, 0, rows, Float.NEGATIVE_INFINITY);
    Arrays.fill(own.rowSum, 0, rows, 0f);
    for (int row = 0; row < own.valueGroups * block.paddedRows(); row++) {
      Arrays.fill(own.output, row * Blocking.STRIDE, row * Blocking.STRIDE + own.valueColumns, 0f);
    }

    int firstPosition = sequence.position() + firstToken;
    int end = firstPosition + tokens;
    int begin = Math.max(0, firstPosition - window + 1) / Blocking.PANEL * Blocking.PANEL;
    for (int chunk = begin; chunk < end; chunk += CHUNK) {
      int count = Math.min(CHUNK, end - chunk);
      addScores(own, cache, head, chunk, count);
      softmax(own, firstPosition, chunk, count);
      addValues(own, cache, head, chunk, count);
    }
    storeOutput(own, sequence, firstToken, tokens);
  }

  /** The products of the queries with a chunk's keys, page by page. */
  private void addScores(WorkerScratch own, KvCache cache, int head, int chunk, int count) {
    TilePlan block = own.block;
    int keyDim = cache.keyDim();
    Arrays.fill(own.scores, 0, block.paddedRows() * CHUNK, 0f);
    int ofPage;
    for (int at = 0; at < count; at += ofPage) {
      ofPage = Math.min(cache.restOfPage(chunk + at), count - at);
      HeadPanels keys = own.panels;
      keys.ofKeys(cache, layer, head, chunk + at, ofPage);
      block.multiplyAdd(
          keys.format(),
          own.queries,
          keyDim,
          0,
          keyDim,
          keys.segment(),
          keys.offset(),
          keys.panelBytes(),
          Math.ceilDiv(ofPage, Blocking.PANEL),
          own.scores,
          at);
    }
  }

  private void interleaveQueries(
      WorkerScratch own, SequenceRows sequence, int firstToken, int tokens) {
    long to = 0;
    for (int token = 0; token < tokens; token++) {
      int row = sequence.first() + firstToken + token;
      for (int head = own.firstHead; head < own.firstHead + own.heads; head++) {
        for (int i = 0; i < queries.size(); i++) {
          HeadPart part = queries.get(i);
          long bytes = (long) Float.BYTES * part.elements();
          MemorySegment.copy(
              part.x().tensor().segment(), part.offset(row, head), own.queryRows, to, bytes);
          to += bytes;
        }
      }
    }
    int keyDim = sequence.cache().keyDim();
    interleave(own.block, own.queryRows, keyDim, keyDim, own.queries);
  }

  /** The rows that pad the last tile hold anything: nobody reads what comes of them. */
  private static void interleave(
      TilePlan block, MemorySegment rows, int stride, int depth, float[] target) {
    for (int tile = 0; tile < block.tiles(); tile++) {
      int first = block.firstRow(tile);
      int height = block.tileRows(tile);
      RowPacking.interleave(
          rows, 4L * first * stride, 4L * stride, height, height, depth, target, first * depth);
    }
  }

  /** Turns a chunk's scores into interleaved weights and rescales what was summed before. */
  private void softmax(WorkerScratch own, int firstPosition, int chunk, int count) {
    TilePlan block = own.block;
    for (int row = 0; row < block.rows(); row++) {
      int position = firstPosition + row / own.heads;
      int visibleFrom = Math.clamp(position - (long) window + 1 - chunk, 0, count);
      int visibleTo = Math.clamp(position + 1L - chunk, visibleFrom, count);
      softmaxRow(own, row, visibleFrom, visibleTo, count);
    }
    interleave(block, own.weightRows, CHUNK, count, own.weights);
  }

  private void softmaxRow(WorkerScratch own, int row, int visibleFrom, int visibleTo, int count) {
    int at = row * CHUNK;
    // Whole vectors, of which what is not visible becomes exp(-inf) = 0: no scalar ends.
    int end = Math.ceilDiv(count, VectorRegisters.LENGTH) * VectorRegisters.LENGTH;
    if (visibleFrom == visibleTo) {
      own.weightRows.asSlice(4L * at, 4L * end).fill((byte) 0);
      return;
    }
    float scale = this.scale;
    if (softCap != 0) {
      SoftCapKernel.cap(own.scores, at, scale, softCap, end);
      scale = 1;
    }
    Arrays.fill(own.scores, at, at + visibleFrom, Float.NEGATIVE_INFINITY);
    Arrays.fill(own.scores, at + visibleTo, at + end, Float.NEGATIVE_INFINITY);
    float max = Math.max(own.rowMax[row], scale * SoftmaxKernel.max(own.scores, at, end));
    float sum = SoftmaxKernel.expAndSum(own.scores, at, scale, max, own.weightRows, 4L * at, end);
    if (own.rowSum[row] != 0f && max != own.rowMax[row]) {
      float shrink = (float) Math.exp(own.rowMax[row] - max);
      own.rowSum[row] *= shrink;
      for (int g = 0; g < own.valueGroups; g++) {
        int output = (g * own.block.paddedRows() + row) * Blocking.STRIDE;
        SoftmaxKernel.scale(own.output, output, shrink, own.valueColumns);
      }
    }
    own.rowMax[row] = max;
    own.rowSum[row] += sum;
  }

  /** The sums of a chunk's values, weighted, page by page. */
  private void addValues(WorkerScratch own, KvCache cache, int head, int chunk, int count) {
    int groupFloats = own.block.paddedRows() * Blocking.STRIDE;
    int ofPage;
    for (int at = 0; at < count; at += ofPage) {
      ofPage = Math.min(cache.restOfPage(chunk + at), count - at);
      HeadPanels values = own.panels;
      values.ofValues(cache, layer, head, chunk + at, ofPage);
      for (int panel = 0; panel < own.valuePanels; panel += GROUP) {
        own.block.multiplyAdd(
            values.format(),
            own.weights,
            count,
            at,
            ofPage,
            values.segment(),
            values.offset() + panel * values.panelBytes(),
            values.panelBytes(),
            Math.min(GROUP, own.valuePanels - panel),
            own.output,
            panel / GROUP * groupFloats);
      }
    }
  }

  /** What a row's weighted values are multiplied with: a sink adds to the sum of the weights. */
  private float inverseSum(WorkerScratch own, int row, int queryHead) {
    if (sinks == null) {
      return 1f / own.rowSum[row];
    }
    double max = Math.max(own.rowMax[row], sinks[queryHead]);
    double shrink = Math.exp(own.rowMax[row] - max);
    return (float) (shrink / (own.rowSum[row] * shrink + Math.exp(sinks[queryHead] - max)));
  }

  private void storeOutput(WorkerScratch own, SequenceRows sequence, int firstToken, int tokens) {
    int valueDim = sequence.cache().valueDim();
    int groupFloats = own.block.paddedRows() * Blocking.STRIDE;
    for (int row = 0; row < tokens * own.heads; row++) {
      int token = sequence.first() + firstToken + row / own.heads;
      int queryHead = own.firstHead + row % own.heads;
      long to = 4L * ((long) token * heads + queryHead) * valueDim;
      float inverse = inverseSum(own, row, queryHead);
      for (int element = 0; element < valueDim; element += Blocking.STRIDE) {
        int count = Math.min(Blocking.STRIDE, valueDim - element);
        int from = element / Blocking.STRIDE * groupFloats + row * Blocking.STRIDE;
        SoftmaxKernel.scale(own.output, from, inverse, count);
        MemorySegment.copy(own.output, from, y.segment(), JAVA_FLOAT, to + 4L * element, count);
      }
    }
  }
}
