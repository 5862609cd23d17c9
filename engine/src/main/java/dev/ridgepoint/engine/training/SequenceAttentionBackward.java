package dev.ridgepoint.engine.training;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.kernels.QueryColumnsKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The gradients of {@link SequenceAttention}, in five products for each block of queries
 * (FlashAttention-2, Dao 2023, arXiv:2307.08691, algorithm 2). With p the softmax, formed again
 * from queries, keys and the kept sums, and delta = sum(dy y) of a query:
 *
 * <pre>
 *   dv += p^T dy      dp = dy v^T      ds = scale p (dp - delta)
 *   dq  = ds k        dk += ds^T q
 * </pre>
 *
 * <p>A unit of work is one key-value head of one sequence, whose gradients only it adds to.
 */
public final class SequenceAttentionBackward implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final float scale;
  private final Activation y;
  private final Activation logSums;
  private final Activation dy;
  private final Activation dqkv;
  private final Scratch[] scratch;

  /** What a worker needs; matrices have a column for each query of a block. */
  private static final class Scratch {
    private final HeadOperand keyRows = new HeadOperand();
    private final HeadOperand valueRows = new HeadOperand();
    private final HeadOperand keyElements = new HeadOperand();
    private final HeadOperand byKeys = new HeadOperand();
    private final float[] sums = new float[LOOP_COLUMNS];
    private final float[] deltas = new float[LOOP_COLUMNS];
    private float[] query = new float[0];
    private float[] dOutput = new float[0];
    private float[] output = new float[0];
    private float[] weights = new float[0];
    private float[] dScores = new float[0];
    private float[] dQuery = new float[0];

    /** Rows of queries, and of dy, by panels of elements. */
    private float[][] queryRows = new float[0][];

    private float[][] dOutputRows = new float[0][];

    /** Sums over all queries, by panels of elements. */
    private float[][] dKeys = new float[0][];

    private float[][] dValues = new float[0][];

    private void ensure(int headDim) {
      int panels = Math.ceilDiv(headDim, LOOP_COLUMNS);
      int keys = keyRows.paddedRows();
      query = SequenceAttention.ensure(query, headDim);
      dOutput = SequenceAttention.ensure(dOutput, headDim);
      output = SequenceAttention.ensure(output, headDim);
      weights = SequenceAttention.ensure(weights, keys);
      dScores = SequenceAttention.ensure(dScores, keys);
      dQuery = SequenceAttention.ensure(dQuery, keyElements.paddedRows());
      if (queryRows.length < panels || dKeys[0].length < keys * LOOP_COLUMNS) {
        queryRows = new float[panels][LOOP_COLUMNS * LOOP_COLUMNS];
        dOutputRows = new float[panels][LOOP_COLUMNS * LOOP_COLUMNS];
        dKeys = new float[panels][keys * LOOP_COLUMNS];
        dValues = new float[panels][keys * LOOP_COLUMNS];
      }
      for (int panel = 0; panel < panels; panel++) {
        Arrays.fill(dKeys[panel], 0f);
        Arrays.fill(dValues[panel], 0f);
      }
    }
  }

  /**
   * @param qkv,y,logSums as the forward pass left them
   * @param dy {@code [rows][queryHeads * headDim]}
   * @param dqkv {@code [rows]} of the layout
   */
  public SequenceAttentionBackward(
      TrainingWorkspace workspace,
      Activation qkv,
      HeadLayout heads,
      float scale,
      Activation y,
      Activation logSums,
      Activation dy,
      Activation dqkv) {
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.scale = scale;
    this.y = y;
    this.logSums = logSums;
    this.dy = dy;
    this.dqkv = dqkv;
    scratch = new Scratch[workspace.workers().size()];
    Arrays.setAll(scratch, i -> new Scratch());
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    SequenceHead.forEach(
        workspace, batch, heads, (worker, unit) -> differentiate(scratch[worker], unit));
    long pairs = SequenceAttention.pairs(batch) * heads.queryHeads();
    long products = 10 * pairs * heads.headDim();
    // Per pair: scale, subtract, exponential; subtract, two products. Per output element: product
    // and sum of delta. Per query, in the forward pass: logarithm, add the maximum; written and
    // read.
    long flops = products + 6 * pairs + 2 * (y.tensor().elements() + logSums.tensor().elements());
    long moved =
        2 * qkv.tensor().byteSize() + 2 * y.tensor().byteSize() + 2 * logSums.tensor().byteSize();
    meter.end(flops, products, 0, 0, 0, moved);
  }

  private void differentiate(Scratch own, SequenceHead unit) {
    int headDim = heads.headDim();
    int firstRow = unit.firstRow();
    int length = unit.length();
    own.keyRows.packRows(qkv, firstRow, length, unit.keyColumn(), headDim);
    own.valueRows.packRows(qkv, firstRow, length, unit.valueColumn(), headDim);
    own.keyElements.packElements(qkv, firstRow, length, unit.keyColumn(), headDim);
    own.ensure(headDim);
    unit.forEachBlock(block -> differentiate(own, unit, block));
    store(own.dKeys, unit, unit.keyColumn());
    store(own.dValues, unit, unit.valueColumn());
  }

  private void differentiate(Scratch own, SequenceHead unit, QueryBlock block) {
    int keys = block.keys();
    int panels = Math.ceilDiv(heads.headDim(), LOOP_COLUMNS);
    block.columns(qkv, own.query);
    block.columns(dy, own.dOutput);
    block.columns(y, own.output);
    QueryColumnsKernel.dot(own.dOutput, own.output, heads.headDim(), own.deltas);
    block.loadSums(logSums, own.sums);

    Arrays.fill(own.weights, 0f);
    own.keyRows.multiplyAdd(keys, own.query, own.weights);
    block.mask(own.weights);
    QueryColumnsKernel.probabilities(own.weights, keys, scale, own.sums);
    own.byKeys.packColumns(own.weights, unit.length(), keys);
    block.rows(dy, own.dOutputRows);
    for (int panel = 0; panel < panels; panel++) {
      own.byKeys.multiplyAdd(keys, own.dOutputRows[panel], own.dValues[panel]);
    }

    Arrays.fill(own.dScores, 0f);
    own.valueRows.multiplyAdd(keys, own.dOutput, own.dScores);
    QueryColumnsKernel.scoreGradients(own.weights, own.dScores, keys, scale, own.deltas);
    own.byKeys.packColumns(own.dScores, unit.length(), keys);
    block.rows(qkv, own.queryRows);
    for (int panel = 0; panel < panels; panel++) {
      own.byKeys.multiplyAdd(keys, own.queryRows[panel], own.dKeys[panel]);
    }

    int steps = HeadOperand.paddedDepth(keys);
    Arrays.fill(own.dScores, keys * LOOP_COLUMNS, steps * LOOP_COLUMNS, 0f);
    Arrays.fill(own.dQuery, 0f);
    own.keyElements.multiplyAddSteps(steps, own.dScores, own.dQuery);
    block.store(own.dQuery, null, dqkv);
  }

  private void store(float[][] panels, SequenceHead unit, int column) {
    for (int row = 0; row < unit.length(); row++) {
      long to = 4L * ((long) (unit.firstRow() + row) * dqkv.width() + column);
      for (int element = 0; element < heads.headDim(); element += LOOP_COLUMNS) {
        MemorySegment.copy(
            panels[element / LOOP_COLUMNS],
            row * LOOP_COLUMNS,
            dqkv.tensor().segment(),
            JAVA_FLOAT_UNALIGNED,
            to + 4L * element,
            Math.min(LOOP_COLUMNS, heads.headDim() - element));
      }
    }
  }
}
