package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What latent attention is made of, against its definition in double precision. */
class LatentAttentionTest {
  private static final int[][] CONTEXT_AND_NEW = {{300, 1}, {0, 3}, {250, 9}};

  @ParameterizedTest
  @CsvSource({
    "1, 1, 2, F32",
    "7, 33, 6, F32",
    "16, 64, 8, BF16",
    "24, 300, 4, F32",
    "40, 20, 8, F32",
  })
  void attendsWhatItHasAppended(int heads, int rank, int rotaryDim, DType kvType) {
    Random random = new Random(heads);
    int latentDim = rank + rotaryDim;
    int keyDim = 3;
    int queryDim = keyDim + rotaryDim;
    float scale = (float) (1 / Math.sqrt(queryDim));
    int rows = Stream.of(CONTEXT_AND_NEW).mapToInt(sequence -> sequence[1]).sum();
    KvLayout layout = new KvLayout(kvType, 1, latentDim, rank, true, KvLayout.PAGE_POSITIONS);
    List<KvCache> caches = new ArrayList<>();
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(3)) {
      Workspace workspace = new Workspace(workers);
      StepRows step = new StepRows();
      List<Tensor> everything = new ArrayList<>();
      Tensor latents = Tensor.allocate(arena, DType.F32, rows, latentDim);
      int first = 0;
      for (int[] sequence : CONTEXT_AND_NEW) {
        int context = sequence[0];
        Tensor all = TestData.random(arena, random, context + sequence[1], latentDim);
        everything.add(all);
        int[] windows = {Integer.MAX_VALUE, Integer.MAX_VALUE};
        int capacity = context + sequence[1];
        KvCache cache = new KvCache(layout, windows, capacity, capacity);
        caches.add(cache);
        if (context > 0) {
          step.begin();
          step.add(cache, new int[context], 0);
          new AppendLatents(workspace, Activation.of(all.rows(context)), 1).run(step, Meter.NONE);
          step.advanceCaches();
        }
        latents
            .rows(first, sequence[1])
            .segment()
            .copyFrom(all.rows(context, sequence[1]).segment());
        first += sequence[1];
      }
      step.begin();
      for (int s = 0; s < caches.size(); s++) {
        step.add(caches.get(s), new int[CONTEXT_AND_NEW[s][1]], 0);
      }
      Tensor latentQueries = TestData.random(arena, random, rows, heads * rank);
      Tensor queries = TestData.random(arena, random, rows, heads * queryDim);
      Tensor y = Tensor.allocate(arena, DType.F32, rows, heads * rank);
      new AppendLatents(workspace, Activation.of(latents), 1).run(step, Meter.NONE);
      new AttendLatents(
              workspace,
              HeadPart.all(Activation.of(latentQueries), heads),
              new HeadPart(Activation.of(queries), heads, keyDim, queryDim, rotaryDim),
              1,
              scale,
              Activation.of(y))
          .run(step, Meter.NONE);

      for (int s = 0; s < caches.size(); s++) {
        SequenceRows sequence = step.sequences().get(s);
        for (int i = 0; i < sequence.count(); i++) {
          int row = sequence.first() + i;
          for (int head = 0; head < heads; head++) {
            double[] query = new double[latentDim];
            for (int d = 0; d < rank; d++) {
              query[d] = latentQueries.get(((long) row * heads + head) * rank + d);
            }
            for (int d = 0; d < rotaryDim; d++) {
              query[rank + d] = queries.get(((long) row * heads + head) * queryDim + keyDim + d);
            }
            double[] expected =
                attend(query, everything.get(s), sequence.position() + i, rank, kvType, scale);
            for (int d = 0; d < rank; d++) {
              double actual = y.get(((long) row * heads + head) * rank + d);
              assertEquals(expected[d], actual, 5e-5, "row " + row + ", head " + head + ", " + d);
            }
          }
        }
      }
    } finally {
      caches.forEach(KvCache::close);
    }
  }

  private static double[] attend(
      double[] query, Tensor latents, int position, int rank, DType kvType, double scale) {
    double[] sums = new double[rank];
    double weights = 0;
    for (int other = 0; other <= position; other++) {
      double score = 0;
      for (int d = 0; d < query.length; d++) {
        score += query[d] * element(latents, other, d, query.length, kvType);
      }
      double weight = Math.exp(score * scale);
      weights += weight;
      for (int d = 0; d < rank; d++) {
        sums[d] += weight * element(latents, other, d, query.length, kvType);
      }
    }
    for (int d = 0; d < rank; d++) {
      sums[d] /= weights;
    }
    return sums;
  }

  private static double element(Tensor latents, int position, int d, int width, DType kvType) {
    return TestData.round(kvType, latents.get((long) position * width + d));
  }

  static Stream<DType> packedTypes() {
    return Stream.concat(TestData.encoded(), TestData.superBlocks());
  }

  @ParameterizedTest
  @MethodSource("packedTypes")
  void eachHeadHasItsMatrix(DType dtype) {
    Random random = new Random(5);
    int heads = 3;
    int inputs = Math.max(40, dtype.blockElements());
    inputs = dtype.isQuantised() ? 2 * dtype.blockElements() : inputs;
    int stride = inputs + 7;
    int outputs = 45;
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2)) {
      Workspace workspace = new Workspace(workers);
      List<Tensor> stored = new ArrayList<>();
      List<PackedMatrix> packed = new ArrayList<>();
      for (int head = 0; head < heads; head++) {
        Tensor matrix =
            dtype.isEncoded()
                ? TestData.random(arena, random, outputs, inputs)
                : TestData.randomBits(arena, random, dtype, outputs, inputs);
        stored.add(matrix);
        packed.add(PackedMatrix.pack(arena, workers, dtype, matrix));
      }
      for (int rows : new int[] {1, 2, 5, 13, 200}) {
        Tensor x = TestData.random(arena, random, rows, heads * stride);
        Tensor y = Tensor.allocate(arena, DType.F32, rows, heads * outputs);
        new HeadLinear(
                workspace,
                new HeadPart(Activation.of(x), heads, 2, stride, inputs),
                packed,
                Activation.of(y))
            .run(new StepRows(), Meter.NONE);
        for (int head = 0; head < heads; head++) {
          for (int output = 0; output < outputs; output++) {
            float[] weights = new float[inputs];
            stored.get(head).rowSource().read(output, weights, 0);
            weights = dtype.isEncoded() ? TestData.round(dtype, weights) : weights;
            for (int row = 0; row < rows; row++) {
              double expected = 0;
              for (int i = 0; i < inputs; i++) {
                expected +=
                    (double) weights[i] * x.get(((long) row * heads + head) * stride + 2 + i);
              }
              assertEquals(
                  expected,
                  y.get(((long) row * heads + head) * outputs + output),
                  TestData.dotTolerance(inputs),
                  rows + " rows, row " + row + ", head " + head + ", output " + output);
            }
          }
        }
      }
    }
  }

  @Test
  void normalizesAndRotatesPartsOfRows() {
    Random random = new Random(7);
    int rank = 21;
    int rotaryDim = 6;
    int width = rank + rotaryDim;
    double[] frequencies = {1, 0.3, 0.05};
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        KvCache cache = TestData.cache(1, 1, 20)) {
      Workspace workspace = new Workspace(workers);
      cache.advance(4);
      StepRows step = new StepRows();
      step.begin();
      step.add(cache, new int[3], 0);
      Tensor before = TestData.random(arena, random, 3, width);
      Tensor after = TestData.random(arena, random, 3, width);
      after.segment().copyFrom(before.segment());
      float[] weight = TestData.random(random, rank);
      Activation x = Activation.of(after);
      RmsNorm.ofFirst(workspace, x, weight, 1e-6f).run(step, Meter.NONE);
      new Rope(
              workspace,
              List.of(new HeadPart(x, 1, rank, rotaryDim, rotaryDim)),
              RotaryTables.of(new RotaryTable(frequencies, 1)))
          .run(step, Meter.NONE);

      for (int row = 0; row < 3; row++) {
        double squares = 0;
        for (int d = 0; d < rank; d++) {
          squares += Math.pow(before.get((long) row * width + d), 2);
        }
        for (int d = 0; d < rank; d++) {
          double expected =
              before.get((long) row * width + d) * weight[d] / Math.sqrt(squares / rank + 1e-6);
          assertEquals(expected, after.get((long) row * width + d), 1e-6);
        }
        for (int pair = 0; pair < frequencies.length; pair++) {
          double angle = (4 + row) * frequencies[pair];
          double a = before.get((long) row * width + rank + pair);
          double b = before.get((long) row * width + rank + frequencies.length + pair);
          assertEquals(
              a * Math.cos(angle) - b * Math.sin(angle),
              after.get((long) row * width + rank + pair),
              1e-6);
          assertEquals(
              b * Math.cos(angle) + a * Math.sin(angle),
              after.get((long) row * width + rank + frequencies.length + pair),
              1e-6);
        }
      }
    }
  }

  @Test
  void operandsThatDoNotFitAreNamed() {
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        KvCache cache = TestData.cache(1, 12, 8)) {
      Workspace workspace = new Workspace(workers);
      Activation x = Activation.of(Tensor.allocate(arena, DType.F32, 1, 12));
      assertRefused(
          "3 heads of 4 elements from 1 on, 4 apart, in rows of 12",
          () -> new HeadPart(x, 3, 1, 4, 4));
      assertRefused(
          "13 weights for rows of 12 elements",
          () -> RmsNorm.ofFirst(workspace, x, new float[13], 1e-6f));
      HeadPart part = HeadPart.all(x, 3);
      PackedMatrix matrix =
          PackedMatrix.pack(arena, workers, DType.F32, Tensor.allocate(arena, DType.F32, 2, 5));
      assertRefused(
          "1 matrices for 3 heads", () -> new HeadLinear(workspace, part, List.of(matrix), x));
      assertRefused(
          "matrices of heads of 4 elements differ in shape or format",
          () -> new HeadLinear(workspace, part, List.of(matrix, matrix, matrix), x));
      StepRows step = new StepRows();
      step.begin();
      step.add(cache, new int[1], 0);
      AppendLatents append = new AppendLatents(workspace, x, 0);
      assertRefused(
          "a KV cache has 1 heads of 12 and 12 elements, but latents of 12 and 12 are needed",
          () -> append.run(step, Meter.NONE));
    }
  }

  private static void assertRefused(String message, Runnable made) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, made::run).getMessage());
  }
}
