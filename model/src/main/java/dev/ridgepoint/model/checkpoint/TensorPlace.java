package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Where a file has a tensor: alone, or among the rows of one that holds others besides.
 *
 * @param name of the file's tensor
 * @param shape of the file's tensor, outermost first
 * @param row which row of the file's tensor holds row i; which column, where it is transposed
 * @param isTransposed whether the file's matrix is [inputs, outputs]
 * @param part which of the tensors that the file's consists of, along its outermost axis; or {@link
 *     #WHOLE}
 */
record TensorPlace(
    String name, List<Long> shape, IntUnaryOperator row, boolean isTransposed, int part) {
  /** The file's tensor is one. */
  static final int WHOLE = -1;

  TensorPlace {
    shape = List.copyOf(shape);
  }

  /** Of a file's tensor that is one. */
  TensorPlace(String name, List<Long> shape, IntUnaryOperator row, boolean isTransposed) {
    this(name, shape, row, isTransposed, WHOLE);
  }

  /** The same in part {@code number} of a tensor that consists of {@code parts} such ones. */
  TensorPlace stacked(long parts, int number) {
    List<Long> stack = new ArrayList<>(shape);
    stack.addFirst(parts);
    return new TensorPlace(name, stack, row, isTransposed, number);
  }

  /** The tensor of the spec out of the file's; a view if its rows are in order there. */
  Tensor of(TensorSpec spec, Tensor inFile) {
    return of(spec.shape(), part == WHOLE ? inFile : part(inFile));
  }

  private Tensor part(Tensor stack) {
    int[] shape = stack.shape();
    return Tensor.of(
        stack.dtype(), stack.rows(part, 1).segment(), Arrays.copyOfRange(shape, 1, shape.length));
  }

  private Tensor of(List<Long> needed, Tensor inFile) {
    int rows = Math.toIntExact(needed.getFirst());
    if (isTransposed) {
      return columns(inFile, rows);
    }
    int first = row.applyAsInt(0);
    boolean isInOrder = IntStream.range(0, rows).allMatch(i -> row.applyAsInt(i) == first + i);
    return isInOrder ? inFile.rows(first, rows) : copiedRows(inFile, rows);
  }

  private Tensor copiedRows(Tensor inFile, int rows) {
    int[] shape = inFile.shape();
    long rowBytes = inFile.byteSize() / shape[0];
    shape[0] = rows;
    Tensor copy = Tensor.allocate(Arena.ofAuto(), inFile.dtype(), shape);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(
          inFile.segment(), row.applyAsInt(i) * rowBytes, copy.segment(), i * rowBytes, rowBytes);
    }
    return copy;
  }

  /** Elements are whole bytes: no format of blocks has its matrices transposed. */
  private Tensor columns(Tensor inFile, int rows) {
    int inputs = inFile.size(0);
    long elementBytes = inFile.dtype().bytes(1);
    long inputBytes = inFile.size(1) * elementBytes;
    Tensor copy = Tensor.allocate(Arena.ofAuto(), inFile.dtype(), rows, inputs);
    for (int i = 0; i < rows; i++) {
      long column = row.applyAsInt(i) * elementBytes;
      for (int j = 0; j < inputs; j++) {
        MemorySegment.copy(
            inFile.segment(),
            j * inputBytes + column,
            copy.segment(),
            ((long) i * inputs + j) * elementBytes,
            elementBytes);
      }
    }
    return copy;
  }
}
