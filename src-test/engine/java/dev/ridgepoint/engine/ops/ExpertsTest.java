package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A router and the projections of the experts that it chooses, against sums in double. */
class ExpertsTest {
  private static final RoutingRule SOFTMAX = new RoutingRule(false, true, 1, 1, 1, 1);

  private final Arena arena = Arena.ofShared();
  private final Workers workers = new Workers(2);
  private final Workspace workspace = new Workspace(workers);
  private final Random random = new Random(5);

  @AfterEach
  void close() {
    workers.close();
    arena.close();
  }

  /** What a row chooses whose scores are given. */
  private static ExpertChoice choose(
      RoutingRule rule, float[] correction, int perRow, float... scores) {
    ExpertChoice choice = new ExpertChoice(scores.length, perRow);
    choice.begin(1);
    float[] scratch = new float[rule.scratch(scores.length)];
    System.arraycopy(scores, 0, scratch, 0, scores.length);
    rule.choose(scratch, correction, choice, 0);
    choice.sort();
    return choice;
  }

  /** The experts of a row, the best first. */
  private static int[] experts(ExpertChoice choice, int row) {
    int[] experts = new int[choice.perRow()];
    for (int rank = 0; rank < experts.length; rank++) {
      int slot = choice.slotOf(row, rank);
      while (choice.firstSlot(experts[rank] + 1) <= slot) {
        experts[rank]++;
      }
    }
    return experts;
  }

  @Test
  void aSoftmaxOfAllScoresOrOfTheChosen() {
    ExpertChoice normalized = choose(SOFTMAX, null, 2, 1, 3, 2, 0);
    assertArrayEquals(new int[] {1, 2}, experts(normalized, 0));
    double e = Math.E;
    assertEquals(e / (e + 1), normalized.weightOf(0, 0), 1e-6);
    assertEquals(1 / (e + 1), normalized.weightOf(0, 1), 1e-6);
    RoutingRule plain = new RoutingRule(false, false, 1, 1, 1, 2);
    ExpertChoice scaled = choose(plain, null, 2, 1, 3, 2, 0);
    double sum = Math.exp(1) + Math.exp(3) + Math.exp(2) + 1;
    assertEquals(2 * Math.exp(3) / sum, scaled.weightOf(0, 0), 1e-6);
    assertEquals(2 * Math.exp(2) / sum, scaled.weightOf(0, 1), 1e-6);
  }

  @Test
  void ofEqualsTheLowerNumber() {
    assertArrayEquals(new int[] {1, 3}, experts(choose(SOFTMAX, null, 2, 0, 1, 0, 1, 1), 0));
    assertArrayEquals(new int[] {0, 1, 2}, experts(choose(SOFTMAX, null, 3, 0, 0, 0, 0), 0));
  }

  @Test
  void aCorrectionCountsForTheChoiceAlone() {
    RoutingRule sigmoid = new RoutingRule(true, false, 1, 1, 1, 1);
    ExpertChoice choice = choose(sigmoid, new float[] {0, 0, 0.9f}, 1, 2, 1, 0);
    assertArrayEquals(new int[] {2}, experts(choice, 0));
    assertEquals(0.5, choice.weightOf(0, 0), 1e-6);
  }

  /** By the sum of a group's two best, the second group wins; by its best one, the first. */
  @Test
  void theBestGroupsAreEligible() {
    float[] scores = {4, -4, 2, 2, 0, 0};
    RoutingRule byTwo = new RoutingRule(true, true, 3, 1, 2, 1);
    assertArrayEquals(new int[] {2, 3}, experts(choose(byTwo, null, 2, scores), 0));
    RoutingRule byOne = new RoutingRule(true, true, 3, 1, 1, 1);
    assertArrayEquals(new int[] {0, 1}, experts(choose(byOne, null, 2, scores), 0));
    RoutingRule twoGroups = new RoutingRule(false, true, 3, 2, 1, 1);
    assertArrayEquals(new int[] {0, 2, 3}, experts(choose(twoGroups, null, 3, scores), 0));
  }

  @Test
  void scoresThatAreNoNumbersAreNoFault() {
    float nan = Float.NaN;
    assertEquals(2, choose(SOFTMAX, null, 2, nan, nan, nan).slots());
    assertEquals(2, choose(SOFTMAX, null, 2, nan, 1, nan).slots());
  }

  /** All experts of a small model, their rows in every number from none to all. */
  private final class Layer {
    final int hidden;
    final int width;
    final int experts;
    final int perRow;
    final DType dtype;
    final Tensor router;
    final List<Tensor> in = new ArrayList<>();
    final List<Tensor> out = new ArrayList<>();
    final List<float[]> inBias = new ArrayList<>();
    final List<float[]> outBias = new ArrayList<>();
    final ExpertChoice choice;

    Layer(int hidden, int width, int experts, int perRow, DType dtype) {
      this.hidden = hidden;
      this.width = width;
      this.experts = experts;
      this.perRow = perRow;
      this.dtype = dtype;
      router = TestData.random(arena, random, experts, hidden);
      for (int expert = 0; expert < experts; expert++) {
        in.add(TestData.random(arena, random, width, hidden));
        out.add(TestData.random(arena, random, hidden, width));
        inBias.add(TestData.random(random, width));
        outBias.add(TestData.random(random, hidden));
      }
      choice = new ExpertChoice(experts, perRow);
    }

    private ExpertWeights packed(List<Tensor> matrices, List<float[]> biases) {
      return new ExpertWeights(
          matrices.stream().map(m -> List.of(PackedMatrix.pack(arena, workers, dtype, m))).toList(),
          biases);
    }

    void run(Tensor x, Tensor y, boolean accumulate) {
      run(workspace, x, y, accumulate);
    }

    /** {@code y += } the experts' sum, without a nonlinearity between the projections. */
    void run(Workspace workspace, Tensor x, Tensor y, boolean accumulate) {
      int rows = x.size(0);
      Activation between = activation(rows * perRow, width);
      Activation sorted = activation(rows * perRow, hidden);
      Activation from = Activation.of(x);
      StepRows step = new StepRows();
      PackedMatrix scoring = PackedMatrix.pack(arena, workers, DType.F32, router);
      new Router(workspace, from, scoring, null, null, SOFTMAX, activation(rows, experts), choice)
          .run(step, Meter.NONE);
      new LinearIntoExperts(workspace, from, packed(in, inBias), choice, sorted, between)
          .run(step, Meter.NONE);
      new LinearOutOfExperts(
              workspace,
              between,
              packed(out, outBias),
              choice,
              sorted,
              accumulate,
              Activation.of(y))
          .run(step, Meter.NONE);
    }

    private Activation activation(int rows, int width) {
      return Activation.of(Tensor.allocate(arena, DType.F32, rows, width));
    }

    /** Of one row, what the experts that were chosen put out. */
    double[] expected(Tensor x, int row) {
      double[] sum = new double[hidden];
      int[] chosen = experts(choice, row);
      double[] scores = new double[perRow];
      double total = 0;
      for (int rank = 0; rank < perRow; rank++) {
        scores[rank] = Math.exp(product(router, DType.F32, chosen[rank], doubles(x, row)));
        total += scores[rank];
      }
      for (int rank = 0; rank < perRow; rank++) {
        int expert = chosen[rank];
        double[] between = new double[width];
        for (int i = 0; i < width; i++) {
          between[i] = product(in.get(expert), dtype, i, doubles(x, row)) + inBias.get(expert)[i];
        }
        for (int i = 0; i < hidden; i++) {
          double output = product(out.get(expert), dtype, i, between) + outBias.get(expert)[i];
          sum[i] += scores[rank] / total * output;
        }
      }
      return sum;
    }
  }

  private static double[] doubles(Tensor x, int row) {
    double[] values = new double[x.size(1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.get((long) row * values.length + i);
    }
    return values;
  }

  private static double product(Tensor matrix, DType dtype, int row, double[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * TestData.round(dtype, matrix.get((long) row * x.length + i));
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 24, 40, 4, 2, F32",
    "3, 33, 17, 5, 5, F32",
    "40, 24, 16, 6, 2, BF16",
    "70, 16, 40, 3, 1, F16",
    "130, 20, 8, 2, 2, F32"
  })
  void theWeightedSumOfTheChosen(
      int rows, int hidden, int width, int experts, int perRow, DType dtype) {
    Layer layer = new Layer(hidden, width, experts, perRow, dtype);
    Tensor x = TestData.random(arena, random, rows, hidden);
    for (boolean accumulate : new boolean[] {false, true}) {
      Tensor y = TestData.random(arena, random, rows, hidden);
      Tensor before = Tensor.allocate(arena, DType.F32, rows, hidden);
      before.segment().copyFrom(y.segment());
      layer.run(x, y, accumulate);
      for (int row = 0; row < rows; row++) {
        double[] expected = layer.expected(x, row);
        for (int i = 0; i < hidden; i++) {
          long at = (long) row * hidden + i;
          double there = accumulate ? before.get(at) : 0;
          // Values between are up to hidden + 1, and so are their errors.
          double tolerance = (hidden + 1) * TestData.dotTolerance(width);
          assertEquals(there + expected[i], y.get(at), tolerance, "row " + row);
        }
      }
    }
  }

  /** However many threads compute it, whatever other rows there are, in whatever order. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16"})
  void aRowHasTheSameBitsInAnyCompany(DType dtype) {
    int hidden = 40;
    int rows = 50;
    Layer layer = new Layer(hidden, 24, 5, 3, dtype);
    Tensor x = TestData.random(arena, random, rows, hidden);
    Tensor together = Tensor.allocate(arena, DType.F32, rows, hidden);
    layer.run(x, together, false);
    for (int threads = 1; threads <= 3; threads++) {
      try (Workers team = new Workers(threads)) {
        Workspace own = new Workspace(team);
        for (int count : new int[] {1, 1, 2, 7, 33, rows}) {
          int[] chosen = random.ints(count, 0, rows).toArray();
          Tensor some = Tensor.allocate(arena, DType.F32, count, hidden);
          Tensor y = Tensor.allocate(arena, DType.F32, count, hidden);
          for (int i = 0; i < count; i++) {
            some.rows(i, 1).segment().copyFrom(x.rows(chosen[i], 1).segment());
          }
          layer.run(own, some, y, false);
          for (int i = 0; i < count; i++) {
            assertEquals(
                -1,
                y.rows(i, 1).segment().mismatch(together.rows(chosen[i], 1).segment()),
                "row %s of %s, %s threads".formatted(i, count, threads));
          }
        }
      }
    }
  }

  @Test
  void everyChoiceHasASlotOfItsExpert() {
    ExpertChoice choice = new ExpertChoice(4, 3);
    choice.spread(7);
    boolean[] seen = new boolean[choice.slots()];
    for (int row = 0; row < 7; row++) {
      for (int rank = 0; rank < 3; rank++) {
        int slot = choice.slotOf(row, rank);
        assertEquals(row, choice.rowOf(slot));
        assertEquals((row * 3 + rank) % 4, experts(choice, row)[rank]);
        seen[slot] = true;
      }
    }
    for (boolean each : seen) {
      assertEquals(true, each);
    }
    assertEquals(21, choice.firstSlot(4));
  }

  @Test
  void aGatedBranch() {
    Tensor x = TestData.random(arena, random, 3, 20);
    Tensor gate = TestData.random(arena, random, 1, 20);
    Tensor branch = TestData.random(arena, random, 3, 9);
    Tensor y = TestData.random(arena, random, 3, 9);
    Tensor before = Tensor.allocate(arena, DType.F32, 3, 9);
    before.segment().copyFrom(y.segment());
    new AddGated(
            workspace,
            Activation.of(x),
            PackedMatrix.pack(arena, workers, DType.F32, gate),
            Activation.of(Tensor.allocate(arena, DType.F32, 3, 1)),
            Activation.of(branch),
            Activation.of(y))
        .run(new StepRows(), Meter.NONE);
    for (int i = 0; i < 27; i++) {
      double sigmoid = 1 / (1 + Math.exp(-product(gate, DType.F32, 0, doubles(x, i / 9))));
      assertEquals(before.get(i) + sigmoid * branch.get(i), y.get(i), 1e-6);
    }
  }

  @Test
  void whatDoesNotFit() {
    assertEquals(
        "3 of 2 experts per row",
        assertThrows(IllegalArgumentException.class, () -> new ExpertChoice(2, 3)).getMessage());
    assertEquals(
        "0 of 4 groups per row",
        assertThrows(IllegalArgumentException.class, () -> new RoutingRule(true, true, 4, 0, 1, 1))
            .getMessage());
    PackedMatrix w =
        PackedMatrix.pack(arena, workers, DType.F32, TestData.random(arena, random, 6, 4));
    Activation x = Activation.of(TestData.random(arena, random, 1, 4));
    Activation scores = Activation.of(TestData.random(arena, random, 1, 6));
    assertEquals(
        "6 scores for 5 experts in 1 groups",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new Router(
                        workspace, x, w, null, null, SOFTMAX, scores, new ExpertChoice(5, 1)))
            .getMessage());
    PackedMatrix other =
        PackedMatrix.pack(arena, workers, DType.F32, TestData.random(arena, random, 5, 4));
    assertEquals(
        "2 matrices and 0 biases of different shapes",
        assertThrows(
                IllegalArgumentException.class,
                () -> new ExpertWeights(List.of(List.of(w), List.of(other)), List.of()))
            .getMessage());
  }
}
