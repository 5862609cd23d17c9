package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.WeightedSumKernel;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** {@code y += sigmoid(x * w^T) * branch}: one gate for each row. */
public final class AddGated implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final PackedMatrix w;
  private final Activation gates;
  private final Activation branch;
  private final Activation y;
  private final Workers.Task addRows = this::addRows;

  /**
   * @param x {@code [rows][inputs]}
   * @param w {@code [1][inputs]}
   * @param gates memory for the products, {@code [rows][1]}
   * @param branch {@code [rows][width]}
   * @param y {@code [rows][width]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public AddGated(
      Workspace workspace,
      Activation x,
      PackedMatrix w,
      Activation gates,
      Activation branch,
      Activation y) {
    x.requireWidth("x", w.inputs());
    gates.requireWidth("gates", w.outputs());
    gates.requireWidth("gates", 1);
    branch.requireWidth("branch", y.width());
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.gates = gates;
    this.branch = branch;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = y.rows();
    x.requireRows("x", rows);
    gates.requireRows("gates", rows);
    branch.requireRows("branch", rows);
    workspace.matMul().run(x.tensor(), w, null, false, gates.tensor());
    workspace.runRows(rows, 2 * y.width(), addRows);
    long product = 2L * rows * w.inputs();
    // Of the sigmoid an exponential, a sum and a division; of an element a product and a sum.
    long flops = product + 3L * rows + 2 * y.tensor().elements();
    long activations =
        x.tensor().byteSize()
            + gates.tensor().byteSize()
            + branch.tensor().byteSize()
            + 2 * y.tensor().byteSize();
    meter.end(flops, product, w.weightBytes(), 0, 0, activations);
  }

  private void addRows(int worker, int from, int to) {
    int width = y.width();
    MemorySegment source = branch.tensor().segment();
    MemorySegment target = y.tensor().segment();
    for (int row = from; row < to; row++) {
      float score = gates.tensor().segment().get(JAVA_FLOAT, 4L * row);
      float gate = (float) (1 / (1 + Math.exp(-score)));
      long at = 4L * row * width;
      WeightedSumKernel.add(source, at, gate, target, at, width);
    }
  }
}
