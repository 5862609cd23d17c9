package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelConfigTest {
  private static final RopeScaling NO_SCALING = new RopeScaling.None();

  private static ModelConfig config(
      int vocab, int hidden, int intermediate, int layers, int heads, int headDim) {
    return new ModelConfig(
        "llama",
        vocab,
        hidden,
        intermediate,
        layers,
        heads,
        heads,
        headDim,
        16,
        1e-5,
        1e4,
        NO_SCALING,
        false,
        true,
        true,
        true,
        true,
        0,
        0);
  }

  private static ModelConfig sliding(RopeScaling scaling, int window, int firstLayer) {
    return new ModelConfig(
        "llama",
        8,
        8,
        8,
        2,
        2,
        1,
        4,
        16,
        1e-5,
        1e4,
        scaling,
        false,
        false,
        false,
        false,
        false,
        window,
        firstLayer);
  }

  @Test
  void theLargestModelThatIsAcceptedCanBeCounted() {
    ModelConfig largest = config(1 << 26, 1 << 20, 1 << 22, 10_000, 1, 1 << 20);
    assertTrue(ParameterCount.of(largest).total() > 0);
    assertTrue(MemoryEstimate.weightBytes(largest, Precision.F32) > 0);
    assertThrows(
        IllegalArgumentException.class, () -> config(1, 1 << 20, 1 << 22, 10_001, 1, 1 << 20));
    assertThrows(IllegalArgumentException.class, () -> config(1, 1, 1, 1, 2, 1 << 20));
  }

  @Test
  void layersFromTheFirstSlidingOneOnHaveTheWindow() {
    ModelConfig config = sliding(NO_SCALING, 5, 1);
    assertEquals(Integer.MAX_VALUE, config.attentionWindow(0));
    assertEquals(5, config.attentionWindow(1));
    assertEquals(Integer.MAX_VALUE, sliding(NO_SCALING, 0, 0).attentionWindow(1));
  }

  static Stream<Arguments> configs() {
    Stream<Arguments> golden =
        Stream.of(
                "llama-bias",
                "llama-gqa",
                "llama-linear-rope",
                "llama-sharded",
                "llama-tied-headdim",
                "llama31-rope",
                "mistral-swa",
                "qwen2-bias",
                "qwen3-qknorm")
            .map(name -> Configs.golden("logits").resolve(name).resolve("hf-f32"))
            .map(
                folder ->
                    Arguments.of(
                        folder.toString(),
                        HuggingFaceConfig.read(folder),
                        ConfigReader.read(folder)));
    Stream<Arguments> known =
        Presets.names().stream()
            .map(name -> Arguments.of(name, Presets.get(name), ModelCatalog.get(name)));
    Stream<Arguments> small =
        Stream.of("llama", "mistral", "qwen2", "qwen3")
            .map(family -> Configs.json(family, "'rope_theta': 7"))
            .map(
                json ->
                    Arguments.of(
                        json, HuggingFaceConfig.parse("a", json), ConfigReader.parse("a", json)));
    return Stream.of(golden, known, small).flatMap(stream -> stream);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("configs")
  void isTheArchitectureThatIsReadFromTheSameConfig(
      String name, ModelConfig config, Architecture architecture) {
    assertEquals(config.architecture(), architecture, name);
  }

  @Test
  void refusalsNameFieldAndValue() {
    assertRefused("sliding_window must not be negative, but is -1", NO_SCALING, -1, 0);
    assertRefused("max_window_layers must lie in 0..2, but is 3", NO_SCALING, 1, 3);
    assertRefused("rope_scaling must be given, but is null", null, 0, 0);
  }

  private static void assertRefused(
      String message, RopeScaling scaling, int window, int firstLayer) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> sliding(scaling, window, firstLayer))
            .getMessage());
  }
}
