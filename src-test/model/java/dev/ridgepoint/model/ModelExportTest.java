package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that is written is the same when it is read back, or it is not written. */
class ModelExportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "llama-yarn, model.gguf",
    "qwen2-yarn, model.gguf",
    "llama-dynamic-ntk, folder",
    "llama-yarn, folder",
    "granite, folder",
    "olmo, folder",
    "olmo2, folder",
    "smollm3, folder",
    "stablelm, folder",
    "qwen2-moe, folder",
    "qwen3-moe, folder"
  })
  void isTheSameWhenReadBack(String model, String target) throws IOException {
    Path original = TestResources.path("logits/" + model + "/hf-f32");
    assertSame(original, export(original, target, Optional.of(original)));
  }

  /** The config is written anew, where there is none to copy. */
  @ParameterizedTest
  @CsvSource({"llama-yarn", "qwen2-yarn", "olmo2"})
  void aFolderOfWhatAGgufFileHolds(String model) throws IOException {
    Path original = TestResources.path("logits/" + model + "/model-bf16.gguf");
    assertSame(original, export(original, "folder", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gpt2 | folder | no Hugging Face folder is written of model_type \"gpt2\"",
        "glm4 | folder | no Hugging Face folder is written of model_type \"glm4\"",
        "starcoder2 | folder | no Hugging Face folder is written of model_type \"starcoder2\"",
        "mixtral-moe | folder | no Hugging Face folder is written of model_type \"mixtral\"",
        "gpt-oss | folder | no Hugging Face folder is written of model_type \"gpt_oss\"",
        "mixtral-moe | model.gguf | no GGUF file is written of model_type \"mixtral\"",
        "qwen3-moe | model.gguf | no GGUF file is written of model_type \"qwen3_moe\"",
        "olmo2 | model.gguf | no GGUF file is written of model_type \"olmo2\"",
        "llama-dynamic-ntk | model.gguf | llama.cpp's architecture \"llama\" has no RoPE scaling"
            + " Dynamic[factor=4.0, originalMaxPositionEmbeddings=16]",
      })
  void whatTheFormatCannotHoldIsRefused(String model, String target, String message) {
    Path original = TestResources.path("logits/" + model + "/hf-f32");
    InvalidInputException refusal =
        assertThrows(
            InvalidInputException.class, () -> export(original, target, Optional.of(original)));
    assertEquals(folder.resolve(target) + ": " + message, refusal.getMessage());
  }

  private Path export(Path original, String name, Optional<Path> origin) throws IOException {
    Path target = folder.resolve(name);
    try (Checkpoint checkpoint = Checkpoint.open(original);
        Workers workers = new Workers(1)) {
      DType type = MatrixTypes.stored(checkpoint).all().getFirst();
      new ModelExport(checkpoint.architecture(), new CheckpointWeights(checkpoint), type, origin)
          .write(target, workers, (done, total) -> {});
    }
    return target;
  }

  private static void assertSame(Path original, Path written) {
    try (Checkpoint expected = Checkpoint.open(original);
        Checkpoint actual = Checkpoint.open(written)) {
      assertEquals(expected.architecture(), actual.architecture());
      expected
          .layout()
          .tensors()
          .forEach(
              spec ->
                  assertArrayEquals(
                      values(expected.tensor(spec)), values(actual.tensor(spec)), spec.name()));
    }
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    tensor.read(0, values, 0, values.length);
    return values;
  }
}
