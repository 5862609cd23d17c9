package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticTypesTest {
  private static final Path RESOURCES = Path.of("..", "src-test", "model", "resources");
  private static final String MIX = RESOURCES.resolve("quant/model-q4_k_s.gguf").toString();

  @TempDir private Path folder;

  @Test
  void aModelWithWeightsHasItsOwnTypesAndAllElseBf16() throws IOException {
    assertEquals("stored", SyntheticTypes.usual(MIX));
    Path model = RESOURCES.resolve("logits/llama-gqa/hf-f16");
    assertEquals("stored", SyntheticTypes.usual(model.toString()));
    Files.copy(model.resolve("config.json"), folder.resolve("config.json"));
    assertEquals("bf16", SyntheticTypes.usual(folder.toString()));
    assertEquals("bf16", SyntheticTypes.usual(folder.resolve("config.json").toString()));
    assertEquals("bf16", SyntheticTypes.usual("tiny"));
  }

  @Test
  void theTypesOfAFileAreThoseOfItsMatrices() {
    Architecture architecture = ModelSource.runnable(MIX);
    assertEquals(
        "Q4_K+Q6_K+Q5_K", SyntheticTypes.of("--dtype", "stored", MIX, architecture).name());
    assertEquals("Q8_0", SyntheticTypes.of("--dtype", "q8_0", MIX, architecture).name());
  }

  @Test
  void whatIsStoredNowhereHasNoTypesOfItsOwn() {
    Architecture tiny = ModelSource.runnable("tiny");
    assertEquals(
        "--dtype: tiny is known by its sizes, and stored nowhere",
        assertThrows(
                InvalidInputException.class,
                () -> SyntheticTypes.of("--dtype", "stored", "tiny", tiny))
            .getMessage());
  }
}
