package dev.ridgepoint.bench.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainCommandTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "vocab_size": 260, "hidden_size": 32, "intermediate_size": 48,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
      """;

  private static final String STORIES =
      "--data stories --stories 100 --hidden 32 --layers 1 --heads 2 --vocab 300 --tied"
          + " --max-positions 64 --threads 1 --batch 2 --seq 16 --schedule constant";

  @TempDir private Path folder;
  private Path config;
  private Path data;
  private Path out;

  @BeforeEach
  void write() throws IOException {
    config = Files.writeString(folder.resolve("config.json"), CONFIG);
    data = Files.writeString(folder.resolve("data.txt"), "A cat sat on a mat. ".repeat(40));
    out = folder.resolve("run");
  }

  private CommandRun train(String more) {
    return train(config.toString(), "--batch 2 --seq 16 " + more);
  }

  private CommandRun train(String model, String flags) {
    List<String> arguments = new ArrayList<>(List.of("train", "--config", model));
    arguments.addAll(List.of("--data", data.toString(), "--out", out.toString()));
    arguments.addAll(List.of(("--threads 1 " + flags).split(" ")));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** Of stories, with sizes as flags. */
  private CommandRun trainOnStories(String more) {
    return CommandRun.ofLine("train " + STORIES + " --out " + out + " " + more);
  }

  private JsonNode json() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(out.resolve("train.json")));
  }

  @Test
  void writesWhatARunCameTo() throws IOException {
    CommandRun run = train("--steps 8 --accumulate 2 --checkpointing selective --lr 1e-2");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("After 8 steps the loss is "), run.out());
    String files = "wrote " + out.resolve("step-00000008") + " and " + out.resolve("train.html");
    assertTrue(run.err().endsWith(files + System.lineSeparator()), run.err());

    JsonNode json = json();
    assertEquals(8, json.get("steps").size());
    assertTrue(
        json.at("/steps/7/loss").asDouble() < json.at("/steps/0/loss").asDouble(), run.out());
    assertEquals(64, json.get("tokensPerStep").asInt());
    assertTrue(json.get("operations").size() > 20);
    for (JsonNode group : json.get("memory")) {
      assertTrue(group.get("measuredBytes").asLong() > 0, group.toString());
    }
    JsonNode process = json.get("process");
    long allocated = process.get("allocatedBytes").asLong();
    long parts = allocated;
    for (String part : List.of("heapBytes", "codeBytes", "classBytes")) {
      assertTrue(process.get(part).asLong() > 1 << 20, process.toString());
      parts += process.get(part).asLong();
    }
    assertEquals(process.get("predictedBytes").asDouble(), (double) allocated, 0.05 * allocated);
    if (process.has("peakBytes")) {
      long peak = process.get("peakBytes").asLong();
      assertTrue(peak > allocated, process.toString());
      if (process.has("otherBytes")) {
        assertEquals(peak, parts + process.get("otherBytes").asLong());
      }
      assertTrue(run.out().contains("The process held " + Units.bytes(peak)), run.out());
    }
    String page = Files.readString(out.resolve("train.html"));
    assertTrue(page.contains("Training "), "no title");
    assertFalse(page.contains("{{"), "a placeholder is left");
    assertTrue(Files.exists(out.resolve("step-00000008").resolve("model.safetensors")));
  }

  /** What a checkpoint could not hold is refused before the first step. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          "hidden_act": "gelu_pytorch_tanh"                                    ; true
          "rope_scaling": {"rope_type": "linear", "factor": 2.0}               ; true
          "rope_scaling": {"rope_type": "longrope", "factor": 2.0, "short_factor": [1, 1, 1, 1], \
          "long_factor": [2, 2, 2, 2], "original_max_position_embeddings": 32} ; false
          """)
  void writesModelsAsTheyAreOrRefusesThem(String field, boolean isWritten) throws IOException {
    Files.writeString(config, CONFIG.strip().replaceFirst("}$", ", " + field + "}"));
    CommandRun run = train("--steps 1");
    if (!isWritten) {
      run.assertBadInput("config.json cannot express this model");
      assertFalse(Files.exists(out.resolve("train.json")), "a step was made");
      return;
    }
    assertEquals(0, run.exitCode(), run.err());
    try (Checkpoint checkpoint = Checkpoint.open(out.resolve("step-00000001"))) {
      assertEquals(ConfigReader.read(config), checkpoint.architecture());
    }
  }

  /** A run in two parts has the losses of one that was not interrupted. */
  @Test
  void resumes() throws IOException {
    String steps = "--steps 6 --schedule constant --save-every 3";
    assertEquals(0, train(steps).exitCode());
    JsonNode whole = json().get("steps");
    out = folder.resolve("parts");
    assertEquals(0, train("--steps 3 --schedule constant").exitCode());
    train(steps).assertBadInput("--resume");
    CommandRun resumed = train(steps + " --resume");
    assertEquals(0, resumed.exitCode(), resumed.err());

    JsonNode parts = json().get("steps");
    assertEquals(whole.size(), parts.size());
    for (int i = 0; i < whole.size(); i++) {
      assertEquals(whole.get(i).get("loss"), parts.get(i).get("loss"), "step " + i);
    }
    train(steps + " --resume").assertBadInput("are made already");
  }

  /** The newest with their states, and nothing else; from there on to the same bits. */
  @ParameterizedTest
  @CsvSource({"1, 6", "2, '4, 6'", "9, '2, 4, 6'"})
  void keepsTheNewestCheckpoints(int kept, String steps) throws IOException {
    String flags = "--schedule constant --save-every 2 --keep " + kept;
    assertEquals(0, train(flags + " --steps 6").exitCode());
    List<String> expected =
        Stream.of(steps.split(", "))
            .map(step -> "step-0000000" + step)
            .flatMap(name -> Stream.of(name, name + ".optimizer"))
            .toList();
    assertEquals(expected, checkpoints());

    assertEquals(0, train(flags + " --steps 8 --resume").exitCode());
    byte[] resumed = Files.readAllBytes(out.resolve("step-00000008/model.safetensors"));
    out = folder.resolve("whole");
    assertEquals(0, train("--schedule constant --steps 8").exitCode());
    assertArrayEquals(Files.readAllBytes(out.resolve("step-00000008/model.safetensors")), resumed);
  }

  private List<String> checkpoints() throws IOException {
    try (Stream<Path> entries = Files.list(out)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.startsWith("train."))
          .sorted()
          .toList();
    }
  }

  @Test
  void theCheckpointGenerates() {
    assertEquals(0, train("--steps 2").exitCode());
    CommandRun generated =
        CommandRun.of(
            "generate",
            "--model",
            out.resolve("step-00000002").toString(),
            "--prompt",
            "A cat",
            "--max-tokens",
            "3");
    assertEquals(0, generated.exitCode(), generated.err());
  }

  @Test
  void learnsATokenizerOfTheStories() throws IOException {
    CommandRun run = trainOnStories("--steps 4");
    assertEquals(0, run.exitCode(), run.err());
    Path checkpoint = out.resolve("step-00000004");
    Tokenizer tokenizer = TokenizerFiles.read(checkpoint);
    assertEquals(300, tokenizer.vocabulary().size());
    assertEquals(1, EndTokens.read(checkpoint, tokenizer.vocabulary()).size());
    assertEquals("1x32, 2 heads", json().get("model").asString());

    String generate = "generate --model " + checkpoint + " --prompt Once --max-tokens 3";
    CommandRun generated = CommandRun.ofLine(generate);
    assertEquals(0, generated.exitCode(), generated.err());
  }

  @Test
  void resumesOnStories() throws IOException {
    assertEquals(0, trainOnStories("--steps 4").exitCode());
    JsonNode whole = json().get("steps");
    out = folder.resolve("parts");
    assertEquals(0, trainOnStories("--steps 2").exitCode());
    CommandRun resumed = trainOnStories("--steps 4 --resume");
    assertEquals(0, resumed.exitCode(), resumed.err());
    JsonNode parts = json().get("steps");
    for (int i = 0; i < whole.size(); i++) {
      assertEquals(whole.get(i).get("loss"), parts.get(i).get("loss"), "step " + i);
    }
  }

  /** A checkpoint has the config of its weights, whatever stands beside the tokenizer. */
  @Test
  void takesTheTokenizerOfAnotherModel() {
    assertEquals(0, trainOnStories("--steps 1").exitCode());
    Path other = out.resolve("step-00000001");
    out = folder.resolve("smaller");
    CommandRun run =
        CommandRun.ofLine(
            "train --data stories --stories 50 --hidden 16 --layers 1 --heads 1 --vocab 300"
                + " --threads 1 --batch 1 --seq 16 --steps 1 --tokenizer %s --out %s"
                    .formatted(other, out));
    assertEquals(0, run.exitCode(), run.err());
    Path trained = out.resolve("step-00000001");
    try (Checkpoint checkpoint = Checkpoint.open(trained)) {
      assertEquals(16, checkpoint.architecture().hiddenSize());
    }
    assertTrue(
        TokenizerFiles.read(trained)
            .vocabulary()
            .difference(TokenizerFiles.read(other).vocabulary())
            .isEmpty());
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    trainOnStories("--config tiny").assertBadInput("--config");
    trainOnStories("--stories 0").assertBadInput("--stories");
    CommandRun.ofLine("train --data stories --hidden 16 --layers 1 --heads 1 --out " + out)
        .assertBadInput("--vocab");
    CommandRun.ofLine(
            "train --data stories --hidden 16 --layers 1 --heads 1 --vocab 100 --out " + out)
        .assertBadInput("vocabulary size");
    CommandRun.ofLine("train --data stories --tokenizer %s --out %s".formatted(config, out))
        .assertBadInput("config.json");
  }

  @ParameterizedTest
  @CsvSource({
    "--optimizer adam, adam",
    "--schedule step, step",
    "--lr 0, --lr",
    "--clip -1, --clip",
    "--seq 1, --seq",
    "--seq 65, --seq",
    "--batch 0, --batch",
    "--accumulate 0, --accumulate",
    "--steps 0, --steps",
    "--keep 0, --keep",
    "--tokenizer none.json, none.json"
  })
  void refusesBadInput(String flags, String named) {
    train(config.toString(), flags).assertBadInput(named);
  }

  @ParameterizedTest
  @CsvSource({"Mixtral-8x7B, experts", "gemma-2-2b, gemma2", "gpt2, embeddings", "none, none"})
  void refusesModels(String model, String named) {
    train(model, "--seq 16").assertBadInput(named);
  }

  @Test
  void refusesTooShortData() throws IOException {
    data = Files.writeString(folder.resolve("short.txt"), "A cat");
    train("--steps 1").assertBadInput("short.txt");
  }
}
