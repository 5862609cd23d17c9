package dev.ridgepoint.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TechniqueTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2    | 2.2  | 0.1  | 2.00× was predicted, 2.20× measured: it gains, as predicted.",
        "2    | 3    | 0.1  | 2.00× was predicted, 3.00× measured: it gains more than predicted.",
        "2    | 1.5  | 0.1  | 2.00× was predicted, 1.50× measured: it gains less than predicted.",
        "1.9  | 1.5  | 0.49 | 1.90× was predicted, 1.50× measured: it gains, as predicted.",
        "0.6  | 0.6  |      | 0.600× was predicted, 0.600× measured in a single turn: it loses, as"
            + " predicted.",
        "0.6  | 0.3  |      | 0.600× was predicted, 0.300× measured in a single turn: it loses more"
            + " than predicted.",
        "0.6  | 0.8  |      | 0.600× was predicted, 0.800× measured in a single turn: it loses less"
            + " than predicted.",
        "1.1  | 0.9  | 0.02 | 1.10× was predicted, 0.900× measured: it loses, unlike the"
            + " prediction.",
        "0.9  | 1.1  |      | 0.900× was predicted, 1.10× measured in a single turn: it gains,"
            + " unlike the prediction.",
        "1.2  | 0.98 | 0.03 | 1.20× was predicted, 0.980× measured: it makes no difference beyond"
            + " the noise.",
        "2    | 3    | 2.5  | 2.00× was predicted, 3.00× measured: the machine was too busy to say"
            + " whether it gains."
      })
  void saysWhetherThePredictionSaidSo(
      double predicted, double measured, Double error, String verdict) {
    Technique any = SampleReports.techniques().getFirst();
    Technique technique =
        new Technique(
            any.name(),
            any.compared(),
            predicted,
            measured,
            error == null ? OptionalDouble.empty() : OptionalDouble.of(error),
            any.turns(),
            any.usual(),
            any.technique(),
            any.explanation(),
            any.formula(),
            any.source());
    assertEquals(verdict, technique.verdict());
  }
}
