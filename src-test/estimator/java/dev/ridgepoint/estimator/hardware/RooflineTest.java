package dev.ridgepoint.estimator.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.operation.Cost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RooflineTest {
  private static final Roofline ROOF = new Roofline(200e9, 25e9);

  @Test
  void meetsAtTheRidgePoint() {
    assertEquals(8, ROOF.ridgePoint());
    assertEquals(200e9, ROOF.attainableFlopsPerSecond(8));
    assertEquals(25e9, ROOF.attainableFlopsPerSecond(1));
    assertEquals(200e9, ROOF.attainableFlopsPerSecond(1000));
  }

  @Test
  void saysWhichRoofBinds() {
    assertEquals(Roofline.Bound.MEMORY, ROOF.boundBy(799, 100));
    assertEquals(Roofline.Bound.COMPUTE, ROOF.boundBy(800, 100));
    assertEquals(Roofline.Bound.COMPUTE, ROOF.boundBy(1, 0));
    assertEquals(Roofline.Bound.MEMORY, ROOF.boundBy(0, 1));
  }

  @Test
  void comparesWithoutRounding() {
    // 2^62 + 1 FLOPs over 2^62 bytes: above a ridge of 1 by less than a double can tell.
    long large = 1L << 62;
    Roofline roofline = new Roofline(large, large);
    Cost below = new Cost(large - 1, 0, large, 0, 0, 0);
    assertEquals(Roofline.Bound.COMPUTE, roofline.boundBy(large, large));
    assertEquals(Roofline.Bound.COMPUTE, roofline.boundBy(large + 1, large));
    assertEquals(Roofline.Bound.MEMORY, roofline.boundBy(below));
    assertEquals(1, roofline.boundSeconds(below));
  }

  @Test
  void theBoundIsTheLongerOfTheTwoTimes() {
    assertEquals(1, ROOF.boundSeconds(10_000_000_000L, 25_000_000_000L));
    assertEquals(2, ROOF.boundSeconds(400_000_000_000L, 25_000_000_000L));
    assertEquals(0.5, ROOF.fractionOfRoof(400_000_000_000L, 25_000_000_000L, 4));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesRoofsThatAreNone(double roof) {
    assertThrows(IllegalArgumentException.class, () -> new Roofline(roof, 1));
    assertThrows(IllegalArgumentException.class, () -> new Roofline(1, roof));
  }
}
