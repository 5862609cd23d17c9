package dev.ridgepoint.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTableTest {

  @Test
  void hasALineForEveryPointWorstFirst() {
    Report report = SampleReports.typical();
    List<Integer> numbers =
        TerminalTable.render(report, true)
            .lines()
            .filter(line -> line.matches(" *\\d+  (decode|prefill) .*"))
            .map(line -> Integer.parseInt(line.strip().split(" ")[0]))
            .toList();
    assertEquals(report.pointsByFractionOfRoof().stream().map(Point::number).toList(), numbers);
  }

  @Test
  void fitsATerminal() {
    for (boolean unicode : new boolean[] {true, false}) {
      TerminalTable.render(SampleReports.typical(), unicode)
          .lines()
          .forEach(line -> assertTrue(line.length() <= 110, line.length() + ": " + line));
    }
  }

  @Test
  void speaksAsciiWhereItMust() {
    String text = TerminalTable.render(SampleReports.typical(), false);
    assertTrue(text.chars().allMatch(c -> c < 128));
    assertTrue(!text.contains("?"), text);
  }

  /** What the end says again is in the first look once, and short. */
  @Test
  void aFirstLookIsVerdictChartAndANarrowTable() {
    Report report = SampleReports.typical();
    String first = TerminalTable.firstLook(report, true);
    String whole = TerminalTable.render(report, true);
    assertTrue(whole.startsWith(first.substring(0, first.indexOf("#  phase"))), first);
    assertTrue(first.contains("time/step") && !first.contains("predicted"), first);
    assertTrue(!first.contains("Why decode sits"), first);
    assertTrue(first.lines().count() < whole.lines().count() - 15, first);
    assertTrue(TerminalTable.firstLook(report, false).chars().allMatch(c -> c < 128));
  }

  @Test
  void columnsAreAligned() {
    List<String> table =
        TerminalTable.render(SampleReports.typical(), true)
            .lines()
            .dropWhile(line -> !line.contains("time/step"))
            .takeWhile(line -> !line.isBlank())
            .toList();
    assertEquals(18, table.size());
    int end = table.getFirst().indexOf("GB/s") + 4;
    for (String line : table.subList(2, table.size())) {
      assertTrue(line.charAt(end - 1) != ' ' && line.charAt(end) == ' ', line);
    }
  }
}
