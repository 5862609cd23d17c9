package dev.ridgepoint.bench.report.page;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page as one HTML file that needs nothing beside itself: its data as JSON, the scripts that draw
 * it, and the chart library.
 */
public final class PageFile {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  /** What every page draws with. */
  private static final List<String> COMMON_SCRIPTS =
      List.of("units.js", "roofline.js", "charts.js", "widgets.js", "surroundings.js");

  private PageFile() {}

  /**
   * The page.
   *
   * @param body a resource of this package, with placeholders for title and summary; {@code
   *     frame.html} is around it
   * @param title plain text
   * @param summary plain text
   * @param json what the scripts draw
   * @param scripts resources of this package, which follow those of all pages in one scope that the
   *     window does not see
   */
  public static String render(
      String body, String title, String summary, String json, List<String> scripts) {
    Map<String, String> texts =
        Map.of("title", Markup.escape(title), "summary", Markup.escape(summary));
    return fill(
        "frame.html",
        Map.of(
            "title", texts.get("title"),
            "css", Assets.text("page.css"),
            "body", fill(body, texts),
            "data", withoutMarkup(json),
            "echarts", Assets.echarts(),
            "script",
                Assets.script(Stream.concat(COMMON_SCRIPTS.stream(), scripts.stream()).toList())));
  }

  private static String fill(String template, Map<String, String> parts) {
    return PLACEHOLDER
        .matcher(Assets.text(template))
        .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1)).stripTrailing()));
  }

  /** JSON in which no string ends the element that holds it; its {@code <} are in strings alone. */
  private static String withoutMarkup(String json) {
    return json.replace("<", "\\u003c");
  }
}
