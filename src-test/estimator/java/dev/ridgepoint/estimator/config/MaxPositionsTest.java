package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxPositionsTest {
  @ParameterizedTest
  @CsvSource({
    "gpt2, 1024",
    "opt-125m, 2048",
    "bert-base-uncased, 512",
    "roberta-base, 512",
    "Mixtral-8x7B, 32768",
    "DeepSeek-V3, 163840",
    "tiny, 512",
  })
  void isTheConfigs(String name, int positions) {
    assertEquals(positions, ModelCatalog.get(name).maxPositions());
  }

  /** Biases for distances reach any distance. */
  @ParameterizedTest
  @ValueSource(strings = {"t5-base", "bloom-560m", "mpt-7b"})
  void isNoneWherePositionsAreBiases(String name) {
    assertEquals(Architecture.UNLIMITED_POSITIONS, ModelCatalog.get(name).maxPositions());
  }
}
