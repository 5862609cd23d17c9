package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What llama.cpp generates from a GGUF file of each family is what Ridgepoint generates. */
class FamiliesInLlamaCppTest {
  private static final Path MODELS = Path.of("../../src-test/model/resources/logits");
  private static final int PROMPT = 12;
  private static final int GENERATED = 8;

  /** The fewest that llama.cpp builds a graph of Gemma 2 with: at others than its own it aborts. */
  private static final int GEMMA2_LAYERS = 26;

  /** What llama.cpp logs where it does not know an architecture, or not all of its tensors. */
  private static final Pattern NOT_LOADED = Pattern.compile("error loading model: (.*)");

  /** None takes longer, on however busy a machine. */
  private static final long HANGS_SECONDS = 120;

  /** Synthetic weights are drawn from it. */
  private static final long SEED = 8;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
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
  void generatesTheSame(String model) throws Exception {
    Path written = folder.resolve("model.gguf");
    try (Checkpoint checkpoint = Checkpoint.open(original(model))) {
      write(checkpoint.architecture(), new CheckpointWeights(checkpoint), written);
    }
    assertSame(written);
  }

  /** Its sizes are small, but for the layers. */
  @Test
  void generatesTheSameOfAsManyLayersAsGemma2Has() throws Exception {
    Path original = original("gemma2");
    Path config = original.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceAll("(\"num_hidden_layers\": )\\d+", "$1" + GEMMA2_LAYERS));
    Path written = folder.resolve("model.gguf");
    write(ConfigReader.read(config), new SyntheticWeights(SEED), written);
    assertSame(written);
  }

  /**
   * Queries are projected directly in models of as many layers as DeepSeek-V2-Lite has, by which
   * llama.cpp knows them. It knows groups of experts only where it takes latents that are not
   * joined.
   */
  @ParameterizedTest
  @CsvSource({
    "deepseek-v2, 27, null, 1, true",
    "deepseek-v2, 27, null, 1, false",
    "deepseek-v2, 3, 20, 1, true",
    "deepseek-v2, 3, 20, 1, false",
    "deepseek-v3, 3, 20, 1, true",
    "deepseek-v3, 3, 20, 1, false",
    "deepseek-v3, 3, 20, 4, false"
  })
  void generatesTheSameOfLatents(
      String model, int layers, String queryLoraRank, int groups, boolean joined) throws Exception {
    Path config = original(model).resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceAll("(\"num_hidden_layers\": )\\d+", "$1" + layers)
            .replaceAll("(\"q_lora_rank\": )\\w+", "$1" + queryLoraRank)
            .replaceAll("(\"n_group\": )\\d+", "$1" + groups)
            .replaceAll("(\"topk_group\": )\\d+", "$1" + (groups + 1) / 2));
    Path written = folder.resolve("model.gguf");
    Architecture architecture = ConfigReader.read(config);
    try (Workers workers = new Workers(1)) {
      ModelExport export = export(architecture, new SyntheticWeights(SEED));
      if (joined) {
        export.writeWithJoinedLatents(written, workers, (done, total) -> {});
      } else {
        export.write(written, workers, (done, total) -> {});
      }
    }
    assertSame(written);
  }

  private void write(Architecture architecture, WeightSource weights, Path file)
      throws IOException {
    try (Workers workers = new Workers(1)) {
      export(architecture, weights).write(file, workers, (done, total) -> {});
    }
  }

  private ModelExport export(Architecture architecture, WeightSource weights) throws IOException {
    Path tokenizer = numbersAsTokens(architecture.embedding().vocabSize());
    return new ModelExport(architecture, weights, DType.F32, Optional.of(tokenizer));
  }

  /** What the file says is what both read, whatever it was written from. */
  private void assertSame(Path file) throws Exception {
    try (Workers workers = new Workers(1);
        Checkpoint checkpoint = Checkpoint.open(file)) {
      int vocabSize = checkpoint.architecture().embedding().vocabSize();
      int[] prompt = IntStream.range(0, PROMPT).map(i -> (i * 37 + 11) % (vocabSize - 8)).toArray();
      assertEquals(text(greedy(checkpoint, prompt, workers)), inLlamaCpp(file, text(prompt)));
    }
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

  private String inLlamaCpp(Path file, String prompt) throws IOException, InterruptedException {
    Path answer = folder.resolve("answer.txt");
    Path log = folder.resolve("llama.log");
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LlamaCppProcess.class.getName(),
                file.toString(),
                prompt,
                Integer.toString(GENERATED),
                answer.toString(),
                log.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean isEnded = process.waitFor(HANGS_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String told = (Files.exists(log) ? Files.readString(log) : "") + Files.readString(output);
    assertTrue(isEnded, told);
    Matcher notLoaded = NOT_LOADED.matcher(told);
    if (process.exitValue() != 0 && notLoaded.find()) {
      return abort("this build of llama.cpp does not load it: " + notLoaded.group(1));
    }
    assertEquals(0, process.exitValue(), told);
    return Files.readString(answer);
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
