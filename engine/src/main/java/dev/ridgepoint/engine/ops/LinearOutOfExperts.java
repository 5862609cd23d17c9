package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.WeightedSumKernel;
import java.lang.foreign.MemorySegment;

/**
 * The projection out of the experts, and for each row the sum of what those that it passes put out,
 * by their weights. It is summed up in the order of a row's choices, the best first, whatever other
 * rows there are.
 */
public final class LinearOutOfExperts implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final ExpertWeights w;
  private final ExpertChoice choice;
  private final Activation terms;
  private final boolean accumulate;
  private final Activation y;
  private final Workers.Task sumRows = this::sumRows;

  /**
   * @param x {@code [slots][inputs]}, sorted by expert
   * @param terms memory for what each expert puts out, {@code [slots][outputs]}
   * @param accumulate whether the sum is added to y: a residual connection
   * @param y {@code [rows][outputs]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public LinearOutOfExperts(
      Workspace workspace,
      Activation x,
      ExpertWeights w,
      ExpertChoice choice,
      Activation terms,
      boolean accumulate,
      Activation y) {
    x.requireWidth("x", w.inputs());
    terms.requireWidth("terms", w.outputs());
    y.requireWidth("y", w.outputs());
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.choice = choice;
    this.terms = terms;
    this.accumulate = accumulate;
    this.y = y;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int slots = choice.slots();
    x.requireRows("x", slots);
    terms.requireRows("terms", slots);
    y.requireRows("y", choice.rows());
    long bytes = w.multiply(workspace.matMul(), choice, x.tensor(), terms.tensor());
    workspace.runRows(choice.rows(), choice.perRow() * w.outputs(), sumRows);
    long product = w.productFlops(slots);
    // Each term is scaled, and added to those before it, or to what is there.
    long sums = 2L * slots - (accumulate ? 0 : choice.rows());
    long flops = product + w.biasFlops(slots) + sums * w.outputs();
    long activations = x.tensor().byteSize() + (accumulate ? 2 : 1) * y.tensor().byteSize();
    meter.end(flops, product, bytes, 0, 0, activations);
  }

  private void sumRows(int worker, int from, int to) {
    int width = w.outputs();
    MemorySegment source = terms.tensor().segment();
    MemorySegment target = y.tensor().segment();
    for (int row = from; row < to; row++) {
      long at = 4L * row * width;
      for (int rank = 0; rank < choice.perRow(); rank++) {
        long term = 4L * choice.slotOf(row, rank) * width;
        float weight = choice.weightOf(row, rank);
        if (rank == 0 && !accumulate) {
          WeightedSumKernel.begin(source, term, weight, target, at, width);
        } else {
          WeightedSumKernel.add(source, term, weight, target, at, width);
        }
      }
    }
  }
}
