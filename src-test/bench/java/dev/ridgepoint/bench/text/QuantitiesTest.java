package dev.ridgepoint.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({"0.5B, 5e8", "7b, 7e9", "1.5T, 1.5e12", "1e21, 1e21", "989T, 9.89e14", "12 K, 12000"})
  void readsAmounts(String text, double expected) {
    assertEquals(expected, Quantities.amount("--n", text));
  }

  @ParameterizedTest
  @CsvSource({"80GB, 80000000000", "16GiB, 17179869184", "4096, 4096", "0.5 KiB, 512"})
  void readsBytes(String text, long expected) {
    assertEquals(expected, Quantities.bytes("--n", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "0", "1e999", "1,000", "7Q", "NaN", "Infinity", "1e"})
  void refusesOtherAmounts(String text) {
    String message =
        assertThrows(InvalidInputException.class, () -> Quantities.amount("--n", text))
            .getMessage();
    assertTrue(message.startsWith("--n: must be") && message.contains(text), message);
  }

  @Test
  void countsAreWholeAndBelowTheLimit() {
    assertEquals(500_000_000, Quantities.count("--n", "0.5B"));
    assertEquals(Long.MAX_VALUE, Quantities.count("--n", "9223372036854775807"));
    assertThrows(InvalidInputException.class, () -> Quantities.count("--n", "0.5"));
    assertThrows(InvalidInputException.class, () -> Quantities.count("--n", "9223372036854775808"));
  }

  @Test
  void timesHaveTheirUnit() {
    assertEquals(Duration.ofSeconds(90), Quantities.duration("--time", "90s"));
    assertEquals(Duration.ofMinutes(10), Quantities.duration("--time", "10m"));
    assertEquals(Duration.ofMinutes(90), Quantities.duration("--time", "1.5h"));
    for (String wrong : List.of("90", "10 days", "0s", "-1m", "1e30h")) {
      InvalidInputException fault =
          assertThrows(
              InvalidInputException.class, () -> Quantities.duration("--time", wrong), wrong);
      assertTrue(fault.getMessage().startsWith("--time: must be "), fault.getMessage());
    }
  }
}
