package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.kernels.WeightedSumKernel;
import dev.ridgepoint.engine.ops.Activation;

/**
 * The gradient of {@link TokenEmbedding}: each row is added to that of its token. A thread adds
 * some columns of all rows, so that the rows of a token are added in their order.
 */
public final class TokenEmbeddingBackward implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Parameter table;
  private final Activation dy;

  /**
   * @param table {@code [vocabulary][hidden]}
   * @param dy {@code [rows][hidden]}
   */
  public TokenEmbeddingBackward(TrainingWorkspace workspace, Parameter table, Activation dy) {
    this.workspace = workspace;
    this.table = table;
    this.dy = dy;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    int[] tokens = batch.tokens();
    int hidden = dy.width();
    workspace.runColumns(
        hidden,
        (first, count) -> {
          for (int row = 0; row < tokens.length; row++) {
            WeightedSumKernel.add(
                dy.tensor().segment(),
                4L * ((long) row * hidden + first),
                1f,
                table.gradient().segment(),
                4L * ((long) tokens[row] * hidden + first),
                count);
          }
        });
    long bytes = dy.tensor().byteSize();
    meter.end(dy.tensor().elements(), 0, 2 * bytes, 0, 0, bytes);
  }
}
