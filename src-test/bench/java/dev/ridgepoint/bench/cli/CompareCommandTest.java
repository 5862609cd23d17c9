package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.SampleReports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class CompareCommandTest {
  private static final String LLAMA_BENCH =
      """
      [
        {"build_commit": "abc1234", "cpu_info": "a processor", "model_type": "qwen2 1B BF16",
         "n_threads": 2, "n_prompt": 512, "n_gen": 0, "n_depth": 0, "avg_ts": 200.0,
         "stddev_ts": 1.0, "samples_ts": [198.0, 199.0, 200.0, 201.0, 202.0]},
        {"build_commit": "abc1234", "cpu_info": "a processor", "model_type": "qwen2 1B BF16",
         "n_threads": 2, "n_prompt": 0, "n_gen": 16, "n_depth": 120, "avg_ts": 20.0,
         "stddev_ts": 0.1, "samples_ts": [20.0, 20.0]},
        {"build_commit": "abc1234", "cpu_info": "a processor", "model_type": "qwen2 1B BF16",
         "n_threads": 2, "n_prompt": 512, "n_gen": 16, "n_depth": 0, "avg_ts": 20.0,
         "stddev_ts": 0.1, "samples_ts": [20.0]}
      ]
      """;

  private static final String PEERS =
      """
      {"processor": "a processor", "jdk": "a JDK", "pairs": 5, "engines": [],
       "comparisons": [
         {"work": "matmul 8x8x8", "engine": "EJML", "dtype": "f32", "threads": 1, "ours": 9,
          "value": 3, "unit": "GFLOP/s", "ratio": 3, "ratioError": 0.1},
         {"work": "prefill 512, Qwen2.5-0.5B", "engine": "Jlama", "dtype": "bf16", "threads": 2,
          "ours": 256, "value": 64, "unit": "tokens/s", "ratio": 4, "ratioError": 0.1}],
       "notCompared": {}}
      """;

  @TempDir private Path folder;

  @Test
  void ofOneReportWithItselfNothingDiffers() throws IOException {
    Path report = report("a.json", points -> {});
    CommandRun run = CommandRun.of("compare", "" + report, "" + report, "--fail-slower", "0");
    assertEquals(0, run.exitCode(), run.err());
    List<JsonNode> steps = steps("" + report, "" + report);
    assertEquals(16, steps.size());
    for (JsonNode step : steps) {
      assertEquals(1, step.get("ratio").asDouble());
      assertEquals("within the noise", step.get("verdict").asString());
    }
  }

  /** The error is 1.2 % of each of both times. */
  @ParameterizedTest
  @CsvSource({
    "1.02, within the noise, 0, 0",
    "1.10, slower, 0, 1",
    "1.10, slower, 7, 1",
    "1.10, slower, 8, 0",
    "0.90, faster, 0, 0"
  })
  void aStepIsSlowerWhereTheIntervalsDoNotOverlap(
      double factor, String verdict, String percent, int exitCode) throws IOException {
    Path before = report("before.json", points -> {});
    Path after =
        report(
            "after.json",
            point -> {
              if (isFirst(point)) {
                point.put("seconds", factor * point.get("seconds").doubleValue());
                point.put("secondsError", factor * point.get("secondsError").doubleValue());
              }
            });
    JsonNode step = steps("" + before, "" + after).getFirst();
    assertEquals(verdict, step.get("verdict").asString());
    assertEquals(1 / factor, step.get("ratio").asDouble(), 1e-12);
    // Of the times t (1 -+ 0.012) and f t (1 -+ 0.012).
    assertEquals(0.988 / 1.012 / factor, step.get("ratioLow").asDouble(), 1e-9);
    assertEquals(1.012 / 0.988 / factor, step.get("ratioHigh").asDouble(), 1e-9);
    assertEquals(
        exitCode,
        CommandRun.of("compare", "" + before, "" + after, "--fail-slower", percent).exitCode());
    assertEquals(0, CommandRun.of("compare", "" + before, "" + after).exitCode());
  }

  @Test
  void fewSamplesSayNothing() throws IOException {
    Path before = report("before.json", points -> {});
    Path after =
        report(
            "after.json",
            point -> {
              point.put("seconds", 9 * point.get("seconds").doubleValue());
              if (isFirst(point)) {
                point.put("samples", 4);
              } else {
                point.put("samples", 1).putNull("secondsError");
              }
            });
    for (JsonNode step : steps("" + before, "" + after)) {
      assertEquals("too few samples to say", step.get("verdict").asString());
      assertTrue(step.path("ratioLow").isMissingNode());
    }
    assertEquals(
        0, CommandRun.of("compare", "" + before, "" + after, "--fail-slower", "0").exitCode());
  }

  @Test
  void whatHasNoPartnerIsListed() throws IOException {
    Path before = report("before.json", points -> {});
    Path after =
        report(
            "after.json",
            point -> {
              if (isFirst(point)) {
                point.put("batch", 3);
              }
            });
    JsonNode unmatched = json("" + before, "" + after).at("/comparison/unmatched");
    assertEquals(2, unmatched.size());
    assertEquals(1, unmatched.at("/0/batch").asInt());
    assertEquals(1, unmatched.at("/0/has").asInt());
    assertEquals(3, unmatched.at("/1/batch").asInt());
    assertEquals(2, unmatched.at("/1/has").asInt());
    assertEquals(15, steps("" + before, "" + after).size());
  }

  @Test
  void llamaBenchsTestsAreMatchedByWhatTheyMeasure() throws IOException {
    String report = "" + report("report.json", points -> {});
    String bench = "" + write("bench.json", LLAMA_BENCH);
    List<JsonNode> steps = steps(report, bench);
    assertEquals(2, steps.size());
    JsonNode decode = steps.get(0);
    assertEquals("decode", decode.get("phase").asString());
    assertEquals(128, decode.get("context").asInt());
    assertEquals(20, decode.get("tokensPerSecond").asDouble());
    assertEquals("too few samples to say", decode.get("verdict").asString());
    JsonNode prefill = steps.get(1);
    assertEquals(512, prefill.get("newTokens").asInt());
    assertEquals(200, prefill.get("tokensPerSecond").asDouble());
    assertEquals("slower", prefill.get("verdict").asString());
    assertEquals(
        "llama.cpp abc1234",
        json(report, bench).at("/comparison/measurements/1/engine").asString());
  }

  /** The same format of keys and values goes before another one, which stands first here. */
  @Test
  void aStepsPartnerHasTheSameCacheIfThereIsOne() throws IOException {
    String before = "" + report("before.json", points -> {});
    ObjectNode both = json(report("after.json", points -> {}));
    ArrayNode points = JsonMapper.shared().createArrayNode();
    for (JsonNode point : both.get("points")) {
      points.add(((ObjectNode) point.deepCopy()).put("kvDtype", "q8_0").put("seconds", 1e-9));
    }
    points.addAll((ArrayNode) both.get("points"));
    both.set("points", points);
    JsonNode compared = json(before, "" + write("after.json", both.toString()));
    List<JsonNode> steps = List.copyOf(compared.at("/comparison/steps").values());
    assertEquals(16, steps.size());
    for (JsonNode step : steps) {
      assertEquals(1, step.get("ratio").asDouble());
      assertEquals("f32", step.get("kvDtypeBefore").asString());
      assertEquals("f32", step.get("kvDtype").asString());
    }
    assertEquals(16, compared.at("/comparison/unmatched").size());
    assertEquals("q8_0", compared.at("/comparison/unmatched/0/kvDtype").asString());
    assertFalse(compared.at("/comparison/notes").toString().contains("stores keys and values"));
  }

  @Test
  void anotherCacheIsMatchedAndNamed() throws IOException {
    String before = "" + report("before.json", points -> {});
    String after = "" + report("after.json", point -> point.put("kvDtype", "q8_0"));
    String note = "In 16 steps #1 stores keys and values in f32, and #2 in q8_0";
    JsonNode compared = json(before, after);
    assertEquals(16, compared.at("/comparison/steps").size());
    assertEquals("f32", compared.at("/comparison/steps/0/kvDtypeBefore").asString());
    assertEquals("q8_0", compared.at("/comparison/steps/0/kvDtype").asString());
    assertTrue(compared.at("/comparison/notes").toString().contains(note));
    String text = CommandRun.of("compare", before, after).text().replaceAll("\\s+", " ");
    assertTrue(text.contains(note), text);
    String markdown = CommandRun.of("compare", before, after, "--markdown").text();
    assertTrue(markdown.contains("| within the noise | f32 | q8_0 |"), markdown);
    String csv = CommandRun.of("compare", before, after, "--csv").text();
    assertTrue(csv.contains(",within the noise,f32,q8_0\n"), csv);
    Path out = folder.resolve("page");
    CommandRun.of("compare", before, after, "--out", "" + out).text();
    assertTrue(Files.readString(out.resolve("compare.html")).contains(note));
  }

  /** llama-bench says formats of keys and of values, and may measure several in one run. */
  @Test
  void cachesOfLlamaBenchAreNamed() throws IOException {
    String report = "" + report("report.json", points -> {});
    String ofHalves = LLAMA_BENCH.replace("\"n_depth\"", "\"type_k\": \"f16\", \"n_depth\"");
    String half = ofHalves.replace("\"type_k\"", "\"type_v\": \"f16\", \"type_k\"");
    JsonNode compared = json(report, "" + write("half.json", half));
    assertEquals("f16", compared.at("/comparison/steps/0/kvDtype").asString());
    assertTrue(
        compared.at("/comparison/notes").toString().contains("#1 stores keys and values in f32,"));
    String mixed = half.replace("\"type_v\": \"f16\"", "\"type_v\": \"q8_0\"");
    String several = half.strip().replaceAll("]$", ",") + mixed.strip().substring(1);
    Path file = write("several.json", several);
    assertEquals(2, steps(report, "" + file).size());
    List<JsonNode> exact = steps("" + write("mixed.json", mixed), "" + file);
    assertEquals(2, exact.size());
    assertEquals("f16/q8_0", exact.getFirst().get("kvDtype").asString());
  }

  /** Reports said it of the model, and before that not at all. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void olderReportsAreRead(boolean modelSays) throws IOException {
    String today = "" + report("today.json", points -> {});
    ObjectNode older = json(report("older.json", point -> point.remove("kvDtype")));
    ObjectNode model = (ObjectNode) older.get("model");
    if (modelSays) {
      model.put("kvDtype", "bf16");
    } else {
      model.remove("kvDtype");
    }
    JsonNode compared = json("" + write("older.json", older.toString()), today);
    assertEquals(16, compared.at("/comparison/steps").size());
    assertEquals(
        modelSays ? "bf16" : "",
        compared.at("/comparison/steps/0").path("kvDtypeBefore").asString(""));
    assertEquals(
        modelSays,
        compared.at("/comparison/notes").toString().contains("keys and values in bf16, and #2"));
  }

  @Test
  void peersAreComparedWithinTheirFileAndWithReports() throws IOException {
    String peers = "" + write("peers.json", PEERS);
    List<JsonNode> within = steps(peers);
    assertEquals(1, within.size());
    assertEquals(0.25, within.getFirst().get("ratio").asDouble());
    assertEquals("too few samples to say", within.getFirst().get("verdict").asString());
    assertEquals(2, steps("" + report("report.json", points -> {}), peers).size());
  }

  @Test
  void measurementsOfOtherModelsAreComparedOnlyIfTheyAreTheOnlyOnes() throws IOException {
    String report = "" + report("report.json", points -> {});
    String both =
        LLAMA_BENCH.stripTrailing().substring(0, LLAMA_BENCH.stripTrailing().length() - 1)
            + ", {\"model_type\": \"llama 8B Q8_0\", \"n_threads\": 2, \"n_prompt\": 512,"
            + " \"n_gen\": 0, \"samples_ts\": [1.0]}]";
    JsonNode json = json(report, "" + write("both.json", both));
    assertEquals(0, json.at("/comparison/steps").size());
    assertTrue(json.at("/comparison/notes").toString().contains("Nothing of 3 was compared"));
  }

  @Test
  void textMarkdownAndCsvHoldTheSteps() throws IOException {
    String report = "" + report("a.json", points -> {});
    String text = CommandRun.of("compare", report, report).text();
    assertTrue(text.contains("within the noise"), text);
    assertTrue(text.contains("AMD EPYC 9R14"), text);
    long rows = text.lines().filter(line -> line.contains("within the noise  ")).count();
    assertEquals(16, rows, text);
    String markdown = CommandRun.of("compare", report, report, "--markdown").text();
    assertTrue(markdown.contains("| decode | bf16 | 2 | 1 | 1 | 128 |"), markdown);
    String csv = CommandRun.of("compare", report, report, "--csv").text();
    assertTrue(csv.contains("\ndecode,bf16,2,1,1,128,2,"), csv);
  }

  @Test
  void badFilesAreNamedWithFieldAndValue() throws IOException {
    Map<String, String> messages =
        Map.of(
            "",
            "is empty, but must hold JSON",
            "7",
            "must hold a JSON object or array, but holds 7",
            "{}",
            "has neither points",
            "[]",
            "holds no measurement of prefill or decode",
            "[3]",
            "[0] must be an object, but is 3",
            "[{\"n_prompt\": 1}]",
            "[0].n_gen is missing",
            "{\"points\": []}",
            "machine is missing",
            LLAMA_BENCH.replace("198.0", "-1"),
            "[0].samples_ts must be positive, but holds -1.0",
            LLAMA_BENCH.replace("\"n_threads\": 2", "\"n_threads\": 0"),
            "[0].n_threads must be positive, but is 0",
            PEERS.replace("\"value\": 64", "\"value\": \"fast\""),
            "comparisons[1].value must be a number, but is \"fast\"");
    for (Map.Entry<String, String> each : messages.entrySet()) {
      Path file = write("bad.json", each.getKey());
      CommandRun run = CommandRun.of("compare", "" + file, "" + file);
      run.assertBadInput();
      assertTrue(run.err().contains(file + ": " + each.getValue()), run.err());
    }
    Path negative = report("bad.json", point -> point.put("seconds", -1));
    CommandRun run = CommandRun.of("compare", "" + negative, "" + negative);
    assertTrue(run.err().contains("points[0].seconds must be positive, but is -1"), run.err());
    Path twice = report("bad.json", point -> point.put("batch", 1).put("context", 0));
    run = CommandRun.of("compare", "" + twice, "" + twice);
    run.assertBadInput();
    assertTrue(run.err().contains("is there twice"), run.err());
  }

  @Test
  void badArgumentsAreRefused() throws IOException {
    String report = "" + report("a.json", points -> {});
    CommandRun.of("compare").assertBadInput();
    CommandRun.of("compare", report).assertBadInput();
    CommandRun.of("compare", report, "missing.json").assertBadInput();
    CommandRun.of("compare", report, report, "--fail-slower", "-1").assertBadInput();
    CommandRun.of("compare", report, report, "--fail-slower", "NaN").assertBadInput();
    CommandRun.of("compare", report, report, "--json", "--csv").assertBadInput();
  }

  private static boolean isFirst(JsonNode point) {
    return point.get("number").asInt() == 1;
  }

  private static List<JsonNode> steps(String... files) {
    return List.copyOf(json(files).at("/comparison/steps").values());
  }

  private static JsonNode json(String... files) {
    String[] arguments = new String[files.length + 2];
    arguments[0] = "compare";
    arguments[1] = "--json";
    System.arraycopy(files, 0, arguments, 2, files.length);
    return CommandRun.of(arguments).json();
  }

  private static ObjectNode json(Path file) throws IOException {
    return (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
  }

  /** The typical report with other points. */
  private Path report(String name, Consumer<ObjectNode> change) throws IOException {
    JsonNode report = JsonMapper.shared().readTree(ReportJson.render(SampleReports.typical()));
    report.get("points").forEach(point -> change.accept((ObjectNode) point));
    return write(name, report.toString());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
