package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final BitSet NONE = new BitSet();

  private static Tensor logits(float... values) {
    return Tensor.of(DType.F32, MemorySegment.ofArray(values), 1, values.length);
  }

  private static double[] probabilities(Sampling sampling, BitSet seen, float... logits) {
    TokenDistribution candidates = sampling.distribution(logits.clone(), seen);
    double sum = Arrays.stream(candidates.weights()).sum();
    double[] probabilities = new double[logits.length];
    for (int i = 0; i < candidates.tokens().length; i++) {
      probabilities[candidates.tokens()[i]] = candidates.weights()[i] / sum;
    }
    return probabilities;
  }

  private static float log(double value) {
    return (float) Math.log(value);
  }

  @Test
  void greedyTakesTheFirstOfTheLikeliestAndSkipsNaN() {
    assertEquals(2, Sampler.greedy().next(logits(Float.NaN, 1, 5, 5, -1), 0, NONE));
    assertEquals(0, Sampler.greedy().next(logits(-0f, 0f, -1), 0, NONE));
    assertEquals(1, Sampler.greedy().next(logits(Float.NEGATIVE_INFINITY, -3e38f), 0, NONE));
    assertThrows(
        ArithmeticException.class,
        () -> Sampler.greedy().next(logits(Float.NaN, Float.NaN), 0, NONE));
  }

  /** Probabilities 1/16, 2/16, 8/16, 5/16 of tokens 0 to 3 without any cut, computed by hand. */
  @ParameterizedTest
  @CsvSource({
    // temperature, top-k, top-p, min-p, what is left of tokens 0 to 3
    "1,   0, 1,     0,     1,  2,  8,  5",
    "0.5, 0, 1,     0,     1,  4, 64, 25",
    "1,   2, 1,     0,     0,  0,  8,  5",
    "1,   1, 1,     0,     0,  0,  8,  0",
    "1,   9, 1,     0,     1,  2,  8,  5",
    "1,   0, 0.49,  0,     0,  0,  8,  0",
    "1,   0, 0.51,  0,     0,  0,  8,  5",
    "1,   0, 0.82,  0,     0,  2,  8,  5",
    "1,   0, 0.999, 0,     1,  2,  8,  5",
    // Of two tokens the first has 8/13 = 0.615, though of all it has 0.5.
    "1,   2, 0.6,   0,     0,  0,  8,  0",
    "1,   2, 0.62,  0,     0,  0,  8,  5",
    // At half the temperature the first has 64/94 = 0.68.
    "0.5, 0, 0.68,  0,     0,  0, 64,  0",
    "1,   0, 1,     0.2,   0,  2,  8,  5",
    "1,   0, 1,     0.26,  0,  0,  8,  5",
    "1,   0, 1,     1,     0,  0,  8,  0",
    // Squares at half the temperature: 25 of 64 is below 0.4.
    "0.5, 0, 1,     0.4,   0,  0, 64,  0",
    "1,   3, 0.9,   0.6,   0,  0,  8,  5",
  })
  void whatIsLeftHasTheProbabilitiesComputedByHand(
      double temperature, int topK, double topP, double minP, int a, int b, int c, int d) {
    double sum = a + b + c + d;
    assertArrayEquals(
        new double[] {a / sum, b / sum, c / sum, d / sum},
        probabilities(
            new Sampling(1, temperature, topK, topP, minP), NONE, log(1), log(2), log(8), log(5)),
        1e-6);
  }

  /** Logits of what was seen: 2 becomes 1, -1 becomes -2; before the temperature divides them. */
  @Test
  void whatWasSeenIsPenalisedBeforeAllElse() {
    BitSet seen = new BitSet();
    seen.set(0);
    seen.set(2);
    double[] weights = {Math.exp(2 * 1), Math.exp(2 * 1.5), Math.exp(2 * -2)};
    double sum = Arrays.stream(weights).sum();
    assertArrayEquals(
        Arrays.stream(weights).map(each -> each / sum).toArray(),
        probabilities(new Sampling(2, 0.5, 0, 1, 0), seen, 2, 1.5f, -1),
        1e-6);
    Sampler greedy = new Sampler(new Sampling(2, 0, 0, 1, 0), new Random(1));
    assertEquals(1, greedy.next(logits(2, 1.5f, -1), 0, seen));
    assertEquals(0, greedy.next(logits(2, 1.5f, -1), 0, NONE));
  }

  /** 10,000, 20,000 and 50,000 are expected; 500 are five standard deviations of the first. */
  @Test
  void frequenciesAreTheProbabilities() {
    Sampler sampler = new Sampler(new Sampling(1, 1, 0, 1, 0), new Random(1));
    Tensor logits = logits(0, log(2), log(5));
    int[] counts = new int[3];
    for (int i = 0; i < 80_000; i++) {
      counts[sampler.next(logits, 0, NONE)]++;
    }
    assertEquals(10_000, counts[0], 500);
    assertEquals(20_000, counts[1], 700);
  }

  @Test
  void theSameSeedGivesTheSameTokens() {
    Sampling sampling = new Sampling(1.1, 1, 5, 0.9, 0.01);
    Tensor logits = logits(0, 0, 0, 0, 0, 0, 0);
    Sampler one = new Sampler(sampling, new Random(9));
    Sampler other = new Sampler(sampling, new Random(9));
    for (int i = 0; i < 100; i++) {
      assertEquals(one.next(logits, 0, NONE), other.next(logits, 0, NONE));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,-1,0,1,0", "0,0,0,1,0", "NaN,0,0,1,0", "1,-1,0,1,0", "1,NaN,0,1,0", "1,Infinity,0,1,0",
    "1,0,-1,1,0", "1,0,0,0,0", "1,0,0,1.1,0", "1,0,0,NaN,0", "1,0,0,1,-1", "1,0,0,1,1.1",
    "1,0,0,1,NaN"
  })
  void refusesWhatIsNoDistribution(
      double repeatPenalty, double temperature, int topK, double topP, double minP) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Sampling(repeatPenalty, temperature, topK, topP, minP));
  }
}
