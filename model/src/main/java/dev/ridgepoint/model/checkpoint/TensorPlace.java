package dev.ridgepoint.model.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.DType;
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
 * @param firstInput which row of the file's tensor holds the first input of row i, where it is
 *     transposed
 * @param part which of the tensors that the file's consists of, along its outermost axis; or {@link
 *     #WHOLE}
 */
record TensorPlace(
    String name,
    List<Long> shape,
    IntUnaryOperator row,
    boolean isTransposed,
    IntUnaryOperator firstInput,
    int part) {
  /** The file's tensor is one. */
  static final int WHOLE = -1;

  TensorPlace {
    shape = List.copyOf(shape);
  }

  /** Of a file's tensor that is one. */
  TensorPlace(String name, List<Long> shape, IntUnaryOperator row, boolean isTransposed) {
    this(name, shape, row, isTransposed, any -> 0, WHOLE);
  }

  /** Of a file's matrix that has several transposed ones, one below the other. */
  static TensorPlace transposed(
      String name, List<Long> shape, IntUnaryOperator column, IntUnaryOperator firstInput) {
    return new TensorPlace(name, shape, column, true, firstInput, WHOLE);
  }

  /** The same in part {@code number} of a tensor that consists of {@code parts} such ones. */
  TensorPlace stacked(long parts, int number) {
    List<Long> stack = new ArrayList<>(shape);
    stack.addFirst(parts);
    return new TensorPlace(name, stack, row, isTransposed, firstInput, number);
  }

  /** What a tensor is out of one that a file stores in a type: blocks cannot be transposed. */
  DType dtype(DType inFile) {
    return isTransposed && inFile.isQuantised() ? DType.F32 : inFile;
  }

  /** The tensor of the spec out of the file's; a view if its rows are in order there. */
  Tensor of(TensorSpec spec, Tensor inFile) {
    return of(spec.shape(), part == WHOLE ? flat(spec, inFile) : part(inFile));
  }

  /** Without a further axis, which divides the rows. */
  private static Tensor flat(TensorSpec spec, Tensor inFile) {
    if (inFile.rank() <= spec.shape().size()) {
      return inFile;
    }
    int inputs = inFile.size(inFile.rank() - 1);
    return Tensor.of(
        inFile.dtype(), inFile.segment(), Math.toIntExact(inFile.elements() / inputs), inputs);
  }

  private Tensor part(Tensor stack) {
    int[] shape = stack.shape();
    return Tensor.of(
        stack.dtype(), stack.rows(part, 1).segment(), Arrays.copyOfRange(shape, 1, shape.length));
  }

  private Tensor of(List<Long> needed, Tensor inFile) {
    int rows = Math.toIntExact(needed.getFirst());
    if (isTransposed) {
      return columns(inFile.dtype().isQuantised() ? unpacked(inFile) : inFile, needed);
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

  private static Tensor unpacked(Tensor blocks) {
    Tensor numbers = Tensor.allocate(Arena.ofAuto(), DType.F32, blocks.shape());
    int columns = blocks.size(1);
    float[] row = new float[columns];
    for (int i = 0; i < blocks.size(0); i++) {
      blocks.rowSource().read(i, row, 0);
      MemorySegment.copy(
          row, 0, numbers.segment(), JAVA_FLOAT, (long) i * columns * Float.BYTES, columns);
    }
    return numbers;
  }

  /** Elements are whole bytes. */
  private Tensor columns(Tensor inFile, List<Long> needed) {
    int rows = Math.toIntExact(needed.getFirst());
    int inputs = Math.toIntExact(needed.size() == 1 ? inFile.size(0) : needed.getLast());
    long elementBytes = inFile.dtype().bytes(1);
    long inputBytes = inFile.size(1) * elementBytes;
    Tensor copy = Tensor.allocate(Arena.ofAuto(), inFile.dtype(), rows, inputs);
    for (int i = 0; i < rows; i++) {
      long column = firstInput.applyAsInt(i) * inputBytes + row.applyAsInt(i) * elementBytes;
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
