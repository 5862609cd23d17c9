package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final Pattern ID = Pattern.compile(" id=\"([^\"]+)\"");
  private static final Pattern ROW = Pattern.compile("<tr><td data-value=\"(\\d+)\\.0\">");

  @Test
  void hasARowForEveryPointWorstFirst() {
    Report report = SampleReports.typical();
    Matcher rows = ROW.matcher(HtmlReport.render(report));
    List<Integer> numbers = rows.results().map(r -> Integer.parseInt(r.group(1))).toList();
    List<Integer> expected = report.pointsByFractionOfRoof().stream().map(Point::number).toList();
    assertEquals(16, numbers.size());
    assertEquals(expected, numbers);
  }

  @Test
  void needsNothingFromElsewhere() {
    String page = HtmlReport.render(SampleReports.typical());
    String withoutNamespace = page.replace("http://www.w3.org/2000/svg", "");
    for (String sign :
        List.of("http:", "https:", "//cdn", "<link", "<img", "src=", "@import", "url(")) {
      assertFalse(withoutNamespace.contains(sign), sign);
    }
  }

  @Test
  void leavesNoPlaceholderAndNoOddNumber() {
    String page = HtmlReport.render(SampleReports.typical());
    for (String sign : List.of("{{", "}}", "NaN", "Infinity", "null", "Optional")) {
      // The script calls isNaN.
      assertFalse(page.replace("isNaN", "").contains(sign), sign);
    }
  }

  @Test
  void idsAreUnique() {
    Set<String> seen = new HashSet<>();
    Matcher ids = ID.matcher(HtmlReport.render(SampleReports.typical()));
    while (ids.find()) {
      assertTrue(seen.add(ids.group(1)), ids.group(1) + " occurs twice");
    }
  }

  @Test
  void drawingsAreWellFormed() {
    String page = HtmlReport.render(SampleReports.typical());
    Matcher drawings = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
    assertEquals(10, drawings.results().peek(d -> Drawing.parse(d.group())).count());
  }

  @Test
  void whatUsersNameThingsIsEscaped() {
    String nasty = "<script>alert('x')</script>&\"{{summary}}$1\\";
    Run run =
        new Run(
            nasty,
            nasty,
            nasty,
            Instant.EPOCH,
            nasty,
            List.of(nasty),
            List.of(Warning.ofRun(nasty)),
            Optional.empty());
    Report report =
        Report.of(
            SampleReports.machine(),
            SampleReports.QWEN,
            SampleReports.BF16,
            List.of(decode(2, 1, 128, 0.0415)),
            run);
    String page = HtmlReport.render(report);
    assertFalse(page.contains("<script>alert"));
    assertTrue(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;{{summary}}$1\\"));
    Drawing.parse(HtmlReport.rooflineSvg(report));
  }

  @Test
  void warningsStandOnTopWhereThereAreAny() {
    assertFalse(HtmlReport.render(SampleReports.typical()).contains("<aside"));
    String page = HtmlReport.render(SampleReports.report(List.of(decode(2, 1, 128, 0.03))));
    assertTrue(page.indexOf("<aside class=\"warnings\"") < page.indexOf("<svg"));
    assertTrue(page.contains("lies above its roof"));
    assertTrue(page.contains("<td class=\"defect\""));
  }
}
