package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms, rotation, activation and embedding against their definitions in double precision. */
class ElementwiseOpsTest {
  private static final int[] ROWS = {1, 3, 50};

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 16, 31, 64, 100, 897})
  void rmsNorm(int hidden) {
    Random random = new Random(hidden);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor x = TestData.random(arena, random, rows, hidden);
        float[] weight = TestData.random(random, hidden);
        Tensor y = Tensor.allocate(arena, DType.F32, rows, hidden);
        new RmsNorm(
                new Workspace(workers), Activation.of(x), weight, 1e-5f, false, Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (int i = 0; i < rows; i++) {
          double squares = 0;
          for (int j = 0; j < hidden; j++) {
            squares += Math.pow(x.get((long) i * hidden + j), 2);
          }
          double scale = 1 / Math.sqrt(squares / hidden + 1e-5f);
          for (int j = 0; j < hidden; j++) {
            long at = (long) i * hidden + j;
            double expected = x.get(at) * scale * weight[j];
            assertEquals(expected, y.get(at), 4e-6 * Math.max(1, scale), i + ", " + j);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 31, 100, 897})
  void rmsNormAddedToWhatIsThere(int hidden) {
    Random random = new Random(hidden);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Workspace workspace = new Workspace(workers);
        Activation x = Activation.of(TestData.random(arena, random, rows, hidden));
        float[] weight = TestData.random(random, hidden);
        Tensor normed = Tensor.allocate(arena, DType.F32, rows, hidden);
        new RmsNorm(workspace, x, weight, 1e-5f, false, Activation.of(normed))
            .run(new StepRows(), Meter.NONE);
        Tensor residual = TestData.random(arena, random, rows, hidden);
        Tensor y = Tensor.allocate(arena, DType.F32, rows, hidden);
        y.segment().copyFrom(residual.segment());
        new RmsNorm(workspace, x, weight, 1e-5f, true, Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (long i = 0; i < y.elements(); i++) {
          assertEquals(residual.get(i) + normed.get(i), y.get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 30", "5, 0.5", "16, 30", "33, 2", "172, 50", "1000, 30"})
  void softCap(int width, float cap) {
    Random random = new Random(width);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor x = TestData.random(arena, random, rows, width);
        for (int i = 0; i < rows; i++) {
          float large = i % 2 == 0 ? -1000 : 1000;
          x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width, large);
        }
        Tensor y = Tensor.allocate(arena, DType.F32, rows, width);
        y.segment().copyFrom(x.segment());
        new SoftCap(new Workspace(workers), cap, Activation.of(y)).run(new StepRows(), Meter.NONE);
        for (long i = 0; i < y.elements(); i++) {
          double expected = cap * Math.tanh(x.get(i) / (double) cap);
          assertEquals(expected, y.get(i), 4e-7 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void swiGlu(int size) {
    gated(size, ActivationKernel.SWIGLU, gate -> gate / (1 + Math.exp(-gate)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void geGlu(int size) {
    double factor = Math.sqrt(2 / Math.PI);
    gated(
        size,
        ActivationKernel.GEGLU_TANH,
        gate -> gate / 2 * (1 + Math.tanh(factor * (gate + 0.044715 * gate * gate * gate))));
  }

  private static void gated(int size, ActivationKernel kernel, DoubleUnaryOperator activation) {
    Random random = new Random(size);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor gateUp = TestData.random(arena, random, rows, 2 * size);
        for (int i = 0; i < rows; i++) {
          gateUp.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 2L * i * size, i % 2 == 0 ? -90 : 90);
        }
        Tensor y = Tensor.allocate(arena, DType.F32, rows, size);
        new GatedActivation(new Workspace(workers), kernel, Activation.of(gateUp), Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < size; j++) {
            double gate = gateUp.get(2L * i * size + j);
            double up = gateUp.get((2L * i + 1) * size + j);
            double expected = activation.applyAsDouble(gate) * up;
            double tolerance = 1e-6 * Math.max(1, Math.abs(expected));
            assertEquals(expected, y.get((long) i * size + j), tolerance);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2,3,1", "8,1,1", "24,4,2", "64,14,2", "100,2,1"})
  void rotateAndNormalizeHeads(int headDim, int heads, int kvHeads) {
    Random random = new Random(headDim);
    int width = (heads + 2 * kvHeads) * headDim;
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(10000, -2.0 * i / headDim);
    }
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        KvCache longer = new KvCache(DType.F32, 1, kvHeads, headDim, 64);
        KvCache empty = new KvCache(DType.F32, 1, kvHeads, headDim, 64)) {
      longer.advance(17);
      Workspace workspace = new Workspace(workers);
      HeadLayout layout = new HeadLayout(heads, kvHeads, headDim);
      StepRows step = new StepRows();
      step.begin();
      step.add(longer, new int[4], 0);
      step.add(empty, new int[5], 0);
      Tensor before = TestData.random(arena, random, 9, width);
      Tensor after = TestData.random(arena, random, 9, width);
      after.segment().copyFrom(before.segment());
      float[] queryWeight = TestData.random(random, headDim);
      float[] keyWeight = TestData.random(random, headDim);
      Activation qkv = Activation.of(after);
      new HeadNorm(workspace, qkv, layout, queryWeight, keyWeight, 1e-6f).run(step, Meter.NONE);
      new Rope(workspace, qkv, layout, new RotaryTable(frequencies)).run(step, Meter.NONE);

      for (int row = 0; row < 9; row++) {
        int position = row < 4 ? 17 + row : row - 4;
        for (int head = 0; head < heads + 2 * kvHeads; head++) {
          double[] expected = new double[headDim];
          for (int d = 0; d < headDim; d++) {
            expected[d] = before.get((long) row * width + head * headDim + d);
          }
          if (head < heads + kvHeads) {
            expected = normalize(expected, head < heads ? queryWeight : keyWeight);
            expected = rotate(expected, position, frequencies);
          }
          for (int d = 0; d < headDim; d++) {
            double actual = after.get((long) row * width + head * headDim + d);
            assertEquals(expected[d], actual, 1e-5, "row " + row + ", head " + head);
          }
        }
      }
    }
  }

  private static double[] normalize(double[] head, float[] weight) {
    double squares = 0;
    for (double value : head) {
      squares += value * value;
    }
    double[] result = new double[head.length];
    for (int d = 0; d < head.length; d++) {
      result[d] = head[d] / Math.sqrt(squares / head.length + 1e-6f) * weight[d];
    }
    return result;
  }

  private static double[] rotate(double[] head, int position, double[] frequencies) {
    double[] result = new double[head.length];
    int half = head.length / 2;
    for (int i = 0; i < half; i++) {
      double cos = Math.cos(position * frequencies[i]);
      double sin = Math.sin(position * frequencies[i]);
      result[i] = head[i] * cos - head[i + half] * sin;
      result[i + half] = head[i + half] * cos + head[i] * sin;
    }
    return result;
  }

  @Test
  void embeddingIsScaledWhereItIsLookedUp() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        KvCache cache = new KvCache(DType.F32, 1, 1, 1, 2)) {
      Tensor rows = TestData.random(arena, new Random(1), 10, 3);
      PackedMatrix table = PackedMatrix.pack(arena, workers, DType.F32, rows);
      Tensor y = Tensor.allocate(arena, DType.F32, 2, 3);
      StepRows step = new StepRows();
      step.begin();
      step.add(cache, new int[] {7, 2}, 1);
      new Embed(new Workspace(workers), table, 1.7f, Activation.of(y)).run(step, Meter.NONE);
      for (int i = 0; i < 3; i++) {
        assertEquals(1.7f * rows.get(7 * 3 + i), y.get(i));
        assertEquals(1.7f * rows.get(2 * 3 + i), y.get(3 + i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10, Integer.MAX_VALUE})
  void embeddingRefusesTokensOutsideTheVocabulary(int token) {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        KvCache cache = new KvCache(DType.F32, 1, 1, 1, 1)) {
      PackedMatrix table =
          PackedMatrix.pack(arena, workers, DType.BF16, Tensor.allocate(arena, DType.F32, 10, 3));
      Tensor y = Tensor.allocate(arena, DType.F32, 1, 3);
      Embed embed = new Embed(new Workspace(workers), table, 1f, Activation.of(y));
      StepRows step = new StepRows();
      step.begin();
      step.add(cache, new int[] {token}, 1);
      assertEquals(
          "token " + token + " is not in 0..9",
          assertThrows(IllegalArgumentException.class, () -> embed.run(step, Meter.NONE))
              .getMessage());
    }
  }
}
