package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import java.lang.foreign.MemorySegment;

/** The projection into the experts: every row with the weights of each expert that it passes. */
public final class LinearIntoExperts implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final ExpertWeights w;
  private final ExpertChoice choice;
  private final Activation gathered;
  private final Activation y;
  private final Workers.Task gatherRows = this::gatherRows;

  /**
   * @param x {@code [rows][inputs]}
   * @param gathered memory for the rows sorted by expert, {@code [slots][inputs]}
   * @param y {@code [slots][outputs]}, sorted by expert
   * @throws IllegalArgumentException if shapes do not fit
   */
  public LinearIntoExperts(
      Workspace workspace,
      Activation x,
      ExpertWeights w,
      ExpertChoice choice,
      Activation gathered,
      Activation y) {
    x.requireWidth("x", w.inputs());
    gathered.requireWidth("gathered", w.inputs());
    y.requireWidth("y", w.outputs());
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.choice = choice;
    this.gathered = gathered;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int slots = choice.slots();
    x.requireRows("x", choice.rows());
    gathered.requireRows("gathered", slots);
    y.requireRows("y", slots);
    workspace.runRows(slots, w.inputs(), gatherRows);
    long bytes = w.multiply(workspace.matMul(), choice, gathered.tensor(), y.tensor());
    long product = w.productFlops(slots);
    long activations = x.tensor().byteSize() + y.tensor().byteSize();
    meter.end(product + w.biasFlops(slots), product, bytes, 0, 0, activations);
  }

  private void gatherRows(int worker, int from, int to) {
    long rowBytes = 4L * w.inputs();
    MemorySegment source = x.tensor().segment();
    MemorySegment target = gathered.tensor().segment();
    for (int slot = from; slot < to; slot++) {
      MemorySegment.copy(source, choice.rowOf(slot) * rowBytes, target, slot * rowBytes, rowBytes);
    }
  }
}
