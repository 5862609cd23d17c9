package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;

/** Looks up the embedding of each token: {@code y[i] = table[tokens[i]]}. */
public final class TokenEmbedding implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Tensor table;
  private final Activation y;
  private final Workers.Task rows = this::rows;

  private int[] tokens;

  /**
   * @param table {@code [vocabulary][hidden]}
   * @param y {@code [rows][hidden]}
   */
  public TokenEmbedding(TrainingWorkspace workspace, Tensor table, Activation y) {
    this.workspace = workspace;
    this.table = table;
    this.y = y;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    TokenBatch.requireIn(batch.tokens(), table.size(0));
    tokens = batch.tokens();
    workspace.runRows(batch.rows(), y.width(), rows);
    meter.end(0, 0, y.tensor().byteSize(), 0, 0, y.tensor().byteSize());
  }

  private void rows(int worker, int from, int to) {
    long bytes = 4L * y.width();
    for (int row = from; row < to; row++) {
      MemorySegment.copy(
          table.segment(), tokens[row] * bytes, y.tensor().segment(), row * bytes, bytes);
    }
  }
}
