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
  @CsvSource({
    "'24,576', B, 24576",
    "12.3 GB, B, 1.23e10",
    "24.6kB, B, 24600",
    "1 GiB, B, 1073741824",
    "512 bytes, B, 512",
    "0, B, 0",
    "3.4e9, FLOP, 3.4e9",
    "209 MFLOPs, FLOP, 2.09e8",
    "46.6G, FLOP, 4.66e10",
    "8.94 ms, s, 8.94e-3",
    "298 µs, s, 2.98e-4",
    "298us, s, 2.98e-4",
    "165 TFLOP/s, FLOP/s, 1.65e14",
    "1.03 FLOP/B, FLOP/B, 1.03",
    "'3,361 tokens/s', tokens/s, 3361",
    "1.00 token/s, tokens/s, 1",
    "298 sequences, sequences, 298",
    "1 sequence, sequences, 1",
    "2.78B, parameters, 2.78e9",
    "85 %, '', 0.85",
    "0.85, '', 0.85",
    "1.51, '', 1.51"
  })
  void readsAnswersInAUnit(String text, String unit, double expected) {
    assertEquals(
        expected, Quantities.inUnit("--answer", text, unit), 1e-12 * Math.max(1, expected));
  }

  @ParameterizedTest
  @CsvSource({
    "'', B",
    "x, B",
    "-1, B",
    "'1,5', B",
    "'1234,567', B",
    "12 s, B",
    "12 B/s, s",
    "85 %, B",
    "NaN, FLOP",
    "1e, FLOP"
  })
  void refusesAnswersInNoSuchUnit(String text, String unit) {
    String message =
        assertThrows(InvalidInputException.class, () -> Quantities.inUnit("--answer", text, unit))
            .getMessage();
    assertTrue(message.startsWith("--answer: must be a number in " + unit), message);
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
