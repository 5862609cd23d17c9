package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static Tensor logits(float... values) {
    return Tensor.of(DType.F32, MemorySegment.ofArray(values), 1, values.length);
  }

  private static int[] counts(Sampler sampler, Tensor logits, int draws) {
    int[] counts = new int[logits.size(1)];
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(logits, 0)]++;
    }
    return counts;
  }

  @Test
  void greedyTakesTheFirstOfTheLikeliestAndSkipsNaN() {
    assertEquals(2, Sampler.greedy().next(logits(Float.NaN, 1, 5, 5, -1), 0));
    assertThrows(
        ArithmeticException.class, () -> Sampler.greedy().next(logits(Float.NaN, Float.NaN), 0));
  }

  @Test
  void frequenciesFollowTheSoftmaxAtTheTemperature() {
    Tensor logits = logits(0, (float) Math.log(2), (float) Math.log(5));
    int[] counts = counts(new Sampler(1, 0, 1, new Random(1)), logits, 80_000);
    assertEquals(10_000, counts[0], 500);
    assertEquals(20_000, counts[1], 700);
    counts = counts(new Sampler(0.5, 0, 1, new Random(1)), logits, 90_000);
    assertEquals(3_000, counts[0], 300);
    assertEquals(12_000, counts[1], 600);
  }

  @Test
  void topKAndTopPCutTheTail() {
    Tensor logits = logits(1, 4, 3, 2);
    int[] counts = counts(new Sampler(1, 2, 1, new Random(2)), logits, 5_000);
    assertTrue(counts[0] == 0 && counts[3] == 0 && counts[1] > counts[2] && counts[2] > 0);
    // Probabilities 0.64, 0.24, 0.09, 0.03: two tokens make up 0.8.
    counts = counts(new Sampler(1, 0, 0.8, new Random(2)), logits, 5_000);
    assertTrue(counts[0] == 0 && counts[3] == 0 && counts[2] > 0);
    counts = counts(new Sampler(1, 0, 0.6, new Random(2)), logits, 5_000);
    assertEquals(5_000, counts[1]);
  }

  @Test
  void theSameSeedGivesTheSameTokens() {
    Tensor logits = logits(0, 0, 0, 0, 0, 0, 0);
    Sampler one = new Sampler(1, 0, 1, new Random(9));
    Sampler other = new Sampler(1, 0, 1, new Random(9));
    for (int i = 0; i < 100; i++) {
      assertEquals(one.next(logits, 0), other.next(logits, 0));
    }
  }

  @Test
  void refusesWhatIsNoDistribution() {
    assertThrows(IllegalArgumentException.class, () -> new Sampler(-1, 0, 1, new Random()));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(1, -1, 1, new Random()));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(1, 0, 0, new Random()));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(Double.NaN, 0, 1, new Random()));
  }
}
