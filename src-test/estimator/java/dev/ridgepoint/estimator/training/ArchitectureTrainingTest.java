package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training of what {@code architecture} describes. */
class ArchitectureTrainingTest {

  @ParameterizedTest
  @CsvSource({
    "gpt2, GPT",
    "opt-125m, GPT",
    "bloom-560m, GPT",
    "llama-7b, LLAMA",
    "Qwen3-0.6B, LLAMA"
  })
  void denseDecodersKeepAllTheirParameters(String name, TrainingModel.Block block) {
    Architecture architecture = ModelCatalog.get(name);
    TrainingModel model = TrainingModel.of(name, architecture);
    assertEquals(block, model.block());
    assertEquals(ParameterCount.of(architecture).total(), model.parameters());
  }

  /** The GPT of the Megatron papers is GPT-2's architecture. */
  @Test
  void gpt2IsTheGptOfThePapers() {
    TrainingModel paper = TrainingModel.gpt("gpt2", 12, 768, 12, 50_257, 1024);
    TrainingModel read = TrainingModel.of("gpt2", ModelCatalog.get("gpt2"));
    TrainingBatch batch = new TrainingBatch(1024, 4, 1);
    ParallelLayout layout = new ParallelLayout(2, 2, 2, true, 1);
    for (Optimizer optimizer : Optimizer.values()) {
      MemoryOptions options = MemoryOptions.DEFAULT.with(optimizer);
      assertEquals(
          TrainingMemory.peak(paper, batch, layout, options),
          TrainingMemory.peak(read, batch, layout, options),
          optimizer.label());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "Llama-3.1-8B", "opt-6.7b"})
  void operationsAddUpToTheClosedFormula(String name) {
    Architecture architecture = ModelCatalog.get(name);
    TrainingFlops formula =
        TrainingFlops.perSequence(
            TrainingModel.of(name, architecture), 1000, TrainingFlops.Mask.CAUSAL);
    TrainingStepFlops step = TrainingStepFlops.of(architecture, 3, 1000);
    assertEquals(formula.modelFlops().multiply(BigInteger.valueOf(3)), step.total());
    assertEquals(step.total().doubleValue() / 3000, step.perToken());
    BigInteger terms =
        step.derivation().terms().stream()
            .map(term -> (BigInteger) term.value())
            .reduce(BigInteger.ZERO, BigInteger::add);
    assertEquals(step.total(), terms);
  }

  @ParameterizedTest
  @CsvSource({
    "Mixtral-8x7B, they hold experts",
    "DeepSeek-V3, their attention is latent",
    "bert-base-uncased, they encode",
    "t5-base, they encode",
    "OLMo-2-7B, their norms and feed-forwards are neither Llama's nor GPT's",
  })
  void whatIsNotKnownIsRefused(String name, String reason) {
    Architecture architecture = ModelCatalog.get(name);
    String message =
        assertThrows(UnknownActivationsException.class, () -> TrainingModel.of(name, architecture))
            .getMessage();
    assertTrue(message.endsWith("because " + reason), message);
  }

  @Test
  void expertsAreKeptWhole() {
    Architecture mixtral = ModelCatalog.get("Mixtral-8x7B");
    long parameters = ParameterCount.of(mixtral).total();
    MemoryOptions options = MemoryOptions.DEFAULT;
    assertEquals(16 * parameters, TrainingStates.of(mixtral, options, 8).totalBytes());
    assertEquals(
        (2 + 2) * parameters + (4 + 8) * parameters / 8,
        TrainingStates.of(mixtral, options.with(ZeroStage.OPTIMIZER), 8).totalBytes());
  }
}
