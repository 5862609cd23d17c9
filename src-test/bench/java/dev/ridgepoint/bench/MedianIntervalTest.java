package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class MedianIntervalTest {

  @Test
  void oneSampleHasNoError() {
    assertEquals(new MedianInterval(3, OptionalDouble.empty()), MedianInterval.of(3));
  }

  @Test
  void fewSamplesGiveHalfTheirRange() {
    assertEquals(new MedianInterval(2, OptionalDouble.of(1.5)), MedianInterval.of(4, 2, 1));
  }

  @Test
  void manySamplesForgetTheOutermost() {
    // Fewer than two of eight lie on one side with 2 (1 + 8) / 2^8: 93 %.
    assertEquals(
        new MedianInterval(4.5, OptionalDouble.of(2.5)),
        MedianInterval.of(99, 2, 3, 4, 5, 6, 7, 1));
  }

  @Test
  void needsASample() {
    assertThrows(IllegalArgumentException.class, MedianInterval::of);
  }
}
