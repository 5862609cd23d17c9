package dev.ridgepoint.engine.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

  @Test
  void everyBfloat16SurvivesTheWayThroughFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Bfloat16.toFloat((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.fromFloat(value))));
      } else {
        assertEquals((short) bits, Bfloat16.fromFloat(value));
      }
    }
  }

  @Test
  void roundsToTheNearestTiesToEven() {
    assertEquals(0x3f80, Bfloat16.fromFloat(Float.intBitsToFloat(0x3f808000)));
    assertEquals(0x3f82, Bfloat16.fromFloat(Float.intBitsToFloat(0x3f818000)));
    assertEquals(0x3f81, Bfloat16.fromFloat(Float.intBitsToFloat(0x3f808001)));
    assertEquals(0x7f80, Bfloat16.fromFloat(Float.MAX_VALUE));
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = random.nextFloat(-100, 100);
      float rounded = Bfloat16.toFloat(Bfloat16.fromFloat(value));
      assertTrue(Math.abs(rounded - value) <= Math.abs(value) / 256, value + " -> " + rounded);
    }
  }
}
