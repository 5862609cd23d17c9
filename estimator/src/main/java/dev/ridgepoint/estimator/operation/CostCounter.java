package dev.ridgepoint.estimator.operation;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

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

  /** Weights of a layer, or outside of any, that are read whole. */
  CostCounter weights(int layer, List<WeightTensor> tensors) {
    tensors.forEach(tensor -> weightBytes(options.weights().bytes(tensor, layer)));
    return this;
  }

  /** Gradients of weights, in F32, that are read and written. */
  CostCounter gradients(List<WeightTensor> tensors) {
    for (WeightTensor tensor : tensors) {
      gradients(tensor.rows(), tensor.columns());
    }
    return this;
  }

  /** Elements of gradients, in F32, that are read and written. */
  CostCounter gradients(long... factors) {
    return weightBytes(multiplyExact(2L * Float.BYTES, product(factors)));
  }

  /** Rows of a matrix that are read. */
  CostCounter rowsOf(WeightTensor matrix, int layer, long rows) {
    return weightBytes(options.weights().of(matrix, layer).matrixBytes(rows, matrix.columns()));
  }

  CostCounter weightBytes(long bytes) {
    weightBytes = addExact(weightBytes, bytes);
    return this;
  }

  CostCounter kvRead(long rows, long bytesPerRow) {
    kvReadBytes = addExact(kvReadBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  CostCounter kvWritten(long rows, long bytesPerRow) {
    kvWrittenBytes = addExact(kvWrittenBytes, multiplyExact(rows, bytesPerRow));
    return this;
  }

  /** States of recurrences, read before a step and written after it. */
  CostCounter state(long sequences, long elements) {
    long bytes = options.kvCache().stateBytes(elements);
    return kvRead(sequences, bytes).kvWritten(sequences, bytes);
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
