package dev.ridgepoint.bench.report.page;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page as one HTML file that needs nothing beside itself: its data as JSON, the scripts that draw
 * it, and the chart library.
 */
public final class PageFile {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private PageFile() {}

  /**
   * The page.
   *
   * @param template a resource of this package, with placeholders for all of these
   * @param title plain text
   * @param summary plain text
   * @param json what the scripts draw
   * @param scripts resources of this package, in one scope that the window does not see
   */
  public static String render(
      String template, String title, String summary, String json, List<String> scripts) {
    Map<String, String> parts =
        Map.of(
            "title", Markup.escape(title),
            "summary", Markup.escape(summary),
            "css", Assets.text("page.css"),
            "data", withoutMarkup(json),
            "echarts", Assets.echarts(),
            "script", Assets.script(scripts));
    return PLACEHOLDER
        .matcher(Assets.text(template))
        .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1)).stripTrailing()));
  }

  /** JSON in which no string ends the element that holds it; its {@code <} are in strings alone. */
  private static String withoutMarkup(String json) {
    return json.replace("<", "\\u003c");
  }
}
