package dev.ridgepoint.model.compression;

/** Symmetric positive definite matrices [n][n], row after row, as products of triangular ones. */
final class Cholesky {
  private Cholesky() {}

  /**
   * The lower triangle L with L L^T = {@code matrix}.
   *
   * @throws IllegalArgumentException if the matrix is not positive definite
   */
  static double[] lower(double[] matrix, int n) {
    double[] lower = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i * n + k] * lower[j * n + k];
        }
        if (i > j) {
          lower[i * n + j] = sum / lower[j * n + j];
        } else if (sum > 0) {
          lower[i * n + i] = Math.sqrt(sum);
        } else {
          throw new IllegalArgumentException("the matrix is not positive definite");
        }
      }
    }
    return lower;
  }

  /** The inverse of {@code matrix}. */
  static double[] inverse(double[] matrix, int n) {
    double[] triangle = invertedTriangle(lower(matrix, n), n);
    double[] inverse = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = i; k < n; k++) {
          sum += triangle[k * n + i] * triangle[k * n + j];
        }
        inverse[i * n + j] = sum;
        inverse[j * n + i] = sum;
      }
    }
    return inverse;
  }

  private static double[] invertedTriangle(double[] lower, int n) {
    double[] inverse = new double[n * n];
    for (int column = 0; column < n; column++) {
      inverse[column * n + column] = 1 / lower[column * n + column];
      for (int i = column + 1; i < n; i++) {
        double sum = 0;
        for (int k = column; k < i; k++) {
          sum -= lower[i * n + k] * inverse[k * n + column];
        }
        inverse[i * n + column] = sum / lower[i * n + i];
      }
    }
    return inverse;
  }
}
