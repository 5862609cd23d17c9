package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.LayerNormKernel;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;

/**
 * Layer normalisation of each row: {@code y = (x - mean(x)) / sqrt(variance(x) + epsilon)}, and
 * {@code * weight + bias} where there are such (Ba et al. 2016, arXiv:1607.06450).
 */
public final class LayerNorm implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final Optional<Affine> affine;
  private final float epsilon;
  private final Activation y;
  private final Workers.Task normRows;

  /**
   * What is learned of a norm.
   *
   * @param weight {@code [hidden]}
   * @param bias {@code [hidden]}
   */
  public record Affine(float[] weight, float[] bias) {
    /**
     * @throws IllegalArgumentException if there are not as many biases as weights
     */
    public Affine {
      if (weight.length != bias.length) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%d weights and %d biases", weight.length, bias.length));
      }
    }
  }

  /**
   * @param x {@code [rows][hidden]}
   * @param affine empty if nothing is learned (OLMo)
   * @param y {@code [rows][hidden]}, may be x
   * @throws IllegalArgumentException if shapes do not fit
   */
  public LayerNorm(
      Workspace workspace, Activation x, Optional<Affine> affine, float epsilon, Activation y) {
    affine.ifPresent(learned -> x.requireWidth("x", learned.weight.length));
    y.requireWidth("y", x.width());
    this.workspace = workspace;
    this.x = x;
    this.affine = affine;
    this.epsilon = epsilon;
    this.y = y;
    normRows = affine.map(this::affineRows).orElse(this::plainRows);
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.rows();
    y.requireRows("y", rows);
    long width = x.width();
    workspace.runRows(rows, x.width(), normRows);
    // Sum, mean, differences; squares, their sum, mean, epsilon, root, reciprocal; products.
    long plain = 5 * width + 3;
    long learned = affine.isPresent() ? 2 * width : 0;
    long bytes = x.tensor().byteSize() + y.tensor().byteSize();
    meter.end(rows * (plain + learned), 0, 4 * learned, 0, 0, bytes);
  }

  private Workers.Task affineRows(Affine learned) {
    float[] weight = learned.weight;
    float[] bias = learned.bias;
    return (worker, from, to) -> {
      MemorySegment source = x.tensor().segment();
      MemorySegment target = y.tensor().segment();
      for (int row = from; row < to; row++) {
        long at = 4L * row * weight.length;
        LayerNormKernel.layerNorm(source, at, weight, bias, epsilon, target, at, weight.length);
      }
    };
  }

  private void plainRows(int worker, int from, int to) {
    MemorySegment source = x.tensor().segment();
    MemorySegment target = y.tensor().segment();
    int width = x.width();
    for (int row = from; row < to; row++) {
      long at = 4L * row * width;
      LayerNormKernel.layerNorm(source, at, epsilon, target, at, width);
    }
  }
}
