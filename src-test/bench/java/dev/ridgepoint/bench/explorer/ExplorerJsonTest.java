package dev.ridgepoint.bench.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.SampleReports;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.model.support.EngineSupport;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplorerJsonTest {
  private static final Explorer EXPLORER = SampleReports.typical().explorer();
  private static final String TEXT = ReportJson.render(SampleReports.typical());
  private static final JsonNode JSON = JsonMapper.shared().readTree(TEXT).get("explorer");

  /** Half a unit in the fourth digit. */
  private static final double ROUNDING = 5e-4;

  @Test
  void holdsTheStops() {
    assertEquals(EXPLORER.stops().batches(), ints(JSON.get("batches")));
    assertEquals(EXPLORER.stops().contexts(), ints(JSON.get("contexts")));
    assertEquals(EXPLORER.stops().prompts(), ints(JSON.get("prompts")));
  }

  @Test
  void holdsEveryCellOfEveryRunner() {
    checkRunners(EXPLORER.machine(), JSON.get("machine"));
    checkRunners(EXPLORER.devices(), JSON.get("devices"));
  }

  @Test
  void staysSmallEnoughForAPage() {
    int bytes = TEXT.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes < 300_000, bytes + " bytes");
  }

  /** Whose counts have the most digits, at the most stops. */
  @Test
  void staysSmallEnoughForTheLargestModelThatRuns() {
    Architecture largest =
        ModelCatalog.names().stream()
            .map(ModelCatalog::get)
            .filter(each -> EngineSupport.lacking(each).isEmpty())
            .max(
                Comparator.comparingInt(Architecture::maxPositions)
                    .thenComparingLong(WeightFormats.of(Precision.BF16)::storedBytes))
            .orElseThrow();
    assertTrue(largest.maxPositions() >= 1 << 17, "" + largest.maxPositions());
    Report report = SampleReports.of(largest);
    int bytes = ReportJson.render(report).getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes < 300_000, bytes + " bytes");
  }

  private static void checkRunners(List<Runner> runners, JsonNode nodes) {
    assertEquals(runners.size(), nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      checkRunner(runners.get(i), nodes.get(i));
    }
  }

  private static void checkRunner(Runner runner, JsonNode node) {
    Runner.Setup setup = runner.setup();
    assertEquals(setup.name(), node.get("name").asString());
    assertEquals(setup.threads().isPresent(), node.has("threads"));
    assertEquals(setup.threads().orElse(0), node.path("threads").asInt(0));
    assertEquals(
        setup.formats().weights().name().toLowerCase(Locale.ROOT), node.get("format").asString());
    assertEquals(
        setup.formats().kvCache().name().toLowerCase(Locale.ROOT), node.get("kvCache").asString());
    assertEquals(
        setup.computeDtype().toLowerCase(Locale.ROOT), node.get("computeDtype").asString());
    assertEquals(setup.roofline().peakFlopsPerSecond(), node.get("flopsPerSecond").asDouble());
    assertEquals(setup.roofline().bytesPerSecond(), node.get("bytesPerSecond").asDouble());
    assertEquals(setup.roofline().ridgePoint(), node.get("ridgePoint").asDouble());
    assertEquals(setup.memoryBytes().isEmpty(), node.get("memoryBytes").isNull());
    assertEquals(setup.memoryBytes().orElse(0), node.get("memoryBytes").asLong(0));
    assertEquals(setup.weightBytes(), node.get("weightBytes").asLong());
    for (int c = 0; c < EXPLORER.stops().contexts().size(); c++) {
      check(runner.computeBoundBatches().get(c), node.get("computeBoundBatches").get(c));
    }
    check(runner.computeBoundPrompt(), node.get("computeBoundPrompt"));

    JsonNode bytes = JSON.get("bytes").get(node.get("bytes").asInt());
    JsonNode decode = node.get("decode");
    assertEquals(setup.decodeBasis().name().toLowerCase(Locale.ROOT), basis(decode));
    for (int b = 0; b < EXPLORER.stops().batches().size(); b++) {
      for (int c = 0; c < EXPLORER.stops().contexts().size(); c++) {
        Cell cell = runner.decode().get(b).get(c);
        assertEquals(cell.flops(), JSON.get("decodeFlops").get(b).get(c).asLong());
        assertEquals(cell.bytes(), bytes.get("decode").get(b).get(c).asLong());
        check(cell.boundSeconds(), decode.get("boundSeconds").get(b).get(c));
        check(cell.predictedSeconds(), predicted(decode).get(b).get(c));
        assertEquals(cell.fits(), decode.get("fits").get(b).get(c).asBoolean());
      }
    }
    JsonNode prefill = node.get("prefill");
    assertEquals(setup.prefillBasis().name().toLowerCase(Locale.ROOT), basis(prefill));
    for (int p = 0; p < EXPLORER.stops().prompts().size(); p++) {
      Cell cell = runner.prefill().get(p);
      assertEquals(cell.flops(), JSON.get("prefillFlops").get(p).asLong());
      assertEquals(cell.bytes(), bytes.get("prefill").get(p).asLong());
      check(cell.boundSeconds(), prefill.get("boundSeconds").get(p));
      check(cell.predictedSeconds(), predicted(prefill).get(p));
      assertEquals(cell.fits(), prefill.get("fits").get(p).asBoolean());
    }
  }

  private static JsonNode predicted(JsonNode phase) {
    boolean isBound = basis(phase).equals("bound");
    assertEquals(isBound, !phase.has("predictedSeconds"));
    return phase.get(isBound ? "boundSeconds" : "predictedSeconds");
  }

  private static String basis(JsonNode phase) {
    return phase.get("basis").asString();
  }

  private static void check(double expected, JsonNode actual) {
    assertEquals(expected, actual.asDouble(), ROUNDING * expected);
  }

  private static void check(OptionalInt expected, JsonNode actual) {
    assertEquals(expected.isEmpty(), actual.isNull());
    assertEquals(expected.orElse(0), actual.asInt(0));
  }

  private static List<Integer> ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }
}
