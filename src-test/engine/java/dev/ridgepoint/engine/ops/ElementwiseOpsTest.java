package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.kernels.ElementwiseKernel;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
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
  @CsvSource({"1, true", "2, false", "7, true", "16, false", "31, true", "100, false", "897, true"})
  void layerNorm(int hidden, boolean isAffine) {
    Random random = new Random(hidden);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor x = TestData.random(arena, random, rows, hidden);
        float[] weight = TestData.random(random, hidden);
        float[] bias = TestData.random(random, hidden);
        Tensor y = Tensor.allocate(arena, DType.F32, rows, hidden);
        Optional<LayerNorm.Affine> affine =
            isAffine ? Optional.of(new LayerNorm.Affine(weight, bias)) : Optional.empty();
        new LayerNorm(new Workspace(workers), Activation.of(x), affine, 1e-5f, Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (int i = 0; i < rows; i++) {
          double sum = 0;
          for (int j = 0; j < hidden; j++) {
            sum += x.get((long) i * hidden + j);
          }
          double mean = sum / hidden;
          double squares = 0;
          for (int j = 0; j < hidden; j++) {
            squares += Math.pow(x.get((long) i * hidden + j) - mean, 2);
          }
          double scale = 1 / Math.sqrt(squares / hidden + 1e-5f);
          for (int j = 0; j < hidden; j++) {
            long at = (long) i * hidden + j;
            double normed = (x.get(at) - mean) * scale;
            double expected = isAffine ? normed * weight[j] + bias[j] : normed;
            assertEquals(expected, y.get(at), 4e-6 * Math.max(1, scale), i + ", " + j);
          }
        }
      }
    }
  }

  /** The variance is not lost beside a mean that is a thousand times as large as the deviation. */
  @Test
  void layerNormOfRowsFarFromZero() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor x = Tensor.allocate(arena, DType.F32, 1, 64);
      for (int j = 0; j < 64; j++) {
        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, j, 1000 + (j % 2 == 0 ? 1 : -1));
      }
      Activation row = Activation.of(x);
      new LayerNorm(new Workspace(workers), row, Optional.empty(), 1e-5f, row)
          .run(new StepRows(), Meter.NONE);
      for (int j = 0; j < 64; j++) {
        assertEquals(j % 2 == 0 ? 1 : -1, x.get(j), 1e-5);
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
  @ValueSource(ints = {1, 5, 16, 33, 172})
  void clip(int width) {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Tensor x = TestData.random(arena, new Random(width), 3, width);
      x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 7);
      Tensor y = Tensor.allocate(arena, DType.F32, 3, width);
      y.segment().copyFrom(x.segment());
      new Clip(new Workspace(workers), 0.5f, Activation.of(y)).run(new StepRows(), Meter.NONE);
      for (long i = 0; i < y.elements(); i++) {
        assertEquals(Math.clamp(x.get(i), -0.5f, 0.5f), y.get(i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void swiGlu(int size) {
    gated(size, ActivationKernel.SWIGLU, (gate, up) -> gate / (1 + Math.exp(-gate)) * up);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void clampedSwiGlu(int size) {
    gated(
        size,
        ActivationKernel.CLAMPED_SWIGLU,
        (gate, up) -> {
          double clamped = Math.min(gate, 7);
          return (Math.clamp(up, -7, 7) + 1) * clamped / (1 + Math.exp(-1.702 * clamped));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void geGlu(int size) {
    double factor = Math.sqrt(2 / Math.PI);
    gated(
        size,
        ActivationKernel.GEGLU_TANH,
        (gate, up) ->
            gate / 2 * (1 + Math.tanh(factor * (gate + 0.044715 * gate * gate * gate))) * up);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void geluOfTheTangent(int size) {
    double factor = Math.sqrt(2 / Math.PI);
    elementwise(
        size,
        ElementwiseKernel.GELU_TANH,
        x -> x / 2 * (1 + Math.tanh(factor * (x + 0.044715 * x * x * x))));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 33, 172, 1000})
  void geluOfTheErrorFunction(int size) {
    elementwise(size, ElementwiseKernel.GELU, x -> x / 2 * (1 + erf(x / Math.sqrt(2))));
  }

  /** Its Taylor series (Abramowitz and Stegun 1964, 7.1.6), whose terms are all positive. */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private static void elementwise(
      int size, ElementwiseKernel kernel, DoubleUnaryOperator activation) {
    Random random = new Random(size);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor x = TestData.random(arena, random, rows, size);
        for (int i = 0; i < rows; i++) {
          long at = (long) i * size;
          x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at, i % 2 == 0 ? -90 : 90);
          for (int j = 1; j < size; j++) {
            x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at + j, 4 * x.get(at + j));
          }
        }
        Tensor y = Tensor.allocate(arena, DType.F32, rows, size);
        new ElementwiseActivation(
                new Workspace(workers), kernel, Activation.of(x), Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (long i = 0; i < x.elements(); i++) {
          double expected = activation.applyAsDouble(x.get(i));
          assertEquals(expected, y.get(i), 1e-6 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  }

  private static void gated(int size, ActivationKernel kernel, DoubleBinaryOperator activation) {
    Random random = new Random(size);
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2)) {
        Tensor gateUp = TestData.random(arena, random, rows, 2 * size);
        for (int i = 0; i < rows; i++) {
          gateUp.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 2L * i * size, i % 2 == 0 ? -90 : 90);
          long up = (2L * i + 1) * size;
          gateUp.segment().setAtIndex(ValueLayout.JAVA_FLOAT, up, i % 3 == 0 ? -80 : 80);
        }
        Tensor y = Tensor.allocate(arena, DType.F32, rows, size);
        new GatedActivation(new Workspace(workers), kernel, Activation.of(gateUp), Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < size; j++) {
            double gate = gateUp.get(2L * i * size + j);
            double up = gateUp.get((2L * i + 1) * size + j);
            double expected = activation.applyAsDouble(gate, up);
            double tolerance = 1e-6 * Math.max(1, Math.abs(expected));
            assertEquals(expected, y.get((long) i * size + j), tolerance);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2,3,1,2,false",
    "8,1,1,8,false",
    "24,4,2,24,false",
    "24,4,2,6,true",
    "64,14,2,64,false",
    "64,14,2,48,true",
    "100,2,1,100,true"
  })
  void rotateAndNormalizeHeads(
      int headDim, int heads, int kvHeads, int rotaryDim, boolean isWholeNorm) {
    Random random = new Random(headDim);
    int width = (heads + 2 * kvHeads) * headDim;
    double[] frequencies = new double[rotaryDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(10000, -2.0 * i / rotaryDim);
    }
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        KvCache longer = TestData.cache(kvHeads, headDim, 64);
        KvCache empty = TestData.cache(kvHeads, headDim, 64)) {
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
      float[] queryWeight = TestData.random(random, isWholeNorm ? heads * headDim : headDim);
      float[] keyWeight = TestData.random(random, isWholeNorm ? kvHeads * headDim : headDim);
      Activation qkv = Activation.of(after);
      new HeadNorm(workspace, qkv, layout, queryWeight, keyWeight, 1e-6f).run(step, Meter.NONE);
      new Rope(workspace, qkv, layout, RotaryTables.of(new RotaryTable(frequencies, 1.25)))
          .run(step, Meter.NONE);

      for (int row = 0; row < 9; row++) {
        int position = row < 4 ? 17 + row : row - 4;
        double[] expected = new double[width];
        for (int d = 0; d < width; d++) {
          expected[d] = before.get((long) row * width + d);
        }
        normalize(expected, 0, heads * headDim, queryWeight);
        normalize(expected, heads * headDim, (heads + kvHeads) * headDim, keyWeight);
        for (int head = 0; head < heads + kvHeads; head++) {
          rotate(expected, head * headDim, position, frequencies, 1.25);
        }
        for (int d = 0; d < width; d++) {
          assertEquals(expected[d], after.get((long) row * width + d), 1e-5, row + ", " + d);
        }
      }
    }
  }

  /** As many elements at once as there are weights. */
  private static void normalize(double[] row, int from, int to, float[] weight) {
    for (int first = from; first < to; first += weight.length) {
      double squares = 0;
      for (int d = 0; d < weight.length; d++) {
        squares += row[first + d] * row[first + d];
      }
      for (int d = 0; d < weight.length; d++) {
        row[first + d] *= weight[d] / Math.sqrt(squares / weight.length + 1e-6f);
      }
    }
  }

  private static void rotate(
      double[] row, int first, int position, double[] frequencies, double magnitude) {
    int half = frequencies.length;
    for (int i = 0; i < half; i++) {
      double cos = magnitude * Math.cos(position * frequencies[i]);
      double sin = magnitude * Math.sin(position * frequencies[i]);
      double low = row[first + i];
      double high = row[first + i + half];
      row[first + i] = low * cos - high * sin;
      row[first + i + half] = high * cos + low * sin;
    }
  }

  @Test
  void embeddingIsScaledWhereItIsLookedUp() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        KvCache cache = TestData.cache(1, 1, 2)) {
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

  @Test
  void eachTokenGetsTheRowOfItsPosition() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        KvCache longer = TestData.cache(1, 1, 9);
        KvCache empty = TestData.cache(1, 1, 9)) {
      longer.advance(4);
      StepRows step = new StepRows();
      step.begin();
      step.add(longer, new int[2], 0);
      step.add(empty, new int[3], 0);
      int[] positions = {4, 5, 0, 1, 2};
      Tensor learned = TestData.random(arena, new Random(1), 9, 17);
      PackedMatrix table = PackedMatrix.pack(arena, workers, DType.F32, learned);
      Tensor before = TestData.random(arena, new Random(2), 5, 17);
      Tensor after = Tensor.allocate(arena, DType.F32, 5, 17);
      after.segment().copyFrom(before.segment());
      new AddPositions(new Workspace(workers), table, 0.5f, Activation.of(after))
          .run(step, Meter.NONE);
      for (int row = 0; row < 5; row++) {
        for (int j = 0; j < 17; j++) {
          long at = row * 17L + j;
          assertEquals(
              before.get(at) + 0.5f * learned.get(positions[row] * 17L + j), after.get(at));
        }
      }
    }
  }

  /** A sequence keeps the angles of the length that it has room for, however long it is. */
  @Test
  void anglesOfALengthAreThoseThatASequenceHasRoomFor() {
    RotaryTables angles =
        new RotaryTables(
            2, room -> Math.max(room, 8), room -> new RotaryTable(new double[] {room}, 1));
    try (KvCache shorter = TestData.cache(1, 2, 4);
        KvCache longer = TestData.cache(1, 2, 20)) {
      longer.advance(3);
      for (KvCache cache : List.of(shorter, longer, shorter)) {
        SequenceRows rows = new SequenceRows(cache, 0, 1, 0);
        angles.ensure(rows);
        double frequency = cache == longer ? 20 : 8;
        int position = cache.length();
        assertEquals(Math.sin(position * frequency), angles.of(rows).sines()[position], 1e-7);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10, Integer.MAX_VALUE})
  void embeddingRefusesTokensOutsideTheVocabulary(int token) {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        KvCache cache = TestData.cache(1, 1, 1)) {
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
