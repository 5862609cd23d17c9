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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that is written is the same when it is read back, or it is not written. */
class ModelExportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "glm4, model.gguf",
    "glm4-moe, model.gguf",
    "gpt2, model.gguf",
    "gpt-neox, model.gguf",
    "granite, model.gguf",
    "granitemoe, model.gguf",
    "llama-bias, model.gguf",
    "llama-yarn, model.gguf",
    "mixtral-moe, model.gguf",
    "olmo, model.gguf",
    "olmo2, model.gguf",
    "olmoe, model.gguf",
    "qwen2-moe, model.gguf",
    "qwen2-yarn, model.gguf",
    "qwen3-moe, model.gguf",
    "qwen3-qknorm, model.gguf",
    "smollm3, model.gguf",
    "stablelm, model.gguf",
    "starcoder2, model.gguf",
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

  /** Where files say the same otherwise: norms of Gemma, divisors of rotary frequencies. */
  @ParameterizedTest
  @ValueSource(
      strings = {"gemma2", "gemma3-text", "gpt-oss", "llama31-rope", "llama-gqa", "phi3-longrope"})
  void computesTheSameWhenReadBack(String model) throws IOException {
    Path original = folder.resolve("original");
    copy(TestResources.path("logits/" + model + "/hf-f32"), original);
    // llama.cpp knows Gemma's scores by a head's elements; its YaRN rounds the bounds of the ramp.
    edit(
        original.resolve("config.json"),
        "(\"query_pre_attn_scalar\": )\\d+",
        "$1" + headDim(model));
    edit(original.resolve("config.json"), "(\"truncate\": )false", "$1true");
    Path written = export(original, "model.gguf", Optional.of(original));
    assertSameLogits(original, written);
  }

  private static void assertSameLogits(Path original, Path written) throws IOException {
    int[] tokens = IntStream.range(0, 40).map(i -> (i * 37 + 5) % 200).toArray();
    try (Forward expected = new Forward(original, 1);
        Forward actual = new Forward(written, 1)) {
      float[][] logits = expected.logits(tokens, tokens.length);
      float[][] readBack = actual.logits(tokens, tokens.length);
      for (int row = 0; row < logits.length; row++) {
        assertArrayEquals(logits[row], readBack[row], 1e-4f, "position " + row);
      }
    }
  }

  /** But for the last digits of what a 32-bit number says of the scores. */
  @ParameterizedTest
  @CsvSource({"deepseek-v2, false", "deepseek-v2, true", "deepseek-v3, false", "deepseek-v3, true"})
  void latentsComputeTheSameWhenReadBack(String model, boolean joined) throws IOException {
    Path original = TestResources.path("logits/" + model + "/hf-f32");
    Path written = folder.resolve("model.gguf");
    try (Checkpoint checkpoint = Checkpoint.open(original);
        Workers workers = new Workers(1)) {
      ModelExport export =
          new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              DType.F32,
              Optional.of(original));
      if (joined) {
        export.writeWithJoinedLatents(written, workers, (done, total) -> {});
      } else {
        export.write(written, workers, (done, total) -> {});
      }
    }
    assertSameLogits(original, written);
    assertTensors(original, written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama-yarn | model.gguf | model_type \"llama\" has no latents to join",
        "deepseek-v2 | folder | only a file that ends with .gguf can have joined latents"
      })
  void whatHasNoJoinedLatentsIsRefused(String model, String target, String message) {
    try (Checkpoint checkpoint =
            Checkpoint.open(TestResources.path("logits/" + model + "/hf-f32"));
        Workers workers = new Workers(1)) {
      ModelExport export =
          new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              DType.F32,
              Optional.empty());
      Path file = folder.resolve(target);
      InvalidInputException refusal =
          assertThrows(
              InvalidInputException.class,
              () -> export.writeWithJoinedLatents(file, workers, (done, total) -> {}));
      assertEquals(file + ": " + message, refusal.getMessage());
    }
  }

  private static int headDim(String model) {
    return model.equals("gemma2") ? 16 : 12;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void edit(Path file, String pattern, String replacement) throws IOException {
    Files.writeString(file, Files.readString(file).replaceAll(pattern, replacement));
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
        "gemma2 | model.gguf | llama.cpp's architecture \"gemma2\" has no score scale 0.125",
        "mistral-swa | model.gguf | llama.cpp's architecture \"llama\" has no sliding_window 8 in"
            + " layer 0",
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
    }
    assertTensors(original, written);
  }

  private static void assertTensors(Path original, Path written) {
    try (Checkpoint expected = Checkpoint.open(original);
        Checkpoint actual = Checkpoint.open(written)) {
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
