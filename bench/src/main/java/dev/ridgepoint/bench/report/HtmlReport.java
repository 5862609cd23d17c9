package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The report as one HTML file that needs nothing beside itself. */
public final class HtmlReport {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  /** A number and the unit behind it stay on one line. */
  private static final Pattern BEFORE_UNIT = Pattern.compile("(?<=\\d) (?=[A-Za-zµ%])");

  private final Report report;

  private HtmlReport(Report report) {
    this.report = report;
  }

  /** The page. */
  public static String render(Report report) {
    return new HtmlReport(report).page();
  }

  /** The rooflines alone, as an SVG file: one below the other, most threads first. */
  public static String rooflineSvg(Report report) {
    List<Svg> drawings =
        report.panels().stream()
            .map(
                panel ->
                    RooflineChart.draw(report, panel, Layout.WIDE, "roofline-" + panel.threads()))
            .toList();
    return Svg.file(resource("chart.css"), drawings);
  }

  private String page() {
    Map<String, String> parts = new HashMap<>();
    parts.put("title", text("Roofline of " + report.run().modelName()));
    parts.put("chartCss", resource("chart.css"));
    parts.put("pageCss", resource("report.css"));
    parts.put("script", resource("report.js"));
    parts.put("machine", text(machine()));
    parts.put("summary", text(Explanation.summary(report)));
    parts.put("warnings", warnings());
    List<Panel> panels = report.panels();
    parts.put("mainRoofline", roofline(panels.getFirst()));
    parts.put("explanation", prose(Explanation.of(report)));
    parts.put("otherRooflines", otherRooflines(panels.subList(1, panels.size())));
    parts.put("points", new PointTable(report).html());
    parts.put("accuracy", text(Method.accuracy(report)));
    parts.put(
        "predictionChart",
        figure((layout, id) -> PredictionChart.draw(report, layout, id), "prediction-chart"));
    parts.put("operations", operations());
    parts.put("bandwidth", bandwidth());
    parts.put("method", prose(Method.sections()));
    parts.put("reproduce", reproduce());
    return fill(resource("report.html"), parts);
  }

  private String machine() {
    Machine machine = report.machine();
    return "%s, %s, %s-bit vectors; %s; %s of weights in %s"
        .formatted(
            machine.cpu(),
            report.run().cores(),
            machine.vectorBits(),
            report.run().jdk(),
            Units.bytes(report.model().weightBytes()),
            report.model().dtype());
  }

  private String warnings() {
    if (report.warnings().isEmpty()) {
      return "";
    }
    String items =
        report.warnings().stream()
            .map(warning -> "<li>" + text(report.sentence(warning)) + "</li>\n")
            .collect(Collectors.joining());
    return "<aside class=\"warnings\" aria-label=\"Warnings\">\n"
        + "<h2>Before you believe these numbers</h2>\n<ul>\n%s</ul>\n</aside>\n".formatted(items);
  }

  private String roofline(Panel panel) {
    return figure(
        (layout, id) -> RooflineChart.draw(report, panel, layout, id),
        "roofline-" + panel.threads());
  }

  private String otherRooflines(List<Panel> panels) {
    if (panels.isEmpty()) {
      return "";
    }
    return """
    <section aria-labelledby="other-threads">
    <h2 id="other-threads">With fewer threads</h2>
    <p>The same steps under the roofs of fewer threads, on the same axes.</p>
    %s</section>
    """
        .formatted(panels.stream().map(this::roofline).collect(Collectors.joining()));
  }

  private String operations() {
    List<Point> steps = OperationChart.stepsToShow(report);
    if (steps.isEmpty()) {
      return "";
    }
    return """
    <section aria-labelledby="operations">
    <h2 id="operations">Where the time of a step goes</h2>
    <p>Predicted time of each operation, summed over the layers.</p>
    %s</section>
    """
        .formatted(
            figure((layout, id) -> OperationChart.draw(steps, layout, id), "operation-chart"));
  }

  private String bandwidth() {
    return """
    <section aria-labelledby="bandwidth">
    <h2 id="bandwidth">Where the memory roofs come from</h2>
    <p>Read bandwidth as measured, by the size of what is read. Grey bars are the plateaus that
    became memory roofs; a thin line below a point reaches down to its slowest repetition.</p>
    %s</section>
    """
        .formatted(
            figure((layout, id) -> BandwidthChart.draw(report, layout, id), "bandwidth-chart"));
  }

  /** A drawing in both layouts, of which the page's width chooses one. */
  private static String figure(BiFunction<Layout, String, Svg> drawing, String id) {
    StringBuilder out = new StringBuilder("<figure>\n");
    for (Layout layout : Layout.values()) {
      String name = layout.name().toLowerCase(Locale.ROOT);
      out.append("<div class=\"").append(name).append("\">\n");
      out.append(drawing.apply(layout, id + "-" + name).inline()).append("</div>\n");
    }
    return out.append("</figure>\n").toString();
  }

  private static String prose(List<Explanation.Section> sections) {
    StringBuilder out = new StringBuilder();
    for (Explanation.Section section : sections) {
      out.append("<h2>").append(text(section.title())).append("</h2>\n");
      section.paragraphs().forEach(p -> out.append("<p>").append(text(p)).append("</p>\n"));
    }
    return out.toString();
  }

  private String reproduce() {
    Run run = report.run();
    String flags = run.jvmFlags().isEmpty() ? "none" : String.join(" ", run.jvmFlags());
    StringBuilder out = new StringBuilder("<dl>\n");
    out.append(entry("Command", "<code>" + Markup.escape(run.command()) + "</code>"));
    out.append(entry("Measured", text(run.finished().toString().replaceAll("\\.\\d+Z$", "Z"))));
    out.append(entry("JDK", text(run.jdk())));
    out.append(entry("JVM flags", "<code>" + Markup.escape(flags) + "</code>"));
    return out.append("</dl>\n").toString();
  }

  private static String entry(String term, String description) {
    return "<dt>" + term + "</dt><dd>" + description + "</dd>\n";
  }

  static String text(String plain) {
    return BEFORE_UNIT.matcher(Markup.escape(plain)).replaceAll("&nbsp;");
  }

  private static String fill(String template, Map<String, String> parts) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            match -> {
              String part = parts.get(match.group(1));
              if (part == null) {
                throw new IllegalStateException("nothing to put in for " + match.group());
              }
              return Matcher.quoteReplacement(part.stripTrailing());
            });
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
