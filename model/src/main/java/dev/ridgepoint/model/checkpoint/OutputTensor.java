package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import java.util.List;

/**
 * A tensor that is rounded as it is written to a file.
 *
 * @param name its name in the file
 * @param shape its dimensions, outermost first
 * @param columns numbers of a row: the last dimension, or one where vectors are stored
 * @param dtype what it is stored as
 * @param rows its numbers
 */
record OutputTensor(String name, List<Long> shape, int columns, DType dtype, RowSource rows)
    implements FileTensor {
  OutputTensor {
    shape = List.copyOf(shape);
  }

  /** A tensor as the model has it: a matrix, or a vector, whose rows are one number each. */
  OutputTensor(String name, TensorSpec spec, DType dtype, RowSource rows) {
    this(name, spec.shape(), columns(spec), dtype, rows);
  }

  /** A vector, kept as it is: norm weights and biases are few, and what they scale is not. */
  static OutputTensor vector(String name, float[] values) {
    RowSource rows = (row, target, offset) -> target[offset] = values[row];
    return new OutputTensor(name, List.of((long) values.length), 1, DType.F32, rows);
  }

  static int columns(TensorSpec spec) {
    return spec.isMatrix() ? Math.toIntExact(spec.shape().getLast()) : 1;
  }

  int rowCount() {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact) / columns);
  }

  @Override
  public long byteSize() {
    return Math.multiplyExact(rowCount(), dtype.bytes(columns));
  }
}
