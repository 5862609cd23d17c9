package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.util.List;
import java.util.Locale;

/** A linear layer of each head's own, of equal shapes: {@code y_h = x_h * w_h^T}. */
public final class HeadLinear implements Op {
  private final Workspace workspace;
  private final HeadPart x;
  private final List<PackedMatrix> w;
  private final Activation y;
  private final TilePlan plan;

  /**
   * @param x {@code [inputs]} of each head
   * @param w {@code [outputs][inputs]} for each head, of one format
   * @param y {@code [rows][heads * outputs]}, not x's
   * @throws IllegalArgumentException if shapes or formats do not fit
   */
  public HeadLinear(Workspace workspace, HeadPart x, List<PackedMatrix> w, Activation y) {
    if (w.size() != x.heads()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d matrices for %d heads", w.size(), x.heads()));
    }
    PackedMatrix first = w.getFirst();
    boolean areAlike =
        w.stream()
            .allMatch(
                matrix ->
                    matrix.inputs() == x.elements()
                        && matrix.outputs() == first.outputs()
                        && matrix.format().equals(first.format()));
    if (!areAlike) {
      throw new IllegalArgumentException(
          "matrices of heads of " + x.elements() + " elements differ in shape or format");
    }
    y.requireWidth("y", Math.multiplyExact(x.heads(), first.outputs()));
    this.workspace = workspace;
    this.x = x;
    this.w = List.copyOf(w);
    this.y = y;
    plan = TilePlan.ofTilesUpTo(MatMul.multiplied(first.format()).maxRows());
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.x().rows();
    y.requireRows("y", rows);
    workspace.headProducts().run(x, w, plan, y);
    long product = Math.multiplyExact(2L * x.elements(), y.tensor().elements());
    long weights = 0;
    for (int head = 0; head < w.size(); head++) {
      weights += w.get(head).weightBytes();
    }
    long inputs = (long) rows * x.heads() * x.elements();
    meter.end(product, product, weights, 0, 0, Float.BYTES * inputs + y.tensor().byteSize());
  }
}
