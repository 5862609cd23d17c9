package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenDistributionTest {
  private static final int VOCABULARY = 9;

  /** Some tokens of the vocabulary in any order, from one to all. */
  private static TokenDistribution random(Random random) {
    int[] tokens = IntStream.range(0, VOCABULARY).toArray();
    for (int i = VOCABULARY - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int token = tokens[i];
      tokens[i] = tokens[j];
      tokens[j] = token;
    }
    int[] some = Arrays.copyOf(tokens, 1 + random.nextInt(VOCABULARY));
    return new TokenDistribution(some, random.doubles(some.length, 0.01, 3).toArray());
  }

  /** Drafted and kept, or drawn after any rejection: the sum over all drafts. */
  private static double marginal(int token, TokenDistribution own, TokenDistribution draft) {
    double kept = 0;
    double rejected = 0;
    for (int drafted : draft.tokens()) {
      double acceptance = own.acceptance(drafted, draft);
      kept += drafted == token ? draft.probability(drafted) * acceptance : 0;
      rejected += draft.probability(drafted) * (1 - acceptance);
    }
    return kept + rejected * own.afterRejection(draft).probability(token);
  }

  @Test
  void whatIsKeptOrDrawnInsteadHasTheModelsProbabilities() {
    Random random = new Random(11);
    for (int trial = 0; trial < 500; trial++) {
      TokenDistribution own = random(random);
      TokenDistribution draft = trial % 5 == 0 ? own : random(random);
      for (int token = 0; token < VOCABULARY; token++) {
        assertEquals(
            own.probability(token), marginal(token, own, draft), 1e-12, trial + ", " + token);
      }
    }
  }

  /** By hand: p = 1/2, 1/2, 0; q = 1/4, 1/4, 1/2, of which the third is never kept. */
  @Test
  void aGuessIsKeptAsOftenAsTheRuleSays() {
    TokenDistribution own = new TokenDistribution(new int[] {0, 1}, new double[] {7, 7});
    TokenDistribution draft = new TokenDistribution(new int[] {2, 0, 1}, new double[] {2, 1, 1});
    assertEquals(1, own.acceptance(0, draft));
    assertEquals(0, own.acceptance(2, draft));
    TokenDistribution rest = own.afterRejection(draft);
    assertArrayEquals(
        new double[] {0.5, 0.5, 0},
        IntStream.range(0, 3).mapToDouble(rest::probability).toArray(),
        1e-15);
    TokenDistribution likelier = new TokenDistribution(new int[] {0, 1}, new double[] {3, 1});
    assertEquals(0.5, own.acceptance(0, new TokenDistribution(new int[] {0}, new double[] {5})));
    assertEquals(2.0 / 3, own.acceptance(0, likelier), 1e-15);
    assertEquals(1, own.afterRejection(likelier).probability(1));
  }
}
