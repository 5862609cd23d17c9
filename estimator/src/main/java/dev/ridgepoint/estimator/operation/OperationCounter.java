package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.Norm;
import java.util.List;

/** Adds up one operation. Counts are given as factors of a product; all arithmetic is checked. */
final class OperationCounter {
  private final ForwardOptions options;
  private final String name;
  private final int layer;

  private long flops;
  private long matmulFlops;
  private long weightBytes;
  private long kvReadBytes;
  private long kvWrittenBytes;
  private long activationBytes;

  OperationCounter(ForwardOptions options, String name, int layer) {
    this.options = options;
    this.name = name;
    this.layer = layer;
  }

  OperationCounter flops(long... factors) {
    flops = addExact(flops, product(factors));
    return this;
  }

  /** A matrix product with that many multiply-adds: two FLOPs each. */
  OperationCounter multiplyAdds(long... factors) {
    long count = multiplyExact(2, product(factors));
    matmulFlops = addExact(matmulFlops, count);
    return flops(count);
  }

  /** A matrix that is read. */
  OperationCounter matrix(Component component, long rows, long columns) {
    return weightBytes(options.weights().matrixBytes(component, rows, columns));
  }

  OperationCounter weightBytes(long bytes) {
    weightBytes = addExact(weightBytes, bytes);
    return this;
  }

  /** A norm weight or bias that is read. */
  OperationCounter vector(long elements) {
    return weightBytes(options.vectors().rowBytes(elements));
  }

  OperationCounter kvRead(long rows, long bytesPerRow) {
    kvReadBytes = addExact(kvReadBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  OperationCounter kvWritten(long rows, long bytesPerRow) {
    kvWrittenBytes = addExact(kvWrittenBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  /** Elements read or written. */
  OperationCounter activations(long... factors) {
    activationBytes = addExact(activationBytes, options.activations().rowBytes(product(factors)));
    return this;
  }

  /** [rows, inputs] x [inputs, outputs] with its matrix, its bias if any, its input and output. */
  OperationCounter linear(Component component, long rows, long inputs, long outputs, boolean bias) {
    multiplyAdds(rows, inputs, outputs).matrix(component, outputs, inputs);
    if (bias) {
      flops(rows, outputs).vector(outputs);
    }
    return activations(rows, inputs).activations(rows, outputs);
  }

  /** Adds {@code rows} rows of {@code width} to the residual stream, which is read besides. */
  OperationCounter residual(long rows, long width) {
    return flops(rows, width).activations(rows, width);
  }

  /** Normalises rows, read and written. */
  OperationCounter norm(Norm norm, long rows, long width) {
    return flops(norm.flops(rows, width))
        .vector(norm.parameters(width))
        .activations(2, rows, width);
  }

  /** The weights counted so far. */
  long weightBytes() {
    return weightBytes;
  }

  void addTo(List<OperationCost> operations) {
    operations.add(
        new OperationCost(
            name,
            layer,
            flops,
            matmulFlops,
            weightBytes,
            kvReadBytes,
            kvWrittenBytes,
            activationBytes));
  }

  private static long product(long... factors) {
    long product = 1;
    for (long factor : factors) {
      product = multiplyExact(product, factor);
    }
    return product;
  }
}
