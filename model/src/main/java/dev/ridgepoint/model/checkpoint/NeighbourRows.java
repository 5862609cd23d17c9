package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.TensorRole;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/**
 * The order of rows where rotary embeddings turn neighbours, elements 2i and 2i + 1 of a head, and
 * not elements i and i + headDim/2 as Hugging Face does: row 2i of a head's queries and keys is row
 * i of Hugging Face's, and row 2i + 1 is row i + headDim/2.
 *
 * @param headDim elements of a head
 */
record NeighbourRows(int headDim) {

  /** Which row of the file holds row {@code i} of the tensor. */
  IntUnaryOperator rowInFile(TensorSpec spec) {
    int half = headDim / 2;
    return isReordered(spec)
        ? row -> row - row % (2 * half) + row % half * 2 + row % (2 * half) / half
        : IntUnaryOperator.identity();
  }

  /** Which row of the tensor row {@code i} of the file holds: the inverse of the former. */
  IntUnaryOperator rowOfFile(TensorSpec spec) {
    int half = headDim / 2;
    return isReordered(spec)
        ? row -> row - row % (2 * half) + row % (2 * half) / 2 + row % 2 * half
        : IntUnaryOperator.identity();
  }

  /** The tensor of a file with its rows in Hugging Face's order: a copy where they are not. */
  Tensor arranged(TensorSpec spec, Tensor inFile) {
    if (!isReordered(spec)) {
      return inFile;
    }
    Tensor arranged = Tensor.allocate(Arena.ofAuto(), inFile.dtype(), inFile.shape());
    IntUnaryOperator rowInFile = rowInFile(spec);
    int rows = inFile.size(0);
    long rowBytes = inFile.byteSize() / rows;
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(
          inFile.segment(),
          rowInFile.applyAsInt(row) * rowBytes,
          arranged.segment(),
          row * rowBytes,
          rowBytes);
    }
    return arranged;
  }

  /** The rows of a tensor, which are in Hugging Face's order, in the file's. */
  RowSource inFile(TensorSpec spec, RowSource rows) {
    IntUnaryOperator rowOfFile = rowOfFile(spec);
    return (row, target, offset) -> rows.read(rowOfFile.applyAsInt(row), target, offset);
  }

  /** Queries and keys, of which the biases have one element a row. */
  private static boolean isReordered(TensorSpec spec) {
    return spec.role() == TensorRole.QUERY || spec.role() == TensorRole.KEY;
  }
}
