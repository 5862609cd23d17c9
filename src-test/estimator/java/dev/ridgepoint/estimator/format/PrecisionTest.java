package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecisionTest {

  @ParameterizedTest
  @CsvSource({
    "F32, 3, 12",
    "F16, 3, 6",
    "BF16, 3, 6",
    "Q8_0, 32, 34",
    "Q8_0, 33, 68",
    "Q4_0, 4096, 2304",
    "q4_0, 1, 18",
    "Q8_0, 0, 0",
    "INT4-G64, 64, 34",
    "INT4-G64Z, 64, 35",
    "INT4-G64Z, 128, 69",
    "INT4-G64Z, 192, 104",
  })
  void countsTheBytesOfARow(String name, long elements, long bytes) {
    assertEquals(bytes, Precision.named("--dtype", name).rowBytes(elements));
  }

  @Test
  void rowsDoNotShareBlocks() {
    assertEquals(3 * 2 * 34, Precision.Q8_0.matrixBytes(3, 40));
  }

  /** Zero points are packed along the outputs: 64 x 4 + 16 + 4 bits for each row. */
  @Test
  void rowsOfOneGroupShareTheBytesOfTheirZeroPoints() {
    Precision grouped = Precision.grouped(4, 64, true);
    assertEquals(8 * 276 / 8, grouped.matrixBytes(8, 64));
    assertEquals(8 * 3 * 276 / 8, grouped.matrixBytes(8, 192));
    assertEquals(7 * 276 / 8 + 1, grouped.matrixBytes(7, 33));
  }

  @Test
  void bytesBeyondALongAreAnError() {
    assertThrows(ArithmeticException.class, () -> Precision.F32.rowBytes(Long.MAX_VALUE / 2));
    assertThrows(ArithmeticException.class, () -> Precision.Q8_0.matrixBytes(1L << 40, 1L << 40));
  }

  @Test
  void anUnknownNameListsTheKnown() {
    String message =
        assertThrows(InvalidInputException.class, () -> Precision.named("--dtype", "f23"))
            .getMessage();
    assertTrue(message.startsWith("--dtype: ") && message.contains("\"f23\""), message);
    assertTrue(message.contains("BF16"), message);
  }
}
