package dev.ridgepoint.model.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final int WORK = 1000;

  /** A millisecond. */
  private static final long MILLI = 1_000_000;

  private static final long OTHERS = 9 * MILLI;

  /** Samples until windows in a row were slow. */
  private static final int VERDICT = Pace.LASTING * Pace.WINDOW;

  private final Pace pace = new Pace();

  @Test
  void whatBecomesSlowAndStaysSoIsToldWhenItLasts() {
    assertEquals(1, samples(VERDICT, WORK, MILLI, OTHERS));
    assertEquals(1, samples(VERDICT - 1, WORK, 4 * MILLI, OTHERS));
    assertEquals(4, samples(1, WORK, 4 * MILLI, OTHERS));
  }

  @Test
  void aSlowWhileIsForgiven() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    for (int i = 0; i < 10; i++) {
      assertEquals(1, samples(VERDICT - Pace.WINDOW, WORK, 9 * MILLI, OTHERS));
      assertEquals(1, samples(Pace.WINDOW, WORK, MILLI, OTHERS));
    }
  }

  @Test
  void aMachineThatIsSlowForAllOperationsIsNoCliff() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    assertEquals(1, samples(10 * VERDICT, WORK, 10 * MILLI, 10 * OTHERS));
  }

  @Test
  void norIsOneWhereOnlyTheOthersBecameFaster() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    assertEquals(1, samples(10 * VERDICT, WORK, MILLI, OTHERS / 10));
  }

  @Test
  void fewSlowSamplesAmongManyDoNotMoveTheMedian() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    for (int i = 0; i < 20 * Pace.WINDOW; i++) {
      boolean slow = i % Pace.WINDOW < Pace.WINDOW / 2;
      assertEquals(1, pace.slowdown(WORK, slow ? 100 * MILLI : MILLI, OTHERS));
    }
  }

  @Test
  void noiseOfAFactorOfTwoIsNoCliff() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long own = MILLI + random.nextInt((int) MILLI);
      assertEquals(1, pace.slowdown(WORK, own, OTHERS + random.nextInt((int) OTHERS)));
    }
  }

  @Test
  void whatIsCompiledMeanwhileOnlyBecomesFaster() {
    assertEquals(1, samples(VERDICT, WORK, 100 * MILLI, OTHERS));
    assertEquals(1, samples(VERDICT, WORK, MILLI, OTHERS));
  }

  @Test
  void moreWorkTakesLongerWithoutBeingSlower() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    assertEquals(1, samples(10 * VERDICT, 100 * WORK, 100 * MILLI, OTHERS));
  }

  @Test
  void whatTakesLittleIsNotJudged() {
    samples(VERDICT, WORK, MILLI / 10, OTHERS / 10);
    assertEquals(1, samples(10 * VERDICT, WORK, MILLI - 1, OTHERS / 10), "of a short step");
    samples(VERDICT, WORK, MILLI, 1000 * OTHERS);
    assertEquals(1, samples(10 * VERDICT, WORK, 100 * MILLI, 1000 * OTHERS), "of a long step");
  }

  @Test
  void stepsOfOtherWorkBetweenDoNotExcuseIt() {
    samples(VERDICT, WORK, MILLI, OTHERS);
    double last = 1;
    for (int i = 0; i < VERDICT; i++) {
      samples(Pace.WINDOW - 1, 100 * WORK, 100 * MILLI, OTHERS);
      last = samples(1, WORK, 5 * MILLI, OTHERS);
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
