package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/** Adds up one operation. Counts are given as factors of a product; all arithmetic is checked. */
final class CostCounter {
  private final ForwardOptions options;

  private long flops;
  private long matmulFlops;
  private long weightBytes;
  private long kvReadBytes;
  private long kvWrittenBytes;
  private long activationBytes;

  CostCounter(ForwardOptions options) {
    this.options = options;
  }

  CostCounter flops(long... factors) {
    flops = addExact(flops, product(factors));
    return this;
  }

  /** A matrix product with that many multiply-adds: two FLOPs each. */
  CostCounter multiplyAdds(long... factors) {
    long count = multiplyExact(2, product(factors));
    matmulFlops = addExact(matmulFlops, count);
    return flops(count);
  }

  /** Weights that are read whole. */
  CostCounter weights(List<WeightTensor> tensors) {
    for (WeightTensor tensor : tensors) {
      if (tensor.isMatrix()) {
        matrix(tensor.component(), tensor.rows(), tensor.columns());
      } else {
        vector(tensor.columns());
      }
    }
    return this;
  }

  /** A matrix that is read. */
  CostCounter matrix(Component component, long rows, long columns) {
    return weightBytes(options.weights().matrixBytes(component, rows, columns));
  }

  CostCounter weightBytes(long bytes) {
    weightBytes = addExact(weightBytes, bytes);
    return this;
  }

  /** A norm weight or bias that is read. */
  private void vector(long elements) {
    weightBytes(options.vectors().rowBytes(elements));
  }

  CostCounter kvRead(long rows, long bytesPerRow) {
    kvReadBytes = addExact(kvReadBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  CostCounter kvWritten(long rows, long bytesPerRow) {
    kvWrittenBytes = addExact(kvWrittenBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  /** Elements read or written. */
  CostCounter activations(long... factors) {
    activationBytes = addExact(activationBytes, options.activations().rowBytes(product(factors)));
    return this;
  }

  /** Adds {@code rows} rows of {@code width} to the residual stream, which is read besides. */
  CostCounter residual(long rows, long width) {
    return flops(rows, width).activations(rows, width);
  }

  Cost cost() {
    return new Cost(flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes);
  }

  private static long product(long... factors) {
    long product = 1;
    for (long factor : factors) {
      product = multiplyExact(product, factor);
    }
    return product;
  }
}
