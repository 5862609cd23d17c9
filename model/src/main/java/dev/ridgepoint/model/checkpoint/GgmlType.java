package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.format.Precision;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every tensor type that a GGUF file may name ({@code enum ggml_type} and the sizes of its blocks,
 * ggml 0.5). Most are known only so that a tensor's size can be checked; {@link #engineDType} says
 * which can be computed with.
 */
public enum GgmlType implements StorageType {
  F32(0, 1, 4, 0),
  F16(1, 1, 2, 1),
  Q4_0(2, 32, 18, 2),
  Q4_1(3, 32, 20, 3),
  Q5_0(6, 32, 22, 8),
  Q5_1(7, 32, 24, 9),
  Q8_0(8, 32, 34, 7),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210, 18),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  BF16(30, 1, 2, 32),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17);

  private final int id;
  private final int blockElements;
  private final int blockBytes;
  private final int fileType;

  GgmlType(int id, int blockElements, int blockBytes) {
    this(id, blockElements, blockBytes, -1);
  }

  GgmlType(int id, int blockElements, int blockBytes, int fileType) {
    this.id = id;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.fileType = fileType;
  }

  /** The type of this number, if there is one and it was not withdrawn. */
  static Optional<GgmlType> of(long id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }

  /** The type that stores what the engine's does. */
  static GgmlType of(DType dtype) {
    return valueOf(dtype.name());
  }

  /** The number that stands for the type in a file. */
  int id() {
    return id;
  }

  /**
   * The number in {@code enum llama_ftype} that stands for files whose matrices are mostly of this
   * type; -1 if there is none, as of K-quants that are mixed.
   */
  int fileType() {
    return fileType;
  }

  /** What the estimator calls it. */
  Precision precision() {
    return new Precision(name(), blockElements, blockBytes);
  }

  /** Elements of one block, of which a row has a whole multiple. */
  int blockElements() {
    return blockElements;
  }

  @Override
  public long bytes(long elements) {
    if (elements % blockElements != 0) {
      throw new ArithmeticException(elements + " elements are no whole number of blocks");
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
