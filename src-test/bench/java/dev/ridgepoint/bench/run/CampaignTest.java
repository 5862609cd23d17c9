package dev.ridgepoint.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CampaignTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final PlannedPoint PREFILL = new PlannedPoint(Phase.PREFILL, 1, 1, 32, 0);
  private static final PlannedPoint DECODE = new PlannedPoint(Phase.DECODE, 1, 1, 1, 32);
  private static final PlannedPoint BATCH = new PlannedPoint(Phase.DECODE, 1, 4, 1, 32);
  private static final Plan PLAN = new Plan(List.of(PREFILL, DECODE, BATCH));

  @TempDir private Path folder;
  private final List<PlannedPoint> measured = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private String code = "1";

  @Test
  void measuresEachPointOnce() throws IOException {
    Map<PlannedPoint, JsonNode> results = run(point -> result(point));
    assertEquals(PLAN.points(), measured);
    assertEquals(PLAN.points(), List.copyOf(results.keySet()));
    assertEquals(result(DECODE), results.get(DECODE));
    assertEquals("0 of 3", events.getFirst());
  }

  @Test
  void resumesAfterAnInterruption() throws IOException {
    assertThrows(
        IOException.class,
        () ->
            run(
                point -> {
                  if (point.equals(BATCH)) {
                    throw new IOException("interrupted");
                  }
                  return result(point);
                }));
    measured.clear();
    events.clear();

    Map<PlannedPoint, JsonNode> results = run(point -> result(point));
    assertEquals(List.of(BATCH), measured);
    assertEquals(List.of("2 of 3", "measures " + BATCH, "finished " + BATCH), events);
    assertEquals(PLAN.points(), List.copyOf(results.keySet()));
    assertEquals(result(PREFILL), results.get(PREFILL));
  }

  @Test
  void measuresAnewWhatOtherCodeMeasured() throws IOException {
    run(point -> result(point));
    measured.clear();
    code = "2";
    run(point -> result(point));
    assertEquals(PLAN.points(), measured);
  }

  @Test
  void measuresAnewWhereAFileIsDamaged() throws IOException {
    run(point -> result(point));
    measured.clear();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("PREFILL")) {
          Files.writeString(file, "[{\"benchmark\":");
        }
      }
    }
    run(point -> result(point));
    assertEquals(List.of(PREFILL), measured);
  }

  @Test
  void leavesNothingHalfWritten() throws IOException {
    run(point -> result(point));
    try (Stream<Path> files = Files.list(folder)) {
      assertTrue(files.allMatch(file -> file.toString().endsWith(".json")));
    }
  }

  private Map<PlannedPoint, JsonNode> run(Campaign.Measurement measurement) throws IOException {
    Campaign campaign =
        new Campaign(
            new MeasurementStore(folder),
            this::key,
            point -> {
              measured.add(point);
              return measurement.measure(point);
            });
    return campaign.run(
        PLAN,
        new Campaign.Progress() {
          @Override
          public void begins(int reused, int points) {
            events.add(reused + " of " + points);
          }

          @Override
          public void measures(PlannedPoint point) {
            events.add("measures " + point);
          }

          @Override
          public void finished(PlannedPoint point) {
            events.add("finished " + point);
          }
        });
  }

  private MeasurementKey key(PlannedPoint point) {
    Map<String, String> parameters = Map.of("batch", Integer.toString(point.batch()));
    return new MeasurementKey(
        "Benchmark." + point.phase(), new TreeMap<>(parameters), "quick", "machine", code);
  }

  private static JsonNode result(PlannedPoint point) {
    return JSON.createObjectNode().put("benchmark", point.toString());
  }
}
