package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import java.util.List;

/**
 * A tensor to be written to a file.
 *
 * @param name its name in the file
 * @param shape its dimensions, one or two, outermost first
 * @param dtype what it is stored as
 * @param rows its numbers; a vector's are rows of one number each
 */
record OutputTensor(String name, List<Long> shape, DType dtype, RowSource rows) {
  OutputTensor {
    shape = List.copyOf(shape);
  }

  /** A vector, kept as it is: norm weights and biases are few, and what they scale is not. */
  static OutputTensor vector(String name, float[] values) {
    RowSource rows = (row, target, offset) -> target[offset] = values[row];
    return new OutputTensor(name, List.of((long) values.length), DType.F32, rows);
  }

  int rowCount() {
    return Math.toIntExact(shape.getFirst());
  }

  int columns() {
    return shape.size() == 1 ? 1 : Math.toIntExact(shape.get(1));
  }

  /** Bytes in the file. */
  long byteSize() {
    return Math.multiplyExact(rowCount(), dtype.bytes(columns()));
  }
}
