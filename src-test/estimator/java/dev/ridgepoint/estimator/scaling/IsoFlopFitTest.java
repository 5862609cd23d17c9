package dev.ridgepoint.estimator.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.scaling.IsoFlopFit.Run;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoFlopFitTest {
  private static final double[] LOG_SIZES = {5, 1, 2, 7};

  /** Runs that cost 6 ND = 6 e^10, in no order. */
  private static List<Run> runs(double[] logSizes, DoubleUnaryOperator loss) {
    return Arrays.stream(logSizes)
        .mapToObj(x -> new Run(Math.exp(x), Math.exp(10 - x), loss.applyAsDouble(x)))
        .toList();
  }

  @Test
  void findsAParabolaAgain() {
    IsoFlopFit fit = IsoFlopFit.of(runs(LOG_SIZES, x -> 2 + 0.5 * (x - 3) * (x - 3)));
    assertEquals(0.5, fit.curvature(), 1e-12);
    assertEquals(3, fit.center(), 1e-12);
    assertEquals(2, fit.floor(), 1e-12);
    IsoFlopFit.Optimum optimum = fit.optimum().orElseThrow();
    assertEquals(Math.exp(3), optimum.parameters(), 1e-9);
    assertEquals(Math.exp(7), optimum.tokens(), 1e-6);
    assertEquals(Math.exp(4), optimum.tokensPerParameter(), 1e-9);
    assertEquals(2, optimum.loss(), 1e-12);
    assertEquals(2.5, fit.loss(Math.exp(4)), 1e-12);
    // A hundredth of 2 is lost where 0.5 x^2 is 0.02.
    assertEquals(Math.exp(0.2), fit.factorWithin(0.01), 1e-12);
  }

  /** By hand: of five sums, 14 curvature = 26 - 10 x 9/5 and 5 floor = 9 - 10 curvature. */
  @Test
  void isNearestToLossesThatLieOnNone() {
    double[] losses = {3, 1, 1, 1, 3};
    IsoFlopFit fit =
        IsoFlopFit.of(runs(new double[] {-2, -1, 0, 1, 2}, x -> losses[(int) Math.round(x) + 2]));
    assertEquals(4.0 / 7, fit.curvature(), 1e-12);
    assertEquals(0, fit.center(), 1e-12);
    assertEquals(23.0 / 35, fit.floor(), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 7.1})
  void hasNoOptimumBesideTheSizes(double center) {
    assertTrue(
        IsoFlopFit.of(runs(LOG_SIZES, x -> (x - center) * (x - center))).optimum().isEmpty());
  }

  @Test
  void hasNoOptimumWhereTheLossIsHighestInTheMiddleOrFalls() {
    assertTrue(IsoFlopFit.of(runs(LOG_SIZES, x -> -(x - 3) * (x - 3))).optimum().isEmpty());
    assertTrue(IsoFlopFit.of(runs(LOG_SIZES, x -> 9 - x)).optimum().isEmpty());
  }

  @Test
  void refusesFewerThanThreeSizes() {
    assertThrows(
        InvalidInputException.class, () -> IsoFlopFit.of(runs(new double[] {1, 2, 2}, x -> x)));
  }
}
