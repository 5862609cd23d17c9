package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.RotaryKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import dev.ridgepoint.engine.ops.RotaryTable;

/**
 * Rotary position embedding of whole sequences, in place: see {@link
 * dev.ridgepoint.engine.ops.Rope}. Its gradient is turned back by the same angles, and as many
 * times as large.
 */
public final class SequenceRope implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final RotaryTable table;
  private final float[] sines;
  private final Workers.Task rotateRows = this::rotateRows;

  private int length;

  /**
   * @param qkv {@code [rows]} of the layout, or its gradient
   * @param table with rows for all positions of a sequence
   * @param isBackward whether it turns back
   */
  public SequenceRope(
      TrainingWorkspace workspace,
      Activation qkv,
      HeadLayout heads,
      RotaryTable table,
      boolean isBackward) {
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.table = table;
    sines = table.sines().clone();
    if (isBackward) {
      for (int i = 0; i < sines.length; i++) {
        sines[i] = -sines[i];
      }
    }
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    length = batch.length();
    workspace.runRows(batch.rows(), qkv.width(), rotateRows);
    long elements = (long) batch.rows() * heads.queryAndKeyHeads() * table.dim();
    meter.end(3 * elements, 0, 0, 0, 0, 2 * 4 * elements);
  }

  private void rotateRows(int worker, int from, int to) {
    int dim = table.dim();
    for (int row = from; row < to; row++) {
      int angle = row % length * (dim / 2);
      for (int head = 0; head < heads.queryAndKeyHeads(); head++) {
        long at = 4L * ((long) row * qkv.width() + head * heads.headDim());
        RotaryKernel.rotate(qkv.tensor().segment(), at, table.cosines(), sines, angle, dim);
      }
    }
  }
}
