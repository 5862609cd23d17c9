package dev.ridgepoint.bench.report.page;

import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.ReportJson;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The report as one HTML file that needs nothing beside itself: the text of {@code report.json},
 * the scripts that draw it, and the chart library.
 */
public final class Page {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private Page() {}

  /** The page. */
  public static String render(Report report) {
    Map<String, String> parts =
        Map.of(
            "title", Markup.escape("Roofline of " + report.run().modelName()),
            "summary", Markup.escape(report.summary()),
            "css", Assets.text("page.css"),
            "data", withoutMarkup(ReportJson.render(report)),
            "echarts", Assets.echarts(),
            "script", Assets.pageScript());
    return PLACEHOLDER
        .matcher(Assets.text("page.html"))
        .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1)).stripTrailing()));
  }

  /** JSON in which no string ends the element that holds it; its {@code <} are in strings alone. */
  private static String withoutMarkup(String json) {
    return json.replace("<", "\\u003c");
  }
}
