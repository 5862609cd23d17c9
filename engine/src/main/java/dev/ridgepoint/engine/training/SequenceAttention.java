package dev.ridgepoint.engine.training;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.kernels.QueryColumnsKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import java.util.Arrays;

/**
 * Causal grouped-query attention of whole sequences, {@code y = softmax(scale * q * k^T) * v},
 * which keeps of its scores the logarithm of the sum of their exponentials alone: with that the
 * backward pass forms them again (FlashAttention-2, Dao 2023, arXiv:2307.08691, algorithm 1).
 *
 * <p>Queries are columns, a block at a time, and keys are rows: so the scores of a block are the
 * right operand of the product with the values as they were written, and the softmax sums from row
 * to row.
 */
public final class SequenceAttention implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final float scale;
  private final Activation y;
  private final Activation logSums;
  private final Scratch[] scratch;

  private static final class Scratch {
    private final HeadOperand keys = new HeadOperand();
    private final HeadOperand values = new HeadOperand();
    private float[] query = new float[0];
    private float[] scores = new float[0];
    private float[] output = new float[0];
    private final float[] inverseSums = new float[LOOP_COLUMNS];
    private final float[] sums = new float[LOOP_COLUMNS];
  }

  /**
   * @param qkv {@code [rows]} of the layout, rotated
   * @param scale of the scores
   * @param y {@code [rows][queryHeads * headDim]}
   * @param logSums {@code [rows][queryHeads]}
   */
  public SequenceAttention(
      TrainingWorkspace workspace,
      Activation qkv,
      HeadLayout heads,
      float scale,
      Activation y,
      Activation logSums) {
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.scale = scale;
    this.y = y;
    this.logSums = logSums;
    scratch = new Scratch[workspace.workers().size()];
    Arrays.setAll(scratch, i -> new Scratch());
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    SequenceHead.forEach(workspace, batch, heads, (worker, unit) -> attend(scratch[worker], unit));
    long pairs = pairs(batch) * heads.queryHeads();
    long products = 4 * pairs * heads.headDim();
    // Per pair: scale, subtract the maximum, exponential, sum. Per output element: one division.
    // What is kept for the backward pass is counted there.
    long flops = products + 4 * pairs + y.tensor().elements();
    long keysAndValues = 2L * batch.rows() * heads.keyValueHeads() * heads.headDim() * 4;
    meter.end(flops, products, 0, 0, 0, 2 * y.tensor().byteSize() + keysAndValues);
  }

  /** Positions that the tokens of a batch see, added up. */
  static long pairs(TokenBatch batch) {
    return batch.sequences() * ((long) batch.length() * (batch.length() + 1) / 2);
  }

  private void attend(Scratch own, SequenceHead unit) {
    int headDim = heads.headDim();
    own.keys.packRows(qkv, unit.firstRow(), unit.length(), unit.keyColumn(), headDim);
    own.values.packElements(qkv, unit.firstRow(), unit.length(), unit.valueColumn(), headDim);
    own.query = ensure(own.query, HeadOperand.paddedDepth(headDim));
    own.scores = ensure(own.scores, own.keys.paddedRows());
    own.output = ensure(own.output, own.values.paddedRows());
    unit.forEachBlock(block -> attend(own, block));
  }

  private void attend(Scratch own, QueryBlock block) {
    int keys = block.keys();
    int steps = HeadOperand.paddedDepth(keys);
    block.columns(qkv, own.query);
    Arrays.fill(own.scores, 0f);
    own.keys.multiplyAdd(keys, own.query, own.scores);
    block.mask(own.scores);
    QueryColumnsKernel.softmax(own.scores, keys, scale, own.inverseSums, own.sums);
    Arrays.fill(own.scores, keys * LOOP_COLUMNS, steps * LOOP_COLUMNS, 0f);
    Arrays.fill(own.output, 0f);
    own.values.multiplyAddSteps(steps, own.scores, own.output);
    block.store(own.output, own.inverseSums, y);
    block.storeSums(own.sums, logSums);
  }

  /** Memory for rows of columns, and for those that pad their number to a depth. */
  static float[] ensure(float[] memory, int rows) {
    int needed = Math.multiplyExact(HeadOperand.paddedDepth(rows), LOOP_COLUMNS);
    return memory.length < needed ? new float[needed] : memory;
  }
}
