package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.ParameterCount;
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
 * A larger collection of published totals, where it lies beside the sources: {@code
 * shared/facts/facts.json} in a folder above. Without it these tests are skipped; {@link
 * PublishedParametersTest} holds most of its numbers.
 */
class FactsTest {
  private static final Optional<Path> FACTS =
      Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
          .map(folder -> folder.resolve("shared/facts/facts.json"))
          .filter(Files::exists)
          .findFirst();

  record Fact(JsonNode model) {
    @Override
    public String toString() {
      return model.get("id").stringValue();
    }

    Architecture architecture() {
      return ConfigReader.of(toString(), NormalisedConfig.toHuggingFace(config()));
    }

    ObjectNode config() {
      return (ObjectNode) model.get("config");
    }
  }

  @Test
  void theCollectionIsThere() {
    assumeTrue(FACTS.isPresent(), "shared/facts/facts.json is not beside the sources");
  }

  static List<Fact> exactFacts() {
    if (FACTS.isEmpty()) {
      return List.of();
    }
    JsonNode models = StrictJson.readObject(FACTS.get()).get("models");
    return StreamSupport.stream(models.spliterator(), false)
        .filter(model -> model.get("status").stringValue().startsWith("exact"))
        .map(Fact::new)
        .toList();
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("exactFacts")
  void parametersEqualThePublishedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    long published = fact.model.at("/published/total_params").longValue();
    assertEquals(published, ParameterCount.of(architecture).total());
    JsonNode active = fact.model.at("/formula/active_incl_both_embeddings");
    if (!active.isNull()) {
      assertEquals(active.longValue(), ParameterCount.active(architecture).total());
      assertEquals(
          fact.model.at("/formula/active_excl_input_embedding").longValue(),
          ParameterCount.active(architecture).withoutInputEmbedding());
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("exactFacts")
  void numericsAreThePublishedOnes(Fact fact) {
    Architecture architecture = fact.architecture();
    JsonNode epsilon = fact.config().get("norm_eps");
    if (epsilon != null && !epsilon.isNull()) {
      assertEquals(epsilon.doubleValue(), architecture.numerics().normEpsilon());
    }
    JsonNode theta = fact.config().get("rope_theta");
    if (theta != null && !theta.isNull()) {
      Layer first = architecture.decoder().orElseThrow().layers().getFirst();
      assertEquals(theta.doubleValue(), first.attention().rope().theta());
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("exactFacts")
  void cacheBytesPerTokenEqualTheStatedOnes(Fact fact) {
    JsonNode cache = fact.model.get("kv_cache");
    if (cache == null || cache.isNull()) {
      return;
    }
    Architecture architecture = fact.architecture();
    assertEquals(
        cache.get("bytes_per_token_fp16").longValue(),
        KvCacheFormat.of(Precision.F16).bytesPerToken(architecture));
    if (cache.has("naive_expanded_bytes_per_token_fp16")) {
      assertEquals(
          cache.get("naive_expanded_bytes_per_token_fp16").longValue(),
          new KvCacheFormat(Precision.F16, LatentForm.EXPANDED_CACHE).bytesPerToken(architecture));
    }
  }
}
