package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;

/**
 * A tensor to be written to a file.
 *
 * @param spec its name and shape, of one or two dimensions
 * @param dtype what it is stored as
 * @param rows its numbers; a vector's are rows of one number each
 */
public record OutputTensor(TensorSpec spec, DType dtype, RowSource rows) {

  /** A vector, kept as it is: norm weights and biases are few, and what they scale is not. */
  public static OutputTensor vector(TensorSpec spec, float[] values) {
    return new OutputTensor(spec, DType.F32, (row, target, offset) -> target[offset] = values[row]);
  }

  int rowCount() {
    return Math.toIntExact(spec.shape().getFirst());
  }

  int columns() {
    return spec.shape().size() == 1 ? 1 : Math.toIntExact(spec.shape().get(1));
  }

  /** Bytes in the file. */
  long byteSize() {
    return Math.multiplyExact(rowCount(), dtype.bytes(columns()));
  }
}
