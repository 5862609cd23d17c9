package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Looks up the embedding of each token: {@code y[i] = scale * table[tokens[i]]}. */
public final class Embed implements Op {
  private final Workspace workspace;
  private final PackedMatrix table;
  private final float scale;
  private final Activation y;
  private final Workers.Task embedRows = this::embedRows;

  private StepRows step;

  /**
   * @param table {@code [vocabulary][hidden]}
   * @param scale constant, and so not counted: it could be folded into a table of its own
   * @param y {@code [rows][hidden]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Embed(Workspace workspace, PackedMatrix table, float scale, Activation y) {
    y.requireWidth("y", table.inputs());
    this.workspace = workspace;
    this.table = table;
    this.scale = scale;
    this.y = y;
  }

  /**
   * @throws IllegalArgumentException if a token is not in the vocabulary
   */
  @Override
  public void run(StepRows step, Meter meter) {
    int rows = step.rows();
    y.requireRows("y", rows);
    for (int row = 0; row < rows; row++) {
      int token = step.token(row);
      if (token < 0 || token >= table.outputs()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "token %d is not in 0..%d", token, table.outputs() - 1));
      }
    }
    this.step = step;
    workspace.runRows(rows, table.inputs(), embedRows);
    meter.end(0, 0, rows * table.rowBytes(), 0, 0, y.tensor().byteSize());
  }

  private void embedRows(int worker, int from, int to) {
    int hidden = table.inputs();
    float[] row = workspace.rowScratch(worker, hidden);
    for (int i = from; i < to; i++) {
      table.readRow(step.token(i), row);
      for (int j = 0; j < hidden; j++) {
        row[j] *= scale;
      }
      MemorySegment.copy(row, 0, y.tensor().segment(), JAVA_FLOAT, 4L * i * hidden, hidden);
    }
  }
}
