package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;

/**
 * A weight of a model to be written, whatever the format of the file.
 *
 * @param spec what it is
 * @param dtype what it is stored as
 * @param rows its numbers in Hugging Face's order; a vector's are rows of one number each
 */
public record ExportedWeight(TensorSpec spec, DType dtype, RowSource rows) {

  /** A vector, kept as it is. */
  public static ExportedWeight vector(TensorSpec spec, float[] values) {
    return new ExportedWeight(
        spec, DType.F32, (row, target, offset) -> target[offset] = values[row]);
  }

  /** The same with {@code added} to each number. */
  ExportedWeight plus(float added) {
    int columns = OutputTensor.columns(spec);
    return new ExportedWeight(
        spec,
        dtype,
        (row, target, offset) -> {
          rows.read(row, target, offset);
          for (int i = offset; i < offset + columns; i++) {
            target[i] += added;
          }
        });
  }

  /** As a Hugging Face file has it. */
  OutputTensor inSafetensors() {
    return new OutputTensor(spec.name(), spec, dtype, rows);
  }
}
