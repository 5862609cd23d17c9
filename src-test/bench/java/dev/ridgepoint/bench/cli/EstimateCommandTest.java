package dev.ridgepoint.bench.cli;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.LlamaCppMix;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.DatasheetTime;
import dev.ridgepoint.estimator.time.DecodeSpeed;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EstimateCommandTest {
  /** Totals and active parameters that publishers state; the estimator's own test explains them. */
  private static final Path PUBLISHED =
      Path.of(
          "../src-test/estimator/resources/dev/ridgepoint/estimator/config/"
              + "published-parameters.csv");

  private static final String LESSON =
      "--hidden 1024 --layers 29 --heads 16 --vocab 6400 --ffn 4096 --tied";

  @TempDir private Path folder;

  private static CommandRun estimate(String arguments) {
    return CommandRun.ofLine("estimate " + arguments);
  }

  @Test
  void printsOneModelAsJson() {
    JsonNode json = estimate("Qwen2.5-0.5B --prompt 32 --context 7 --batch 4 --json").json();
    assertEquals(494_032_768L, json.at("/parameters/total").asLong());
    assertEquals(494_032_768L, json.at("/parameters/active").asLong());
    long components = 0;
    for (JsonNode component : json.at("/parameters/components")) {
      components += component.asLong();
    }
    assertEquals(494_032_768L, components);
    assertEquals(896, json.at("/config/hiddenSize").asInt());
    assertEquals(24 * 2 * 2 * 64 * 4, json.at("/kvCacheBytesPerToken").asLong());
    assertTrue(json.at("/weightBytes").asLong() > 2 * 494_032_768L);
    assertEquals(32, json.at("/prefill/newTokens").asInt());
    assertEquals(4, json.at("/decode/batch").asInt());
    assertEquals(7, json.at("/decode/context").asInt());
    for (String phase : List.of("/prefill", "/decode")) {
      long flops = 0;
      long bytes = 0;
      for (JsonNode operation : json.at(phase + "/operations")) {
        flops += operation.get("flops").asLong();
        bytes += operation.get("bytes").asLong();
      }
      assertEquals(flops, json.at(phase + "/flops").asLong());
      assertEquals(bytes, json.at(phase + "/bytes").asLong());
      assertEquals((double) flops / bytes, json.at(phase + "/intensity").asDouble());
    }
  }

  @Test
  void printsTables() {
    String text = estimate("Qwen2.5-0.5B").text();
    assertTrue(text.startsWith("Qwen2.5-0.5B: weights in BF16, KV cache in F32"), text);
    for (String line :
        List.of(
            "  embedding    136,134,656   27.6 %  136,134,656",
            "  total        494,032,768  100.0 %  494,032,768",
            "  KV cache per token  24,576 B (24.6 kB)",
            "decode: 1 x 1 new tokens after 512")) {
      assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
    }
  }

  @Test
  void reachesEveryPublishedTotal() throws IOException {
    Set<String> known = new HashSet<>();
    for (String line : Files.readAllLines(PUBLISHED).subList(1, 80)) {
      String[] fields = line.split(",");
      known.add(fields[0]);
    }
    assertTrue(known.size() > 70 && ModelCatalog.names().containsAll(known));
    String models = String.join(" ", known);
    Map<String, Map<String, String>> rows = new HashMap<>();
    estimate(models + " --params --csv").csv().forEach(row -> rows.put(row.get("model"), row));
    for (String line : Files.readAllLines(PUBLISHED).subList(1, 80)) {
      String[] fields = line.split(",");
      Map<String, String> row = rows.get(fields[0]);
      assertEquals(fields[1], row.get("parameters"), line);
      if (!fields[1].equals(fields[2])) {
        assertEquals(fields[2], row.get("activeParameters"), line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "DeepSeek-V3", "bert-base-uncased", "t5-base", "gpt-oss-20b"})
  void everySectionIsThereForEveryKindOfArchitecture(String model) {
    JsonNode json =
        estimate(
                model
                    + " --prompt 64 --context 63 --output 8 --params --flops --bytes --memory"
                    + " --train --device H100 --explain --json")
            .json();
    boolean decodes = !model.startsWith("bert");
    assertEquals(decodes, json.has("decode"));
    assertEquals(decodes, json.at("/kvCacheBytesPerToken").asLong() > 0);
    for (String section : List.of("params", "flops", "bytes", "memory", "train")) {
      assertFalse(json.at("/" + section).isMissingNode(), section);
    }
    assertEquals(json.at("/prefill/flops").asLong(), json.at("/flops/prefillFlops").asLong());
    assertEquals(decodes, json.at("/flops").has("generationFlops"));
    for (JsonNode derivation : json.at("/derivations")) {
      assertFalse(derivation.get("formula").asString().isBlank(), derivation.toString());
      assertFalse(derivation.get("source").asString().isBlank(), derivation.toString());
    }
  }

  @Test
  void whatAnEncoderSawIsReadInEachDecodeStep() {
    JsonNode few = estimate("t5-base --json --prompt 1").json();
    JsonNode many = estimate("t5-base --json --prompt 101").json();
    long keysAndValues = 12L * 2 * 768 * 4;
    assertEquals(
        100 * keysAndValues,
        many.at("/decode/kvReadBytes").asLong() - few.at("/decode/kvReadBytes").asLong());
  }

  @Test
  void sizesMakeTheModelThatTheyDescribe() {
    JsonNode preset = estimate("lesson-0.5B --json --params --flops").json();
    JsonNode sizes = estimate(LESSON + " --json --params --flops").json();
    for (String part : List.of("parameters", "prefill", "decode", "weightBytes", "flops")) {
      assertEquals(preset.get(part), sizes.get(part), part);
    }
    JsonNode mixture = estimate(LESSON + " --experts 8 --experts-per-token 2 --json").json();
    long ffn = 29L * 3 * 1024 * 4096;
    long dense = preset.at("/parameters/total").asLong();
    long router = 29L * 8 * 1024;
    assertEquals(dense + 7 * ffn + router, mixture.at("/parameters/total").asLong());
    assertEquals(dense + ffn + router, mixture.at("/parameters/active").asLong());
  }

  @Test
  void readsConfigsOfEveryFamily() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("config.json"),
            "{\"model_type\": \"gpt2\", \"vocab_size\": 50257, \"n_embd\": 768, \"n_layer\": 12,"
                + " \"n_head\": 12, \"n_positions\": 1024}");
    JsonNode byName = estimate("gpt2 --json").json();
    for (Path path : List.of(config, folder, folder.resolve("model.safetensors"))) {
      Files.write(folder.resolve("model.safetensors"), new byte[8]);
      JsonNode byPath = CommandRun.of("estimate", path.toString(), "--json").json();
      assertEquals(byName.get("parameters"), byPath.get("parameters"), path.toString());
    }
    Files.writeString(config, "{\"model_type\": \"rwkv\"}");
    CommandRun.of("estimate", folder.toString()).assertBadInput("\"rwkv\" is not supported");
  }

  @Test
  void csvHoldsTheNumbersOfJson() {
    String arguments = "gpt2 Llama-3.1-8B Mixtral-8x7B --bytes --batch 1,8 --context 100";
    List<Map<String, String>> csv = estimate(arguments + " --csv").csv();
    JsonNode json = estimate(arguments + " --json").json();
    assertEquals(6, csv.size());
    assertEquals(6, json.size());
    for (int i = 0; i < csv.size(); i++) {
      Map<String, String> row = csv.get(i);
      JsonNode model = json.get(i);
      assertEquals(model.get("model").asString(), row.get("model"));
      assertEquals(model.at("/varied/batch").asString(), row.get("batch"));
      assertEquals(model.at("/decode/batch").asString(), row.get("batch"));
      assertEquals(model.at("/decode/flops").asString(), row.get("decodeFlops"));
      assertEquals(model.at("/decode/bytes").asString(), row.get("decodeBytes"));
      assertEquals(model.at("/weightBytes").asString(), row.get("weightBytes"));
      assertEquals(
          model.at("/prefill/intensity").asDouble(),
          Double.parseDouble(row.get("prefillIntensity")));
    }
  }

  @Test
  void severalValuesMakeEveryCombination() {
    List<Map<String, String>> rows =
        estimate("gpt2 --context 0,10,100 --dtype bf16,q4_0 --csv").csv();
    assertEquals(6, rows.size());
    assertEquals(
        List.of("0 bf16", "0 q4_0", "10 bf16", "10 q4_0", "100 bf16", "100 q4_0"),
        rows.stream().map(row -> row.get("context") + " " + row.get("dtype")).toList());
    String markdown = estimate("gpt2 --batch 1,2,3 --markdown").text();
    List<String> lines = markdown.lines().toList();
    assertEquals(5, lines.size());
    long bars = lines.getFirst().chars().filter(c -> c == '|').count();
    lines.forEach(line -> assertEquals(bars, line.chars().filter(c -> c == '|').count(), line));
  }

  @Test
  void tablesFitATerminal() {
    String text = estimate("gpt2 Llama-3.1-8B DeepSeek-V3 --prompt 128,512 --batch 1,8").text();
    assertTrue(text.lines().allMatch(line -> line.length() <= 100), text);
    long rows = text.lines().filter(line -> line.strip().startsWith("Llama-3.1-8B")).count();
    assertEquals(0, rows % 4, text);
    assertTrue(rows > 4, text);
    List<String> all =
        List.of(
            "Llama-3.1-8B --device H100 --params --flops --bytes --explain",
            "Llama-3.1-8B --device H100 --memory --train --tokens 1T --compress --serve --explain");
    for (String arguments : all) {
      String answer = estimate(arguments).text();
      answer.lines().forEach(line -> assertTrue(line.length() <= 100, line));
    }
  }

  @Test
  void aGenerationIsTheSumOfItsSteps() {
    JsonNode whole =
        estimate("Mistral-7B-v0.1 --prompt 4090 --output 20 --batch 3 --flops --json").json();
    BigInteger sum = new BigInteger(whole.at("/flops/prefillFlops").asString());
    sum = sum.multiply(BigInteger.valueOf(3));
    for (int step = 0; step < 19; step++) {
      JsonNode one = estimate("Mistral-7B-v0.1 --batch 3 --json --context " + (4090 + step)).json();
      sum = sum.add(new BigInteger(one.at("/decode/flops").asString()));
    }
    assertEquals(sum.toString(), whole.at("/flops/generationFlops").asString());
  }

  @Test
  void rulesOfThumbStandBesideTheExactCount() {
    JsonNode rules =
        estimate("Llama-3.1-8B --prompt 2048 --flops --json").json().at("/flops/rulesOfThumb");
    assertEquals(5, rules.size());
    JsonNode sixN = rules.get(2);
    assertEquals("6N training", sixN.get("rule").asString());
    assertEquals(6 * 8_030_261_248L * 2048, sixN.get("estimatedFlops").asLong());
    double error = sixN.get("estimatedFlops").asDouble() / sixN.get("exactFlops").asDouble() - 1;
    assertEquals(error, sixN.get("relativeError").asDouble(), 1e-15);
  }

  /**
   * The largest that fits, and no more: asked again with it, it fits; with one more, it does not.
   */
  @Test
  void whatFitsIsTheMostThatFits() {
    String arguments = "Llama-3.1-8B --dtype q4_0 --kv-dtype bf16 --memory --memory-limit 24GB";
    JsonNode memory = estimate(arguments + " --json").json().get("memory");
    int batch = memory.get("largestBatch").asInt();
    assertTrue(batch > 1);
    assertEquals("yes", fits(arguments + " --batch " + batch));
    assertEquals("no", fits(arguments + " --batch " + (batch + 1)));
    JsonNode bounded = estimate(arguments + " --batch 9 --json").json().get("memory");
    int context = bounded.get("largestContext").asInt();
    assertEquals("yes", fits(arguments + " --batch 9 --context " + context));
    assertEquals("no", fits(arguments + " --batch 9 --context " + (context + 1)));
    assertEquals(24_000_000_000L, memory.get("limitBytes").asLong());
  }

  private static String fits(String arguments) {
    return estimate(arguments + " --json").json().at("/memory/fits").asString();
  }

  @Test
  void pagesWasteLessThanOneBlockOfEachSequence() {
    JsonNode rows =
        estimate("gpt2 --memory --context 100 --block 16 --batch 2 --json")
            .json()
            .at("/memory/allocations");
    long perToken = 2L * 12 * 768 * 4;
    assertEquals(2 * 100 * perToken, rows.get(0).get("kvReservedBytes").asLong());
    assertEquals(2 * 112 * perToken, rows.get(1).get("kvReservedBytes").asLong());
    assertEquals(2 * 1024 * perToken, rows.get(2).get("kvReservedBytes").asLong());
  }

  /** Rajbhandari et al. 2020 (arXiv:1910.02054): 16 bytes per parameter, shared by ZeRO-3. */
  @ParameterizedTest
  @CsvSource({"gpt2, 124439808", "Mixtral-8x7B, 46702792704"})
  void trainingKeepsSixteenBytesOfEachParameter(String model, long parameters) {
    JsonNode one = estimate(model + " --train --json").json().get("train");
    assertEquals(16 * parameters, states(one));
    JsonNode shared = estimate(model + " --train --dp 8 --zero 3 --json").json().get("train");
    assertEquals(16 * parameters / 8, states(shared));
  }

  private static long states(JsonNode train) {
    long bytes = 0;
    for (JsonNode item : train.get("items")) {
      if (!Set.of("activations", "buffers").contains(item.get("group").asString())) {
        bytes += item.get("bytes").asLong();
      }
    }
    return bytes;
  }

  @Test
  void aTrainingRunIsPriced() {
    JsonNode train =
        estimate(
                "Llama-3.1-8B --prompt 8192 --train --tokens 15T --devices 1000 --peak 1e15"
                    + " --mfu 0.5 --watts 700 --pue 1.1 --usd-per-hour 2 --json")
            .json()
            .get("train");
    double flops = train.get("modelFlopsPerToken").asDouble() * 15e12;
    double seconds = flops / (1000 * 1e15 * 0.5);
    assertEquals(seconds, train.get("seconds").asDouble(), 1e-9 * seconds);
    double hours = seconds / 3600 * 1000;
    assertEquals(hours * 2, train.get("totalUsd").asDouble(), 1e-6 * hours);
    assertEquals(hours * 0.7 * 1.1, train.get("energyKilowattHours").asDouble(), 1e-6 * hours);
  }

  @Test
  void fewerBitsMakeDecodingFasterAndPrefillNot() {
    JsonNode changes =
        estimate("Llama-3.1-8B --prompt 8192 --compress --device A100 --json")
            .json()
            .at("/compress/changes");
    for (JsonNode change : changes) {
      if (change.get("change").asString().equals("weights in Q4_0")) {
        assertTrue(change.get("decodeSpeedup").asDouble() > 3);
        assertEquals(1, change.get("prefillSpeedup").asDouble(), 0.01);
        return;
      }
    }
    throw new AssertionError(changes.toString());
  }

  @Test
  void aBudgetLeadsBackToTheSizes() {
    JsonNode rows = estimate(LESSON + " --budget 493153280 --json").json().at("/budget/sizes");
    assertEquals(29, rows.get(0).get("largestWithin").asInt());
    assertEquals(493_153_280L, rows.get(0).get("parametersWithin").asLong());
    assertEquals(1024, rows.get(1).get("largestWithin").asInt());
    JsonNode less = estimate(LESSON + " --budget 493153279 --json").json().at("/budget/sizes");
    assertEquals(28, less.get(0).get("largestWithin").asInt());
    assertEquals(29, less.get(0).get("nearest").asInt());
  }

  /** On a CPU this project's engine is the usual software, on others one that keeps 16 bits. */
  @Test
  void formatsOfTheCacheFollowTheDevice() {
    assertEquals("F32", estimate("tiny --json").json().at("/kvCacheFormat").asString());
    assertEquals(
        "F32", estimate("tiny --device EPYC-9654 --json").json().at("/kvCacheFormat").asString());
    assertEquals(
        "BF16", estimate("tiny --device H100 --json").json().at("/kvCacheFormat").asString());
    String said = "tiny --device H100 --kv-dtype fp8 --json";
    assertEquals("FP8", estimate(said).json().at("/kvCacheFormat").asString());
  }

  @Test
  void predictsDecodingWithItsInterval() {
    String arguments = "Llama-3.1-8B --context 128 --device RTX4090 --quantization Q4_K_M --json";
    JsonNode device = estimate(arguments).json().get("device");
    Architecture llama = ModelCatalog.get("Llama-3.1-8B");
    Step step = Step.decode(1, 128);
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(LlamaCppMix.Q4_K_M.formats(llama), Precision.BF16), step)
            .withActivations(Precision.BF16);
    DecodeSpeed speed =
        new DatasheetTime(DeviceCatalog.named("RTX 4090"), ComputeDtype.BF16, llama, options)
            .decode(OperationList.of(llama, options, step), step);
    assertEquals(speed.tokensPerSecond(), device.get("decodeTokensPerSecond").asDouble());
    assertEquals(speed.lowestTokensPerSecond(), device.get("decodeTokensPerSecondLow").asDouble());
    assertEquals(
        speed.highestTokensPerSecond(), device.get("decodeTokensPerSecondHigh").asDouble());
    double unmixed =
        estimate("Llama-3.1-8B --context 128 --device RTX4090 --json")
            .json()
            .at("/device/decodeTokensPerSecond")
            .asDouble();
    assertTrue(unmixed < speed.tokensPerSecond() / 2);
  }

  // ggml-org's file of gpt-oss-20b has 12.1 GB.
  @Test
  void aMixIsCountedInEverySection() {
    String arguments = "gpt-oss-20b --quantization MXFP4 --memory --bytes --device RTX4090 --json";
    JsonNode json = estimate(arguments).json();
    assertEquals("MXFP4", json.at("/weightFormat").asString());
    long weights = json.at("/weightBytes").asLong();
    assertEquals(12.1e9, (double) weights, 0.05e9);
    assertEquals(weights, json.at("/memory/weightBytes").asLong());
    assertEquals("yes", json.at("/memory/fits").asString());
    assertEquals(weights, json.at("/bytes/weightBytes").asLong());
    assertEquals(
        "no",
        estimate("gpt-oss-20b --memory --memory-limit 24GB --json")
            .json()
            .at("/memory/fits")
            .asString());
    assertEquals(
        "yes",
        estimate("gpt-oss-20b --quantization MXFP4 --memory --memory-limit 24GB --json")
            .json()
            .at("/memory/fits")
            .asString());
  }

  // What is at most possible and what is predicted: both of the same weights.
  @ParameterizedTest
  @ValueSource(strings = {"--quantization Q4_K_M", "--dtype bf16", "--dtype int4-g128"})
  void theBoundAndThePredictionAreOfTheSameFormats(String formats) {
    JsonNode json = estimate("Llama-3.1-8B --device RTX4090 --json " + formats).json();
    JsonNode device = json.get("device");
    double atMost = 1 / device.get("decodeBoundSeconds").asDouble();
    double predicted = device.get("decodeTokensPerSecond").asDouble();
    assertTrue(predicted < atMost && predicted > 0.6 * atMost, predicted + " of " + atMost);
    double stored = json.get("weightBytes").asDouble();
    double read = json.at("/decode/weightBytes").asDouble();
    assertTrue(read < stored && read > 0.8 * stored, read + " of " + stored);
  }

  @Test
  void quantisersOfLinearLayersLeaveTheTables() {
    JsonNode json = estimate("Qwen3-8B --dtype int4-g128z --json").json();
    assertEquals(6_098_479_104L, json.get("weightBytes").asLong());
    JsonNode awq = estimate("Qwen3-8B --quantization awq --json").json();
    assertEquals(6_098_479_104L, awq.get("weightBytes").asLong());
  }

  @Test
  void aConfigSaysItsFormatsForEveryFamily() throws IOException {
    String llama =
        "\"model_type\": \"llama\", \"vocab_size\": 1000, \"hidden_size\": 256,"
            + " \"intermediate_size\": 512, \"num_hidden_layers\": 2,"
            + " \"num_attention_heads\": 4, \"rms_norm_eps\": 1e-5,"
            + " \"max_position_embeddings\": 64, \"hidden_act\": \"silu\","
            + " \"torch_dtype\": \"float16\"";
    long projections = 2L * (4 * 256 * 256 + 3 * 256 * 512);
    long others = 2 * 1000L * 256 + 5 * 256;
    assertEquals("F16 " + 2 * (projections + others), weightsOf(llama));
    String awq =
        ", \"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4,"
            + " \"group_size\": 128}";
    String expected = "AWQ " + (projections / 128 * 133 / 2 + 2 * others);
    assertEquals(expected, weightsOf(llama + awq));
    String gemma =
        llama.replace("llama", "gemma")
            + ", \"tie_word_embeddings\": false, \"num_key_value_heads\": 4, \"head_dim\": 64";
    assertEquals(expected, weightsOf(gemma + awq));
    Files.writeString(folder.resolve("config.json"), "{" + llama + awq.replace("awq", "x") + "}");
    CommandRun.of("estimate", folder.toString())
        .assertBadInput("config.json: quantization_config.quant_method \"x\" is unknown");
  }

  private String weightsOf(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{" + config + "}");
    JsonNode json =
        CommandRun.of("estimate", folder.toString(), "--memory", "--activations=bf16", "--json")
            .json();
    assertEquals(json.get("weightBytes"), json.at("/memory/weightBytes"));
    return json.get("weightFormat").asString() + " " + json.get("weightBytes").asString();
  }

  @Test
  void aGgufHasItsOwnFormatsWhateverItsName() throws IOException {
    Path exported = folder.resolve("tiny.gguf");
    CommandRun.of("export", "tiny", "--dtype", "q8_0", "--to", exported.toString());
    Path file = Files.move(exported, folder.resolve("sha256-6e9f90f02bb3"));
    JsonNode json = CommandRun.of("estimate", file.toString(), "--memory", "--json").json();
    JsonNode tiny = estimate("tiny --dtype q8_0 --memory --json").json();
    assertEquals("Q8_0", json.get("weightFormat").asString());
    assertEquals(tiny.get("weightBytes"), json.get("weightBytes"));
    assertEquals(tiny.at("/memory/weightBytes"), json.at("/memory/weightBytes"));
    JsonNode said = CommandRun.of("estimate", file.toString(), "--dtype=bf16", "--json").json();
    assertEquals("BF16", said.get("weightFormat").asString());
  }

  // 12 layers keep 131,071 positions, 12 a window of 128: 8 heads of 64, keys and values in F16.
  @Test
  void windowedLayersHoldTheirWindow() {
    String arguments = "gpt-oss-20b --context 131071 --kv-dtype f16 --memory --memory-limit 80GB";
    JsonNode memory = estimate(arguments + " --json").json().get("memory");
    long perPosition = 12L * 2 * 8 * 64 * 2;
    assertEquals(3_224_346_624L, memory.get("kvUsedBytes").asLong());
    assertEquals(2 * perPosition * 131_071, memory.get("unwindowedKvBytes").asLong());
    assertEquals(
        perPosition * (131_072 + 128), memory.at("/allocations/2/kvReservedBytes").asLong());
    long free = 80_000_000_000L - memory.get("weightBytes").asLong();
    int batch = memory.get("largestBatch").asInt();
    assertTrue(batch > 10 && batch <= free / 3_224_346_624L, memory.toString());
    assertEquals("yes", fits(arguments + " --batch " + batch));
    assertEquals("no", fits(arguments + " --batch " + (batch + 1)));
    String explained = estimate(arguments + " --explain").text();
    assertTrue(
        explained
            .replaceAll("\\s+", " ")
            .contains("a layer with a window keeps what the window sees"),
        explained);
    JsonNode serve =
        estimate("gpt-oss-20b --serve --device H100 --prompt 131000 --output 72 --json")
            .json()
            .get("serve");
    long one = serve.at("/curve/0/deviceBytes").asLong();
    long two = serve.at("/curve/1/deviceBytes").asLong();
    assertEquals(3_224_371_200.0, (double) (two - one), 1e6, serve.toString());
  }

  @Test
  void clientsOfAClosedLoopSeeWhatTheyWaitFor() {
    String arguments =
        "Llama-3.1-70B --dtype fp8 --device H100 --tp 4 --serve --prompt 1024 --output 1024";
    JsonNode loop = estimate(arguments + " --concurrency 64 --json").json().get("closedLoop");
    double perToken = loop.get("timePerOutputTokenSeconds").asDouble();
    double first = loop.get("timeToFirstTokenSeconds").asDouble();
    assertEquals(perToken, sum(loop.get("perOutputToken")), 1e-9);
    assertEquals(first, sum(loop.get("toFirstToken")), 1e-9);
    assertEquals(
        64 * 1024 / (first + 1023 * perToken), loop.get("outputTokensPerSecond").asDouble(), 1e-6);
    assertTrue(loop.get("timePerOutputTokenSecondsLow").asDouble() < perToken);
    assertTrue(loop.get("timePerOutputTokenSecondsHigh").asDouble() > perToken);
    // 8-bit products are faster than 16-bit ones where they are not asked for.
    double inBf16 =
        estimate(arguments + " --concurrency 64 --compute-dtype bf16 --json")
            .json()
            .at("/closedLoop/timePerOutputTokenSeconds")
            .asDouble();
    assertTrue(inBf16 > perToken);
    String explained = estimate(arguments + " --concurrency 8 --engine sglang --explain").text();
    assertTrue(explained.contains("sglang on 4 x H100 SXM5 80GB: 8 clients"), explained);
    assertTrue(explained.contains("time per output token = "), explained);
    assertEquals(
        "model,timePerOutputTokenSeconds",
        estimate("Llama-3.1-8B Qwen2.5-7B --device H100 --serve --concurrency 8 --csv")
            .text()
            .substring(0, "model,timePerOutputTokenSeconds".length()));
  }

  private static double sum(JsonNode parts) {
    double sum = 0;
    for (JsonNode part : parts) {
      sum += part.get("seconds").asDouble();
    }
    return sum;
  }

  @Test
  void servesWhatFits() {
    JsonNode serve =
        estimate("Llama-3.1-8B --serve --device H100 --prompt 1000 --output 250 --json")
            .json()
            .get("serve");
    JsonNode curve = serve.get("curve");
    JsonNode last = curve.get(curve.size() - 1);
    assertEquals(serve.get("largestBatch"), last.get("batch"));
    long memory = DeviceCatalog.named("H100").memoryBytes().orElseThrow();
    double perToken = 0;
    for (JsonNode point : curve) {
      assertTrue(point.get("deviceBytes").asLong() <= memory, point.toString());
      assertTrue(point.get("timePerOutputTokenSeconds").asDouble() > perToken, point.toString());
      perToken = point.get("timePerOutputTokenSeconds").asDouble();
      assertEquals(
          point.get("batch").asInt() / perToken,
          point.get("outputTokensPerSecond").asDouble(),
          1e-6 * point.get("batch").asInt() / perToken);
    }
    double bound = 16.06e9 / 3.35e12;
    double one = curve.get(0).get("timePerOutputTokenSeconds").asDouble();
    assertTrue(one > bound && one < 2 * bound, curve.get(0).toString());
  }

  @Test
  void readsTheShapesOfTensorsWithoutAConfig() throws IOException {
    String header =
        "{\"model.embed_tokens.weight\":{\"dtype\":\"BF16\",\"shape\":[10,4],"
            + "\"data_offsets\":[0,80]},\"model.layers.0.mlp.up_proj.weight\":{\"dtype\":\"F32\","
            + "\"shape\":[8,4],\"data_offsets\":[80,208]}}";
    ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 208).order(LITTLE_ENDIAN);
    file.putLong(header.length()).put(header.getBytes(UTF_8));
    Path path = Files.write(folder.resolve("alone.safetensors"), file.array());
    JsonNode params = CommandRun.of("estimate", path.toString(), "--json").json().get("params");
    assertEquals(72, params.get("parameters").asLong());
    assertEquals(208, params.get("weightBytes").asLong());
    Path only = Files.createDirectory(folder.resolve("only"));
    Files.copy(path, only.resolve("model.safetensors"));
    assertEquals(params, CommandRun.of("estimate", only.toString(), "--json").json().get("params"));
    for (String more : List.of("--memory", "--device=H100", "--budget=1B")) {
      CommandRun.of("estimate", path.toString(), more).assertBadInput("no config.json");
    }
  }

  @Test
  void aDeviceBoundsTheTime() {
    JsonNode json = estimate("Llama-3.1-8B --device H100 --json").json();
    double seconds = json.at("/decode/bytes").asDouble() / 3.35e12;
    assertEquals(seconds, json.at("/device/decodeBoundSeconds").asDouble(), 0.01 * seconds);
    assertEquals("memory", json.at("/device/phases/1/boundBy").asString());
  }

  /** Every number has a formula, what was put in, terms that add up to it, and a source. */
  @Test
  void explainsEveryNumber() {
    String text =
        estimate(
                "gpt2 --explain --params --budget 1B --bytes --flops --memory --train --compress"
                    + " --serve --device H100 --quantization q8_0")
            .text();
    for (String line :
        List.of(
            "parameters = 124,439,808",
            "  = sum over tensors of copies x rows x columns",
            "KV cache per token = 36,864 B",
            "  = batch / timePerOutputToken",
            "  = the multiple of step whose parameters, counted exactly, are nearest to budget",
            "  source: Kaplan et al. 2020, arXiv:2001.08361, section 2.1")) {
      assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
    }
    JsonNode derivations =
        estimate("DeepSeek-V3 --params --bytes --flops --explain --json").json().get("derivations");
    for (JsonNode derivation : derivations) {
      BigInteger sum = BigInteger.ZERO;
      for (JsonNode term : derivation.get("terms")) {
        sum = sum.add(new BigInteger(term.get("value").asString()));
      }
      if (!derivation.get("terms").isEmpty()) {
        assertEquals(derivation.get("value").asString(), sum.toString(), derivation.toString());
      }
    }
  }

  @Test
  void aRepositoryOfTheHubIsTheKnownModelOfItsName() {
    assertEquals(
        estimate("Qwen2.5-7B --params --json").json(),
        estimate("Qwen/Qwen2.5-7B --params --json").json());
  }

  @Test
  void statesStandBesideTheCache() {
    JsonNode json = estimate("Qwen3-Next-80B-A3B --memory --json").json();
    long states =
        estimate("Qwen3-Next-80B-A3B --json").json().at("/stateBytesPerSequence").asLong();
    // 36 layers of 32 heads of 128 x 128, and 3 inputs of a convolution of 8,192 channels, in F32.
    assertEquals(36L * 4 * (32 * 128 * 128 + 3 * 8192), states);
    assertEquals(states, json.at("/memory/stateBytes").asLong());
  }

  @Test
  void namesWhatIsWrong() {
    estimate("tiny --prompt 1000000").assertBadInput("--prompt: must lie in 1..512");
    estimate("--hidden 1024 --layers 29 --heads 15 --vocab 6400").assertBadInput("1024");
    estimate("llama-9").assertBadInput("\"llama-9\" is not known; the closest are");
    estimate("Nobody/Nothing-7B")
        .assertBadInput("download config.json (https://huggingface.co/Nobody/Nothing-7B/");
    estimate("bloom-560m --prompt 2000000000 --batch 65536 --flops")
        .assertBadInput("a count passes 2^63");
  }
}
