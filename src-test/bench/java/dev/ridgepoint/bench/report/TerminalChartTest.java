package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalChartTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void showsEveryPointBelowTheRoofAndTheRidgeWhereTheRoofBends(boolean unicode) {
    Panel panel = SampleReports.typical().panels().getFirst();
    List<String> lines = TerminalChart.render(panel, unicode).lines().toList();
    String all = String.join("\n", lines.subList(0, 14)).replaceAll(".* \\|", "");
    for (Point point : panel.points()) {
      assertEquals(2, all.split("" + point.number(), -1).length, point.number() + " in\n" + all);
    }
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("  340 GFLOP/s |")), all);
    String axis = lines.get(14);
    String ridge = lines.get(15);
    assertTrue(ridge.contains("ridge point, 12.8 FLOP/B"), ridge);
    int middle = ridge.indexOf("ridge") + "ridge point, 12.8 FLOP/B".length() / 2;
    assertEquals(axis.indexOf('^'), middle);
  }

  @Test
  void lineOfAsciiRisesToTheRidgeAndRunsFlat() {
    String chart = TerminalChart.render(SampleReports.typical().panels().getFirst(), false);
    assertTrue(chart.chars().allMatch(c -> c < 128), chart);
    List<String> lines = chart.lines().toList();
    String top = lines.stream().filter(line -> line.contains("---")).findFirst().orElseThrow();
    assertEquals(lines.get(14).indexOf('^'), top.indexOf('-'), chart);
  }

  @Test
  void pointsAtOnePlaceStandBesideEachOther() {
    Report report =
        SampleReports.report(List.of(decode(1, 1, 128, 0.0801), decode(1, 1, 129, 0.0801)));
    String chart = TerminalChart.render(report.panels().getFirst(), true);
    assertTrue(chart.lines().anyMatch(line -> line.matches(".*1.2.*")), chart);
  }
}
