package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.args.CacheType;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.serving.Drafter;
import dev.ridgepoint.model.serving.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What llama.cpp generates from a GGUF file of each family is what Ridgepoint generates. */
class FamiliesInLlamaCppTest {
  private static final Path MODELS = Path.of("../../src-test/model/resources/logits");
  private static final int PROMPT = 12;
  private static final int GENERATED = 8;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemma2",
        "gemma3-text",
        "glm4",
        "glm4-moe",
        "gpt2",
        "gpt-neox",
        "gpt-oss",
        "granite",
        "granitemoe",
        "llama-bias",
        "llama-gqa",
        "llama-linear-rope",
        "llama-yarn",
        "llama31-rope",
        "mixtral-moe",
        "olmo",
        "olmo2",
        "olmoe",
        "phi3-longrope",
        "qwen2-bias",
        "qwen2-moe",
        "qwen3-moe",
        "qwen3-qknorm",
        "smollm3",
        "stablelm",
        "starcoder2"
      })
  void generatesTheSame(String model) throws IOException {
    Path original = original(model);
    Path written = folder.resolve("model.gguf");
    int[] prompt;
    int[] expected;
    try (Workers workers = new Workers(1)) {
      try (Checkpoint checkpoint = Checkpoint.open(original)) {
        int vocabSize = checkpoint.architecture().embedding().vocabSize();
        prompt = IntStream.range(0, PROMPT).map(i -> (i * 37 + 11) % (vocabSize - 8)).toArray();
        new ModelExport(
                checkpoint.architecture(),
                new CheckpointWeights(checkpoint),
                DType.F32,
                Optional.of(numbersAsTokens(vocabSize)))
            .write(written, workers, (done, total) -> {});
        expected = greedy(checkpoint, prompt, workers);
      }
    }
    assertEquals(text(expected), inLlamaCpp(written, text(prompt)));
  }

  /** Gemma's scores as llama.cpp knows them, by a head's elements, and its YaRN's rounded ramp. */
  private Path original(String model) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("original"));
    try (Stream<Path> files = Files.list(MODELS.resolve(model).resolve("hf-f32"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Path config = copy.resolve("config.json");
    String headDim = model.equals("gemma2") ? "16" : "12";
    Files.writeString(
        config,
        Files.readString(config)
            .replaceAll("(\"query_pre_attn_scalar\": )\\d+", "$1" + headDim)
            .replaceAll("(\"truncate\": )false", "$1true"));
    return copy;
  }

  private static int[] greedy(Checkpoint checkpoint, int[] prompt, Workers workers) {
    try (LoadedModel model =
            LoadedModel.load(checkpoint, MatrixTypes.all(DType.F32), workers, (done, total) -> {});
        Program program = model.program(DType.F32, workers, Meter.NONE);
        Session session = new Session(program, PROMPT + GENERATED, PROMPT)) {
      return session
          .generate(prompt, GENERATED, Sampler.greedy(), Drafter.NONE, token -> true)
          .tokens();
    }
  }

  private static String inLlamaCpp(Path file, String prompt) {
    try (LlamaModel llama =
        LlamaCpp.load(
            LlamaCpp.parameters(file, 1)
                .setCtxSize(64)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .disableLog())) {
      return llama.complete(
          new InferenceParameters(prompt).setNPredict(GENERATED).setTopK(1).setIgnoreEos(true));
    } catch (RuntimeException e) { // the binding's own is not public
      return abort("this build of llama.cpp does not load it: " + e.getMessage());
    }
  }

  private static String text(int[] tokens) {
    return Arrays.stream(tokens)
        .mapToObj(FamiliesInLlamaCppTest::piece)
        .collect(Collectors.joining());
  }

  private static String piece(int token) {
    return "[" + token + "]";
  }

  /** A file of metadata alone, whose tokens are their numbers and are found in any text. */
  private Path numbersAsTokens(int vocabSize) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(out, 3);
    int64(out, 0);
    int64(out, 6);
    string(out, "tokenizer.ggml.model");
    int32(out, 8);
    string(out, "llama");
    array(out, "tokenizer.ggml.tokens", 8, vocabSize);
    IntStream.range(0, vocabSize).forEach(token -> string(out, piece(token)));
    array(out, "tokenizer.ggml.scores", 6, vocabSize);
    IntStream.range(0, vocabSize).forEach(token -> int32(out, 0));
    array(out, "tokenizer.ggml.token_type", 5, vocabSize);
    IntStream.range(0, vocabSize).forEach(token -> int32(out, 4)); // defined by the user
    for (String flag : List.of("add_bos_token", "add_space_prefix")) {
      string(out, "tokenizer.ggml." + flag);
      int32(out, 7);
      out.write(0);
    }
    return Files.write(folder.resolve("tokens.gguf"), out.toByteArray());
  }

  private static void array(ByteArrayOutputStream out, String key, int type, int count) {
    string(out, key);
    int32(out, 9);
    int32(out, type);
    int64(out, count);
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(out, utf8.length);
    out.writeBytes(utf8);
  }

  private static void int32(ByteArrayOutputStream out, int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static void int64(ByteArrayOutputStream out, long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
