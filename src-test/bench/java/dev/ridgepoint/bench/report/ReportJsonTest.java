package dev.ridgepoint.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportJsonTest {
  private static final List<String> POINT_FIELDS =
      List.of(
          "number",
          "phase",
          "dtype",
          "kvDtype",
          "threads",
          "batch",
          "newTokens",
          "context",
          "flops",
          "bytes",
          "weightBytes",
          "kvBytes",
          "intensity",
          "seconds",
          "secondsError",
          "samples",
          "tokensPerSecond",
          "flopsPerSecond",
          "bytesPerSecond",
          "attainableFlopsPerSecond",
          "fractionOfRoof",
          "boundBy",
          "readBytesPerSecond",
          "predictedSeconds",
          "operations");

  @Test
  void holdsTheMachine() {
    JsonNode machine = json(SampleReports.typical()).get("machine");
    assertEquals("AMD EPYC 9R14 (virtual machine)", machine.get("cpu").asString());
    assertEquals(2, machine.get("cores").asInt());
    assertEquals(512, machine.get("vectorBits").asInt());
    assertEquals(340e9, machine.get("peakFlopsPerSecond").get("f32").get("2").asDouble());
    assertEquals(180e9, machine.get("peakFlopsPerSecond").get("f32").get("1").asDouble());
    JsonNode sample = machine.get("bandwidth").get(0);
    assertEquals(1, sample.get("threads").asInt());
    assertEquals(16384, sample.get("workingSetBytes").asLong());
    assertTrue(sample.get("bytesPerSecond").asDouble() > 1e11);
  }

  @Test
  void holdsTheModel() {
    JsonNode model = json(SampleReports.typical()).get("model");
    assertEquals(896, model.get("config").get("hiddenSize").asInt());
    assertEquals(494_032_768L, model.get("parameters").asLong());
    assertEquals(SampleReports.typical().model().weightBytes(), model.get("weightBytes").asLong());
  }

  @Test
  void holdsEveryPointWithEveryField() {
    Report report = SampleReports.typical();
    JsonNode points = json(report).get("points");
    assertEquals(report.points().size(), points.size());
    for (int i = 0; i < points.size(); i++) {
      JsonNode node = points.get(i);
      Point point = report.points().get(i);
      assertEquals(POINT_FIELDS, List.copyOf(node.propertyNames()));
      assertEquals(point.phase().label(), node.get("phase").asString());
      assertEquals("bf16", node.get("dtype").asString());
      assertEquals("f32", node.get("kvDtype").asString());
      assertEquals(point.flops(), node.get("flops").asLong());
      assertEquals(point.bytes(), node.get("bytes").asLong());
      assertEquals(point.seconds(), node.get("seconds").asDouble());
      assertEquals(point.fractionOfRoof(), node.get("fractionOfRoof").asDouble());
      assertTrue(List.of("memory", "compute").contains(node.get("boundBy").asString()));
      JsonNode predicted = node.get("predictedSeconds");
      assertEquals(point.prediction().boundSeconds(), predicted.get("bound").asDouble());
      assertEquals(point.predictedSeconds(), predicted.get("calibrated").asDouble());
    }
  }

  @Test
  void everyFormNamesNarrowCaches() {
    Report report = SampleReports.withNarrowCache(SampleReports.defaultPoints());
    assertEquals("q8_0", json(report).at("/model/kvDtype").asString());
    assertEquals("q8_0", json(report).at("/points/3/kvDtype").asString());
    assertTrue(ReportCsv.render(report).contains(",bf16,q8_0,"));
    assertTrue(
        report.summary().contains("Qwen2.5-0.5B in bf16 with keys and values in q8_0 decodes"),
        report.summary());
    assertTrue(
        report.points().getFirst().kvBytes()
            < SampleReports.typical().points().getFirst().kvBytes() / 3);
  }

  @Test
  void missingCalibrationIsNull() {
    Report report =
        Report.of(
            SampleReports.machine(),
            SampleReports.QWEN,
            SampleReports.BF16,
            SampleReports.uncalibrated(SampleReports.defaultPoints()),
            SampleReports.EXPLORER,
            SampleReports.run());
    JsonNode predicted = json(report).get("points").get(0).get("predictedSeconds");
    assertTrue(predicted.get("calibrated").isNull());
    assertTrue(predicted.get("bound").isNumber());
  }

  private static JsonNode json(Report report) {
    return JsonMapper.shared().readTree(ReportJson.render(report));
  }
}
