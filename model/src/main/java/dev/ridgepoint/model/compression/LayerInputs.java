package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import java.util.Arrays;

/**
 * What a linear layer was fed with, as far as methods ask: for inputs X [rows][width] the matrix
 * X^T X, whose product with errors of weights is the error of outputs, and the size of each input
 * channel.
 */
public final class LayerInputs {
  private final int width;
  private final double[] products;
  private final double[] magnitudes;
  private final float[] greatest;
  private long rows;

  /** None yet. */
  public LayerInputs(int width) {
    this.width = width;
    products = new double[Math.multiplyExact(width, width)];
    magnitudes = new double[width];
    greatest = new float[width];
  }

  /** Adds the rows of {@code inputs}, F32 [rows][width]. */
  void add(Tensor inputs, Workers workers) {
    float[] all = new float[Math.toIntExact(inputs.elements())];
    inputs.read(0, all, 0, all.length);
    add(all, workers);
  }

  /** Adds rows that stand one after the other. */
  public void add(float[] all, Workers workers) {
    int count = all.length / width;
    workers.run(
        width,
        1,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            addChannel(all, count, i);
          }
        });
    rows += count;
  }

  private void addChannel(float[] all, int count, int channel) {
    int into = channel * width;
    for (int row = 0; row < count; row++) {
      int start = row * width;
      double value = all[start + channel];
      magnitudes[channel] += Math.abs(value);
      greatest[channel] = Math.max(greatest[channel], (float) Math.abs(value));
      for (int other = 0; other < width; other++) {
        products[into + other] += value * all[start + other];
      }
    }
  }

  public int width() {
    return width;
  }

  /** Rows that were added. */
  public long rows() {
    return rows;
  }

  /** X^T X, [width][width] row after row. */
  double[] products() {
    return products;
  }

  /** The sum of squares of each channel. */
  double[] squares() {
    double[] squares = new double[width];
    Arrays.setAll(squares, this::squares);
    return squares;
  }

  /** The sum of squares of a channel. */
  double squares(int channel) {
    return products[channel * width + channel];
  }

  /** The mean magnitude of a channel. */
  double meanMagnitude(int channel) {
    return rows == 0 ? 0 : magnitudes[channel] / rows;
  }

  /** The greatest of the channels' mean magnitudes over their median. */
  double spread() {
    double[] sorted = magnitudes.clone();
    Arrays.sort(sorted);
    double median = sorted[width / 2];
    return median == 0 ? 0 : sorted[width - 1] / median;
  }

  /** The greatest magnitude of a channel. */
  float greatest(int channel) {
    return greatest[channel];
  }

  /** The squared error of the outputs if the weights of one output are off by {@code error}. */
  double outputError(double[] error) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      if (error[i] != 0) {
        double product = 0;
        for (int j = 0; j < width; j++) {
          product += products[i * width + j] * error[j];
        }
        sum += error[i] * product;
      }
    }
    return sum;
  }
}
