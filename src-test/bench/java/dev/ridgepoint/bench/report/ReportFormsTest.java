package dev.ridgepoint.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the terminal shows, report.json and report.csv are the same numbers. */
class ReportFormsTest {
  private static final List<String> OF_THE_RUN = List.of("cpu", "model");
  private static final Map<String, String> PREDICTIONS =
      Map.of(
          "predictedSecondsBound", "bound",
          "predictedSecondsCalibrated", "calibrated",
          "predictedSecondsLowest", "lowest",
          "predictedSecondsHighest", "highest");

  static List<Report> reports() {
    return List.of(
        SampleReports.typical(),
        SampleReports.odd(),
        SampleReports.report(SampleReports.uncalibrated(SampleReports.defaultPoints())));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void csvAndJsonAgreeOnEveryField(Report report) {
    JsonNode points = json(report).get("points");
    List<Map<String, String>> rows = csv(report);
    assertEquals(points.size(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      JsonNode point = points.get(i);
      Map<String, String> row = rows.get(i);
      assertEquals(report.machine().cpu(), row.get("cpu"));
      assertEquals(json(report).at("/model/name").asString(), row.get("model"));
      List<String> fields = new ArrayList<>(row.keySet());
      fields.removeAll(OF_THE_RUN);
      for (String field : fields) {
        String prediction = PREDICTIONS.get(field);
        JsonNode value =
            prediction == null
                ? point.required(field)
                : point.get("predictedSeconds").required(prediction);
        if (value.isNumber()) {
          assertEquals(value.doubleValue(), Double.parseDouble(row.get(field)), field);
        } else {
          assertEquals(value.isNull() ? "" : value.stringValue(), row.get(field), field);
        }
      }
      List<String> scalars = new ArrayList<>(point.propertyNames());
      scalars.removeAll(List.of("predictedSeconds", "operations"));
      scalars.removeAll(fields);
      assertEquals(List.of(), scalars, "fields of report.json that report.csv lacks");
    }
  }

  @ParameterizedTest
  @MethodSource("reports")
  void theTableShowsTheNumbersOfTheCsv(Report report) {
    Map<String, Map<String, String>> byNumber = new HashMap<>();
    csv(report).forEach(row -> byNumber.put(row.get("number"), row));
    List<String> lines =
        TerminalTable.render(report, true)
            .lines()
            .filter(line -> line.matches(" *\\d+  (decode|prefill) .*"))
            .toList();
    assertEquals(byNumber.size(), lines.size());
    for (String line : lines) {
      List<String> cells = List.of(line.strip().split(" {2,}"));
      Map<String, String> row = byNumber.get(cells.getFirst());
      double seconds = number(row, "seconds");
      String calibrated = row.get("predictedSecondsCalibrated");
      assertEquals(
          List.of(
              row.get("number"),
              row.get("phase"),
              row.get("threads"),
              row.get("batch"),
              row.get("newTokens"),
              row.get("context"),
              Units.significant(number(row, "intensity")),
              Units.seconds(seconds),
              Units.percent(number(row, "secondsError") / seconds).replace(" ", ""),
              Units.significant(number(row, "tokensPerSecond")),
              Units.significant(number(row, "flopsPerSecond") / 1e9),
              Units.significant(number(row, "bytesPerSecond") / 1e9),
              Units.percent(number(row, "fractionOfRoof")).replace(" ", "")
                  + (number(row, "fractionOfRoof") > 1 ? "!" : ""),
              row.get("boundBy"),
              Units.seconds(
                  calibrated.isEmpty()
                      ? number(row, "predictedSecondsBound")
                      : Double.parseDouble(calibrated))),
          cells);
    }
  }

  /** Explanations with quotes and commas are quoted in CSV. */
  @Test
  void techniquesAreTheSameInAllForms() {
    Report report = SampleReports.typical();
    JsonNode json = json(report).get("techniques");
    assertEquals(2, json.size());
    String csv = ReportCsv.renderTechniques(report);
    List<String> lines = csv.lines().toList();
    assertEquals(3, lines.size());
    String text = TerminalTable.render(report, true).replaceAll("\\s+", " ");
    for (int i = 0; i < json.size(); i++) {
      JsonNode each = json.get(i);
      Technique technique = report.techniques().get(i);
      assertEquals(technique.predicted(), each.get("predicted").asDouble());
      assertEquals(technique.measured(), each.get("measured").asDouble());
      assertEquals(technique.error().isPresent(), each.has("error"));
      assertEquals(technique.usual().flops(), each.get("usualFlops").asLong());
      assertEquals(technique.technique().tokens(), each.get("tokens").asLong());
      assertEquals(technique.explanation(), each.get("explanation").stringValue());
      String line = lines.get(i + 1);
      assertTrue(line.startsWith(technique.name() + ","), line);
      assertTrue(line.contains("," + technique.predicted() + "," + technique.measured() + ","));
      assertTrue(text.contains(Units.times(technique.predicted())), text);
      assertTrue(text.contains(Units.times(technique.measured())), text);
      assertTrue(text.contains(technique.verdict() + " " + technique.explanation()), text);
    }
    assertTrue(csv.contains("\"Each of the \"\"8 tokens\"\" reads the weights.\""), csv);
    String plain = TerminalTable.render(SampleReports.odd(), true);
    assertFalse(plain.contains("Techniques"), plain);
  }

  private static double number(Map<String, String> row, String field) {
    return Double.parseDouble(row.get(field));
  }

  private static JsonNode json(Report report) {
    return JsonMapper.shared().readTree(ReportJson.render(report));
  }

  /** Rows by their headings; no value of these reports holds a comma. */
  private static List<Map<String, String>> csv(Report report) {
    List<String> lines = ReportCsv.render(report).lines().toList();
    String[] headings = lines.getFirst().split(",");
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split(",", -1);
      assertEquals(headings.length, values.length, line);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < headings.length; i++) {
        row.put(headings[i], values[i]);
      }
      rows.add(row);
    }
    return rows;
  }
}
