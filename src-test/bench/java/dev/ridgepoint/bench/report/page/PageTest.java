package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.SampleReports;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The page's text, without a browser. */
class PageTest {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  private static final int MEGABYTE = 1_000_000;

  @Test
  void holdsTheVeryTextOfTheReport() {
    Report report = SampleReports.typical();
    String data = data(Page.render(report));
    assertEquals(ReportJson.render(report).strip(), data.replace("\\u003c", "<"));
  }

  @Test
  void isOneSmallFileThatNeedsNothingFromElsewhere() {
    String page = Page.render(SampleReports.typical());
    assertTrue(page.length() < 3 * MEGABYTE, page.length() + " characters");
    String own = page.replace(Assets.echarts().strip(), "");
    for (String sign :
        List.of("http:", "https:", "<link", "<img", " src=", "@import", "url(", "{{")) {
      assertFalse(own.contains(sign), sign);
    }
  }

  @Test
  void markupInNamesIsText() {
    String page = Page.render(SampleReports.named("<script>alert('x')</script>&\"{{summary}}$1\\"));
    assertFalse(page.contains("<script>alert"));
    assertTrue(
        page.contains(
            "<h1>Roofline of"
                + " &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;{{summary}}$1\\</h1>"));
    assertEquals(
        "<script>alert('x')</script>&\"{{summary}}$1\\",
        JsonMapper.shared().readTree(data(page)).get("model").get("name").asString());
  }

  private static String data(String page) {
    Matcher matcher = DATA.matcher(page);
    assertTrue(matcher.find());
    return matcher.group(1);
  }
}
