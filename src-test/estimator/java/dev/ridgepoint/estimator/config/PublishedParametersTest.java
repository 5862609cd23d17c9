package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Totals that publishers state to the last parameter (a tied head once, BERT with its pooler,
 * DeepSeek-V3 without its module for further tokens), and active ones counted both ways.
 */
class PublishedParametersTest {
  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "published-parameters.csv", numLinesToSkip = 1)
  void equalTheCount(String name, long total, long active, Long activeWithoutInputEmbedding) {
    Architecture architecture = ModelCatalog.get(name);
    assertEquals(total, ParameterCount.of(architecture).total());
    ParameterCount activeCount = ParameterCount.active(architecture);
    if (active != total) {
      assertEquals(active, activeCount.total());
    }
    if (activeWithoutInputEmbedding != null) {
      assertEquals(activeWithoutInputEmbedding, activeCount.withoutInputEmbedding());
    }
  }
}
