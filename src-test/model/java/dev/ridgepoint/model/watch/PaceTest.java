package dev.ridgepoint.model.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final int WORK = 1000;
  private static final long OTHERS = 9000;

  /** Samples until windows in a row were slow. */
  private static final int VERDICT = Pace.LASTING * Pace.WINDOW;

  private final Pace pace = new Pace();

  @Test
  void whatBecomesSlowAndStaysSoIsToldWhenItLasts() {
    assertEquals(1, samples(VERDICT, WORK, 1000, OTHERS));
    assertEquals(1, samples(VERDICT - 1, WORK, 4000, OTHERS));
    assertEquals(4, samples(1, WORK, 4000, OTHERS));
  }

  @Test
  void aSlowWhileIsForgiven() {
    samples(VERDICT, WORK, 1000, OTHERS);
    for (int i = 0; i < 10; i++) {
      assertEquals(1, samples(VERDICT - Pace.WINDOW, WORK, 9000, OTHERS));
      assertEquals(1, samples(Pace.WINDOW, WORK, 1000, OTHERS));
    }
  }

  @Test
  void aMachineThatIsSlowForAllOperationsIsNoCliff() {
    samples(VERDICT, WORK, 1000, OTHERS);
    assertEquals(1, samples(10 * VERDICT, WORK, 10_000, 10 * OTHERS));
  }

  @Test
  void norIsOneWhereOnlyTheOthersBecameFaster() {
    samples(VERDICT, WORK, 1000, OTHERS);
    assertEquals(1, samples(10 * VERDICT, WORK, 1000, OTHERS / 10));
  }

  @Test
  void fewSlowSamplesAmongManyDoNotMoveTheMedian() {
    samples(VERDICT, WORK, 1000, OTHERS);
    for (int i = 0; i < 20 * Pace.WINDOW; i++) {
      boolean slow = i % Pace.WINDOW < Pace.WINDOW / 2;
      assertEquals(1, pace.slowdown(WORK, slow ? 100_000 : 1000, OTHERS));
    }
  }

  @Test
  void noiseOfAFactorOfTwoIsNoCliff() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long own = 1000L + random.nextInt(1000);
      assertEquals(1, pace.slowdown(WORK, own, OTHERS + random.nextInt((int) OTHERS)));
    }
  }

  @Test
  void whatIsCompiledMeanwhileOnlyBecomesFaster() {
    assertEquals(1, samples(VERDICT, WORK, 100_000, OTHERS));
    assertEquals(1, samples(VERDICT, WORK, 1000, OTHERS));
  }

  @Test
  void moreWorkTakesLongerWithoutBeingSlower() {
    samples(VERDICT, WORK, 1000, OTHERS);
    assertEquals(1, samples(10 * VERDICT, 100 * WORK, 100_000, OTHERS));
  }

  @Test
  void stepsOfOtherWorkBetweenDoNotExcuseIt() {
    samples(VERDICT, WORK, 1000, OTHERS);
    double last = 1;
    for (int i = 0; i < VERDICT; i++) {
      samples(Pace.WINDOW - 1, 100 * WORK, 100_000, OTHERS);
      last = samples(1, WORK, 5000, OTHERS);
    }
    assertEquals(5, last);
  }

  /** As many equal samples; what the last one gave. */
  private double samples(int count, long work, long nanos, long othersNanos) {
    double last = 1;
    for (int i = 0; i < count; i++) {
      last = pace.slowdown(work, nanos, othersNanos);
    }
    return last;
  }
}
