package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models of 2024 to 2026 with their configs as published, where they lie beside the sources: {@code
 * shared/facts/facts_new.json} in a folder above. Without it these tests are skipped.
 */
class CurrentFactsTest {
  private static final int FP16_BYTES = 2;
  private static final Optional<Path> FACTS =
      Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
          .map(folder -> folder.resolve("shared/facts/facts_new.json"))
          .filter(Files::exists)
          .findFirst();

  record Fact(JsonNode model) {
    @Override
    public String toString() {
      return model.get("id").stringValue();
    }

    Architecture architecture() {
      return ConfigReader.of(toString(), (ObjectNode) model.get("config"));
    }

    long number(String path) {
      return model.at(path).asLong(0);
    }

    /** Keys of an indexer are counted beside the cache there. */
    long indexBytesPerToken() {
      return FP16_BYTES * number("/kv_cache/indexer_elements_per_token");
    }
  }

  @Test
  void theCollectionIsThere() {
    assumeTrue(FACTS.isPresent(), "shared/facts/facts_new.json is not beside the sources");
  }

  static List<Fact> facts() {
    if (FACTS.isEmpty()) {
      return List.of();
    }
    JsonNode models = StrictJson.readObject(FACTS.get()).get("models");
    return StreamSupport.stream(models.spliterator(), false).map(Fact::new).toList();
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("facts")
  void parametersEqualThePublishedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    long total = ParameterCount.of(architecture).total();
    assertEquals(fact.number("/formula/total"), total);
    if (!fact.model.at("/published/total_params").isNull()) {
      assertEquals(fact.number("/published/total_params"), total);
    }
    ParameterCount active = ParameterCount.active(architecture);
    assertEquals(fact.number("/formula/active_incl_both_embeddings"), active.total());
    if (!architecture.isTied() && architecture.encoder().isEmpty()) {
      assertEquals(
          fact.number("/formula/active_excl_input_embedding"), active.withoutInputEmbedding());
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("facts")
  void modulesForFurtherTokensEqualTheStatedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    if (architecture.numNextTokenPredictLayers() > 0) {
      assertEquals(
          fact.number("/formula/mtp"), ParameterCount.ofNextTokenPrediction(architecture).total());
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("facts")
  void cachesEqualTheStatedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    KvCacheFormat format = KvCacheFormat.of(Precision.F16);
    long indexBytes = fact.indexBytesPerToken();
    assertEquals(
        fact.number("/kv_cache/bytes_per_token_fp16") + indexBytes,
        format.bytesPerToken(architecture));
    // The collection leaves out the window of 2,047 positions that this config has.
    assumeFalse(fact.toString().equals("phi-mini-moe"), "its window is left out there");
    JsonNode atContext = fact.model.at("/kv_cache/bytes_fp16_at_context");
    for (String positions : atContext.propertyNames()) {
      long context = Long.parseLong(positions);
      assertEquals(
          atContext.get(positions).longValue() + context * indexBytes,
          format.sequenceBytes(architecture, context) - format.stateBytesPerSequence(architecture),
          positions);
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("facts")
  void statesEqualTheStatedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    List<RecurrentMixer> mixers =
        architecture.decoder().stream()
            .flatMap(stack -> stack.layers().stream())
            .flatMap(layer -> layer.recurrences().stream())
            .toList();
    assertEquals(
        fact.number("/kv_cache/state_elements_per_sequence/recurrent"),
        mixers.stream().mapToLong(RecurrentMixer::recurrentStateElements).sum());
    assertEquals(
        fact.number("/kv_cache/state_bytes_per_sequence_f32"),
        KvCacheFormat.of(Precision.F16).stateBytesPerSequence(architecture));
  }
}
