package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.TensorRole;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/**
 * How a GGUF file orders the rows of tensors, as llama.cpp's {@code convert_hf_to_gguf.py} leaves
 * them.
 *
 * <p>Where rotary embeddings turn neighbours (see {@link GgufArchitecture#rotatesNeighbours}), row
 * 2i of a head's queries and keys is row i of Hugging Face's, and row 2i + 1 is row i + headDim/2.
 *
 * @param architecture the file's
 * @param headDim elements of a head
 */
record GgufLayout(GgufArchitecture architecture, int headDim) {
  /** What the rotary frequencies are divided by, where {@code rope_scaling} is not one factor. */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

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

  /** A tensor of the file with its rows as Hugging Face has them; a copy if they were not. */
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

  /** The tensor under its name in the file and with its rows in the file's order. */
  OutputTensor inFile(ExportedWeight weight) {
    IntUnaryOperator rowOfFile = rowOfFile(weight.spec());
    return new OutputTensor(
        weight.spec().ggufName(),
        weight.spec().shape(),
        weight.dtype(),
        (row, target, offset) -> weight.rows().read(rowOfFile.applyAsInt(row), target, offset));
  }

  /** Queries and keys, of which the biases have one element a row. */
  private boolean isReordered(TensorSpec spec) {
    return architecture.rotatesNeighbours()
        && (spec.role() == TensorRole.QUERY || spec.role() == TensorRole.KEY);
  }
}
