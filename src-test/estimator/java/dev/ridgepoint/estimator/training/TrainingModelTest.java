package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingModelTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny",
        "lesson-0.5B",
        "SmolLM2-135M",
        "SmolLM2-360M",
        "SmolLM2-1.7B",
        "TinyLlama-1.1B",
        "Llama-2-7B",
        "Llama-3.1-8B",
        "Llama-3.2-1B",
        "Llama-3.2-3B",
        "Mistral-7B-v0.1",
        "Qwen2.5-0.5B",
        "Qwen2.5-1.5B",
        "Qwen2.5-3B",
        "Qwen2.5-7B",
        "Qwen3-0.6B",
        "Qwen3-1.7B",
        "Qwen3-8B",
        "gpt2"
      })
  void itsTensorsAreTheModelsParameters(String name) {
    Architecture architecture = ModelCatalog.get(name);
    assertEquals(
        ParameterCount.of(architecture).total(), TrainingModel.of(name, architecture).parameters());
  }

  /** The published totals of GPT-2. */
  @ParameterizedTest
  @CsvSource({
    "12, 768, 12, 124439808", "24, 1024, 16, 354823168",
    "36, 1280, 20, 774030080", "48, 1600, 25, 1557611200"
  })
  void theGptBlockGivesGpt2(int layers, int hidden, int heads, long parameters) {
    TrainingModel model = TrainingModel.gpt("gpt2", layers, hidden, heads, 50257, 1024);
    assertEquals(parameters, model.parameters());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4", "8", "16"})
  void shardsOfMatricesAddUpExceptCopiesOfKeyValueHeads(int ranks) {
    TrainingModel model = TrainingModels.LLAMA_2_70B;
    for (ParameterTensor tensor : model.layerTensors()) {
      long copies =
          switch (tensor.split()) {
            case NONE -> ranks;
            case ROWS, COLUMNS -> Math.max(1, ranks / tensor.units());
          };
      assertEquals(
          copies * tensor.elements(), ranks * tensor.shard(ranks).elements(), tensor.name());
    }
  }

  @Test
  void refusesWhatNoModelCanBe() {
    assertEquals(
        "m: hiddenSize must be a multiple of numAttentionHeads, which is 7, but is 768",
        assertThrows(InvalidInputException.class, () -> TrainingModel.gpt("m", 12, 768, 7, 100, 10))
            .getMessage());
    assertEquals(
        "m: numHiddenLayers must be positive, but is 0",
        assertThrows(
                InvalidInputException.class,
                () ->
                    new TrainingModel(
                        "m",
                        TrainingModel.Block.GPT,
                        0,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        true,
                        false,
                        List.of(),
                        List.of(),
                        List.of()))
            .getMessage());
  }
}
