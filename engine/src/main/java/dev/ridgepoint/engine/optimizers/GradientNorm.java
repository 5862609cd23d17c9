package dev.ridgepoint.engine.optimizers;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.OptimizerKernel;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import dev.ridgepoint.engine.training.Parameter;
import java.util.List;

/**
 * The norm of all gradients together, by which they are clipped (Pascanu et al. 2013,
 * arXiv:1211.5063, algorithm 1). Squares are summed up in chunks and those in their order, so that
 * the norm is the same whatever the number of threads.
 */
public final class GradientNorm {
  private static final int CHUNK = 1 << 16;

  private final Workers workers;
  private final List<Parameter> parameters;

  public GradientNorm(Workers workers, List<Parameter> parameters) {
    this.workers = workers;
    this.parameters = List.copyOf(parameters);
  }

  /** Computes it, and tells the meter by {@link Meter#end} what that took. */
  public double compute(Meter meter) {
    double sum = 0;
    long elements = 0;
    for (Parameter parameter : parameters) {
      long size = parameter.elements();
      double[] squares = new double[Math.toIntExact(Math.ceilDiv(size, CHUNK))];
      workers.run(
          squares.length,
          1,
          (worker, from, to) -> {
            float[] lanes = new float[VectorRegisters.LENGTH];
            for (int chunk = from; chunk < to; chunk++) {
              long start = (long) chunk * CHUNK;
              int count = (int) Math.min(CHUNK, size - start);
              squares[chunk] =
                  OptimizerKernel.sumOfSquares(
                      parameter.gradient().segment(), 4 * start, count, lanes);
            }
          });
      for (double square : squares) {
        sum += square;
      }
      elements += size;
    }
    meter.end(2 * elements, 0, 4 * elements, 0, 0, 0);
    return Math.sqrt(sum);
  }

  /** What gradients of a norm are multiplied with, so that it is {@code largest} at most. */
  public static float scale(double norm, double largest) {
    return norm > largest ? (float) (largest / norm) : 1f;
  }
}
