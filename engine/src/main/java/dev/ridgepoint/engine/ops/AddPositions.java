package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;

/** Adds a learned row of each token's position: {@code y[i] += scale * table[position[i]]}. */
public final class AddPositions implements Op {
  private final Workspace workspace;
  private final PackedMatrix table;
  private final float scale;
  private final Activation y;
  private final Workers.Task addRows = this::addRows;

  private List<SequenceRows> sequences;

  /**
   * @param table {@code [positions][hidden]}
   * @param scale constant, and so not counted: it could be folded into the table
   * @param y {@code [rows][hidden]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public AddPositions(Workspace workspace, PackedMatrix table, float scale, Activation y) {
    y.requireWidth("y", table.inputs());
    this.workspace = workspace;
    this.table = table;
    this.scale = scale;
    this.y = y;
  }

  /**
   * @throws IllegalArgumentException if a sequence becomes longer than the table
   */
  @Override
  public void run(StepRows step, Meter meter) {
    int rows = step.rows();
    y.requireRows("y", rows);
    sequences = step.sequences();
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int length = sequence.position() + sequence.count();
      if (length > table.outputs()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a sequence of %d tokens has more than the %d learned positions",
                length,
                table.outputs()));
      }
    }
    workspace.runRows(rows, table.inputs(), addRows);
    long added = y.tensor().elements();
    meter.end(added, 0, rows * table.rowBytes(), 0, 0, 2 * y.tensor().byteSize());
  }

  private void addRows(int worker, int from, int to) {
    int hidden = table.inputs();
    float[] learned = workspace.rowScratch(worker, hidden);
    MemorySegment target = y.tensor().segment();
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        table.readRow(sequence.position() + row - sequence.first(), learned);
        for (int j = 0; j < hidden; j++) {
          long at = 4L * ((long) row * hidden + j);
          float sum = target.get(JAVA_FLOAT_UNALIGNED, at) + scale * learned[j];
          target.set(JAVA_FLOAT_UNALIGNED, at, sum);
        }
      }
    }
  }
}
