package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The linear layer against EJML in double precision. */
class LinearTest {

  static Stream<Arguments> shapes() {
    Random random = new Random(7);
    Stream<int[]> edges =
        Stream.of(
            new int[] {1, 1, 1},
            new int[] {1, 1, 300},
            new int[] {1, 300, 1},
            new int[] {40, 1, 1},
            new int[] {1, 33, 257},
            new int[] {2, 31, 256},
            new int[] {8, 32, 255},
            new int[] {9, 129, 513},
            new int[] {13, 128, 64},
            new int[] {530, 5, 3},
            new int[] {1100, 40, 20},
            new int[] {300, 200, 33});
    Stream<int[]> others =
        Stream.generate(
                () ->
                    new int[] {
                      1 + random.nextInt(60), 1 + random.nextInt(300), 1 + random.nextInt(600)
                    })
            .limit(40);
    return Stream.concat(edges, others)
        .flatMap(
            s ->
                DType.encoded().stream()
                    .map(
                        dtype ->
                            Arguments.of(
                                s[0], s[1], wholeBlocks(dtype, s[2]), dtype, 1 + s[0] % 3)));
  }

  /** Every height of a streaming kernel, and numbers of panels that leave every rest. */
  static Stream<Arguments> fewRows() {
    return DType.encoded().stream()
        .flatMap(
            dtype ->
                Stream.of(1, 2, 3, 4, 5, 8)
                    .flatMap(
                        rows ->
                            IntStream.rangeClosed(1, 7)
                                .mapToObj(
                                    panels ->
                                        Arguments.of(
                                            rows, panels * Blocking.PANEL, 96, dtype, 1))));
  }

  private static int wholeBlocks(DType dtype, int inputs) {
    return Math.ceilDiv(inputs, dtype.blockElements()) * dtype.blockElements();
  }

  @ParameterizedTest(name = "[{0},{2}] x [{2},{1}] {3}, {4} threads")
  @MethodSource({"shapes", "fewRows"})
  void agreesWithEjml(int rows, int outputs, int inputs, DType dtype, int threads) {
    Random random = new Random(31L * rows + outputs);
    boolean biased = random.nextBoolean();
    boolean accumulate = random.nextBoolean();
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(threads)) {
      Tensor x = TestData.random(arena, random, rows, inputs);
      Tensor w = TestData.random(arena, random, outputs, inputs);
      float[] bias = biased ? TestData.random(random, outputs) : null;
      Tensor y = TestData.random(arena, random, rows, outputs);
      DMatrixRMaj expected = product(x, w, dtype);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < outputs; j++) {
          expected.add(i, j, biased ? bias[j] : 0);
          expected.add(i, j, accumulate ? y.get((long) i * outputs + j) : 0);
        }
      }

      PackedMatrix packed = PackedMatrix.pack(arena, workers, dtype, w);
      multiply(new Workspace(workers), x, packed, bias, accumulate, y);

      double tolerance = TestData.dotTolerance(inputs);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < outputs; j++) {
          assertEquals(
              expected.get(i, j),
              y.get((long) i * outputs + j),
              tolerance,
              "element " + i + ", " + j);
        }
      }
    }
  }

  /** The bits of a matrix of one type, in columns of y beside each other. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9, 40})
  void partsAreMultipliedAsOne(int rows) {
    Random random = new Random(rows);
    int[] outputs = {40, 1, 2 * Blocking.PANEL};
    DType[] types = {DType.BF16, DType.F32, DType.Q8_0};
    int inputs = 96;
    int all = IntStream.of(outputs).sum();
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Workspace workspace = new Workspace(workers);
      Tensor x = TestData.random(arena, random, rows, inputs);
      Tensor y = TestData.random(arena, random, rows, all);
      float[] bias = TestData.random(random, all);
      List<PackedMatrix> parts = new ArrayList<>();
      Tensor expected = Tensor.allocate(arena, DType.F32, rows, all);
      int first = 0;
      for (int part = 0; part < outputs.length; part++) {
        int count = outputs[part];
        Tensor w = TestData.random(arena, random, count, inputs);
        parts.add(PackedMatrix.pack(arena, workers, types[part], w));
        Tensor alone = Tensor.allocate(arena, DType.F32, rows, count);
        copyColumns(y, first, alone, 0, count);
        float[] partBias = Arrays.copyOfRange(bias, first, first + count);
        multiply(workspace, x, parts.getLast(), partBias, true, alone);
        copyColumns(alone, 0, expected, first, count);
        first += count;
      }

      new Linear(workspace, Activation.of(x), parts, bias, true, Activation.of(y))
          .run(new StepRows(), Meter.NONE);

      assertArrayEquals(expected.segment().toArray(JAVA_FLOAT), y.segment().toArray(JAVA_FLOAT));
    }
  }

  private static void copyColumns(Tensor from, int fromColumn, Tensor to, int toColumn, int count) {
    for (int row = 0; row < from.size(0); row++) {
      MemorySegment.copy(
          from.segment(),
          4L * (row * from.size(1) + fromColumn),
          to.segment(),
          4L * (row * to.size(1) + toColumn),
          4L * count);
    }
  }

  /** Few rows and many, over more than one block of steps. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#superBlocks")
  void superBlocksAgreeWithEjml(DType dtype) {
    Random random = new Random(17);
    int inputs = 768;
    for (int rows : new int[] {1, 2, 3, 5, 8, 12, 13, 40, 300}) {
      for (int outputs : new int[] {1, 3 * Blocking.PANEL, 7 * Blocking.PANEL - 3}) {
        try (Arena arena = Arena.ofShared();
            Workers workers = new Workers(2)) {
          Tensor x = TestData.random(arena, random, rows, inputs);
          Tensor w = TestData.randomBits(arena, random, dtype, outputs, inputs);
          Tensor y = Tensor.allocate(arena, DType.F32, rows, outputs);

          PackedMatrix packed = PackedMatrix.pack(arena, workers, dtype, w);
          multiply(new Workspace(workers), x, packed, null, false, y);

          DMatrixRMaj expected = product(x, w, DType.F32);
          double tolerance = 2 * TestData.dotTolerance(inputs);
          for (int i = 0; i < rows * outputs; i++) {
            assertEquals(expected.data[i], y.get(i), tolerance, rows + " rows, element " + i);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#superBlocks")
  void superBlocksAreReadBackBitForBit(DType dtype) {
    Random random = new Random(19);
    int outputs = 2 * Blocking.PANEL + 5;
    int inputs = 512;
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor w = TestData.randomBits(arena, random, dtype, outputs, inputs);
      PackedMatrix packed = PackedMatrix.pack(arena, workers, dtype, w);
      assertEquals(w.byteSize(), packed.weightBytes());
      float[] row = new float[inputs];
      float[] source = new float[inputs];
      for (int i = 0; i < outputs; i++) {
        packed.readRow(i, row);
        w.read((long) i * inputs, source, 0, inputs);
        assertArrayEquals(source, row);
      }
    }
  }

  /** As {@link #refusesWhatIsNotFiniteInF16}, of what a file holds. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#superBlocks")
  void refusesAFactorThatIsNotFinite(DType dtype) {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor w = Tensor.allocate(arena, dtype, 4, 256);
      short infinity = Float.floatToFloat16(Float.POSITIVE_INFINITY);
      long factor = dtype == DType.Q6_K ? w.byteSize() - Short.BYTES : 2;
      w.segment().set(JAVA_SHORT_UNALIGNED, factor, infinity);
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class, () -> PackedMatrix.pack(arena, workers, dtype, w));
      assertEquals("cannot pack Infinity as F16", thrown.getMessage());
    }
  }

  private static void multiply(
      Workspace workspace, Tensor x, PackedMatrix w, float[] bias, boolean accumulate, Tensor y) {
    new Linear(workspace, Activation.of(x), w, bias, accumulate, Activation.of(y))
        .run(new StepRows(), Meter.NONE);
  }

  private static DMatrixRMaj product(Tensor x, Tensor w, DType dtype) {
    DMatrixRMaj a = new DMatrixRMaj(x.size(0), x.size(1));
    DMatrixRMaj b = new DMatrixRMaj(w.size(0), w.size(1));
    for (int i = 0; i < a.data.length; i++) {
      a.data[i] = x.get(i);
    }
    float[] row = new float[w.size(1)];
    for (int output = 0; output < w.size(0); output++) {
      w.read((long) output * row.length, row, 0, row.length);
      float[] rounded = TestData.round(dtype, row);
      for (int i = 0; i < row.length; i++) {
        b.set(output, i, rounded[i]);
      }
    }
    DMatrixRMaj product = new DMatrixRMaj(x.size(0), w.size(0));
    CommonOps_DDRM.multTransB(a, b, product);
    return product;
  }

  @Test
  void aFailedProductLeavesNothingBehind() {
    Random random = new Random(11);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor x = TestData.random(arena, random, 3, 64);
      Tensor w = TestData.random(arena, random, 200, 64);
      PackedMatrix packed = PackedMatrix.pack(arena, workers, DType.F32, w);
      Workspace workspace = new Workspace(workers);
      Arena closed = Arena.ofShared();
      Tensor gone = Tensor.allocate(closed, DType.F32, 3, 200);
      closed.close();
      assertThrows(
          IllegalStateException.class, () -> multiply(workspace, x, packed, null, false, gone));

      Tensor y = Tensor.allocate(arena, DType.F32, 3, 200);
      multiply(workspace, x, packed, null, false, y);

      Tensor expected = Tensor.allocate(arena, DType.F32, 3, 200);
      multiply(new Workspace(workers), x, packed, null, false, expected);
      assertArrayEquals(expected.segment().toArray(JAVA_FLOAT), y.segment().toArray(JAVA_FLOAT));
    }
  }

  /** The promise of {@link MatMul}: what else is in the batch does not change a row's bits. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#plain")
  void rowsDoNotDependOnTheirNeighbours(DType dtype) {
    Random random = new Random(3);
    int rows = 70;
    int inputs = 700;
    int outputs = 200;
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor x = TestData.random(arena, random, rows, inputs);
      PackedMatrix w =
          PackedMatrix.pack(arena, workers, dtype, TestData.random(arena, random, outputs, inputs));
      Workspace workspace = new Workspace(workers);
      Tensor together = Tensor.allocate(arena, DType.F32, rows, outputs);
      multiply(workspace, x, w, null, false, together);
      for (int count : new int[] {1, 2, 3, 5, 8, 9, 17, 33}) {
        Tensor some = Tensor.allocate(arena, DType.F32, count, outputs);
        multiply(workspace, x.rows(11, count), w, null, false, some);
        for (int i = 0; i < count * outputs; i++) {
          assertEquals(
              together.segment().getAtIndex(JAVA_FLOAT, 11L * outputs + i),
              some.segment().getAtIndex(JAVA_FLOAT, i),
              0f,
              "element " + i + " of " + count + " rows");
        }
      }
    }
  }

  /** As far as quantised weights keep that promise: among the rows that one kernel serves. */
  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#quantised")
  void fewRowsOfQuantisedWeightsDoNotDependOnTheirNeighbours(DType dtype) {
    Random random = new Random(3);
    int rows = Blocking.MAX_WIDENED_ROWS;
    int inputs = 704;
    int outputs = 200;
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor x = TestData.random(arena, random, rows, inputs);
      PackedMatrix w =
          PackedMatrix.pack(arena, workers, dtype, TestData.random(arena, random, outputs, inputs));
      Workspace workspace = new Workspace(workers);
      Tensor together = Tensor.allocate(arena, DType.F32, rows, outputs);
      multiply(workspace, x, w, null, false, together);
      for (int count = 1; count < rows; count++) {
        int first = rows - count;
        Tensor some = Tensor.allocate(arena, DType.F32, count, outputs);
        multiply(workspace, x.rows(first, count), w, null, false, some);
        for (int i = 0; i < count * outputs; i++) {
          assertEquals(
              together.segment().getAtIndex(JAVA_FLOAT, (long) first * outputs + i),
              some.segment().getAtIndex(JAVA_FLOAT, i),
              0f,
              "element " + i + " of " + count + " rows");
        }
      }
    }
  }

  @Test
  void namesTheShapeThatDoesNotFit() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      PackedMatrix w =
          PackedMatrix.pack(arena, workers, DType.F32, Tensor.allocate(arena, DType.F32, 4, 6));
      Workspace workspace = new Workspace(workers);
      Tensor x = Tensor.allocate(arena, DType.F32, 2, 5);
      Tensor y = Tensor.allocate(arena, DType.F32, 2, 4);
      Activation fitting = Activation.of(Tensor.allocate(arena, DType.F32, 2, 6));
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Linear(workspace, Activation.of(x), w, null, false, Activation.of(y)));
      assertEquals("x is F32[2, 5], but F32[2, 6] is needed", thrown.getMessage());
      thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Linear(workspace, fitting, w, new float[3], false, Activation.of(y)));
      assertEquals("bias has 3 elements, but 4 are needed", thrown.getMessage());
      Tensor oneRow = y.rows(1);
      thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> multiply(workspace, fitting.tensor(), w, null, false, oneRow));
      assertEquals("y is F32[1, 4], but F32[2, 4] is needed", thrown.getMessage());
    }
  }

  @Test
  void refusesRowsThatEndWithinABlock() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor w = Tensor.allocate(arena, DType.F32, 4, 40);
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> PackedMatrix.pack(arena, workers, DType.Q8_0, w));
      assertEquals("cannot pack rows of 40 as Q8_0, whose blocks have 32", thrown.getMessage());
    }
  }

  /** Some kernels count the bytes of a panel in int. */
  @Test
  void refusesRowsWhosePanelIsTooLarge() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  PackedMatrix.pack(
                      arena, workers, DType.F32, 1, 1 << 28, (row, target, offset) -> {}));
      assertEquals(
          "cannot pack rows of 268435456: a panel of them has "
              + ((1L << 28) * 4 * Blocking.PANEL)
              + " bytes",
          thrown.getMessage());
    }
  }

  /** Beyond 65504, which kernels that widen halves by arithmetic would take for 2^16 and more. */
  @ParameterizedTest
  @ValueSource(floats = {65520, Float.NEGATIVE_INFINITY, Float.NaN})
  void refusesWhatIsNotFiniteInF16(float weight) {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor w = Tensor.allocate(arena, DType.F32, 4, 8);
      w.segment().setAtIndex(JAVA_FLOAT, 13, weight);
      IllegalArgumentException thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> PackedMatrix.pack(arena, workers, DType.F16, w));
      assertEquals("cannot pack " + weight + " as F16", thrown.getMessage());
    }
  }

  /** Each power of two that a half can be, as the only weight of an output. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 9})
  void widensEveryExponentOfF16(int rows) {
    int outputs = 40;
    int inputs = 3;
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor w = Tensor.allocate(arena, DType.F32, outputs, inputs);
      for (int output = 0; output < outputs; output++) {
        w.segment().setAtIndex(JAVA_FLOAT, (long) output * inputs + 1, weight(output));
      }
      PackedMatrix packed = PackedMatrix.pack(arena, workers, DType.F16, w);
      Tensor x = TestData.random(arena, new Random(9), rows, inputs);
      Tensor y = Tensor.allocate(arena, DType.F32, rows, outputs);
      multiply(new Workspace(workers), x, packed, null, false, y);
      for (int row = 0; row < rows; row++) {
        for (int output = 0; output < outputs; output++) {
          float expected = x.get((long) row * inputs + 1) * weight(output);
          assertEquals(expected, y.get((long) row * outputs + output), 0f, "output " + output);
        }
      }
    }
  }

  /** From the least subnormal, 2^-24, to the greatest power, 2^15, with signs. */
  private static float weight(int output) {
    return Math.scalb(output % 3 == 0 ? -1f : 1f, output - 24);
  }

  @ParameterizedTest
  @MethodSource("dev.ridgepoint.engine.TestData#encoded")
  void readsBackWhatItPacked(DType dtype) {
    Random random = new Random(5);
    int outputs = 77;
    int inputs = wholeBlocks(dtype, 45);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor w = TestData.random(arena, random, outputs, inputs);
      PackedMatrix packed = PackedMatrix.pack(arena, workers, dtype, w);
      float[] row = new float[inputs];
      float[] source = new float[inputs];
      for (int i = 0; i < outputs; i++) {
        packed.readRow(i, row);
        w.read((long) i * inputs, source, 0, inputs);
        assertArrayEquals(TestData.round(dtype, source), row);
      }
    }
  }
}
