package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static dev.ridgepoint.bench.report.SampleReports.prefill;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;

/** The drawings, looked at as a reader's program would: parsed from their markup. */
class ChartsTest {

  @ParameterizedTest
  @EnumSource(Layout.class)
  void everyPointIsInItsRooflineAndOnlyThere(Layout layout) {
    Report report = SampleReports.typical();
    for (Panel panel : report.panels()) {
      Drawing drawing = roofline(report, panel, layout);
      List<String> names =
          drawing.texts().stream()
              .filter(text -> text.style().contains("point-name"))
              .map(Drawing.Text::content)
              .toList();
      List<String> expected =
          panel.points().stream()
              .map(p -> p.number() + ": " + Units.percent(p.fractionOfRoof()))
              .toList();
      assertEquals(expected, names);
      List<String> tooltips =
          drawing.elements("title").stream().map(e -> e.getTextContent()).toList();
      panel.points().forEach(p -> assertTrue(tooltips.contains(Describe.point(p))));
    }
  }

  @Test
  void rooflineNamesItsRoofsWithTheirValues() {
    Report report = SampleReports.typical();
    Drawing drawing = roofline(report, report.panels().getFirst(), Layout.WIDE);
    String text = String.join("\n", drawing.texts().stream().map(Drawing.Text::content).toList());
    assertTrue(text.contains("FMA peak 340 GFLOP/s"), text);
    assertTrue(text.contains("L1 332 GB/s (≤ 32 KiB)"), text);
    assertTrue(text.contains("L2 186 GB/s (64 KiB – 2 MiB)"), text);
    assertTrue(text.contains("L3 56.7 GB/s (4 MiB – 64 MiB)"), text);
    assertTrue(text.contains("DRAM 26.5 GB/s"), text);
    assertTrue(text.contains("ridge point 12.8 FLOP/B"), text);
  }

  @Test
  void memoryRoofsRiseAtFortyFiveDegrees() {
    Report report = SampleReports.typical();
    for (Layout layout : Layout.values()) {
      Drawing drawing = roofline(report, report.panels().getFirst(), layout);
      List<Element> sloped =
          drawing.elements("line", "roof").stream()
              .filter(e -> !e.getAttribute("y1").equals(e.getAttribute("y2")))
              .toList();
      assertEquals(4, sloped.size());
      for (Element line : sloped) {
        double run =
            Double.parseDouble(line.getAttribute("x2"))
                - Double.parseDouble(line.getAttribute("x1"));
        double rise =
            Double.parseDouble(line.getAttribute("y1"))
                - Double.parseDouble(line.getAttribute("y2"));
        assertEquals(run, rise, 0.05);
      }
    }
  }

  @Test
  void noTwoLabelsOverlapInTheDefaultReport() {
    for (Svg svg : charts(SampleReports.typical())) {
      List<Drawing.Text> texts = Drawing.parse(svg.inline()).texts();
      for (int i = 0; i < texts.size(); i++) {
        for (int j = 0; j < i; j++) {
          String pair = texts.get(i).content() + " / " + texts.get(j).content();
          assertFalse(texts.get(i).box().overlaps(texts.get(j).box()), pair);
        }
      }
    }
  }

  @Test
  void nothingLeavesTheViewBoxWhateverIsMeasured() {
    Random random = new Random(20);
    for (int round = 0; round < 200; round++) {
      for (Svg svg : charts(randomReport(random))) {
        Drawing drawing = Drawing.parse(svg.inline());
        double[] box = drawing.viewBox();
        for (ConvexPolygon shape : drawing.shapes()) {
          assertTrue(
              shape.isWithin(box[0] - 0.5, box[1] - 0.5, box[2] + 0.5, box[3] + 0.5),
              () ->
                  "outside in round: "
                      + Arrays.toString(shape.xs())
                      + Arrays.toString(shape.ys())
                      + " of "
                      + drawing.elements("title").getFirst().getTextContent());
        }
      }
    }
  }

  @Test
  void chartsAreAccessibleAndWithoutOddNumbers() {
    for (Svg svg : charts(SampleReports.typical())) {
      String markup = svg.inline();
      Drawing drawing = Drawing.parse(markup);
      assertEquals("img", drawing.root().getAttribute("role"));
      String[] labels = drawing.root().getAttribute("aria-labelledby").split(" ");
      assertEquals(labels[0], drawing.elements("title").getFirst().getAttribute("id"));
      assertEquals(labels[1], drawing.elements("desc").getFirst().getAttribute("id"));
      assertFalse(drawing.elements("desc").getFirst().getTextContent().isBlank());
      assertFalse(markup.contains("NaN") || markup.contains("Infinity"), markup);
    }
  }

  @Test
  void fileOfRooflinesHoldsAllThreadCountsAndItsStyle() {
    Drawing drawing = Drawing.parse(HtmlReport.rooflineSvg(SampleReports.typical()));
    assertEquals(1, drawing.elements("style").size());
    List<String> texts = drawing.texts().stream().map(Drawing.Text::content).toList();
    assertTrue(texts.contains("Qwen2.5-0.5B, bf16, 2 threads"));
    assertTrue(texts.contains("Qwen2.5-0.5B, bf16, 1 thread"));
  }

  @Test
  void decodeAndPrefillDifferInShape() {
    Report report = SampleReports.typical();
    Drawing drawing = roofline(report, report.panels().getFirst(), Layout.WIDE);
    assertEquals(5, drawing.elements("g", "decode").stream().filter(this::isPoint).count());
    assertEquals(3, drawing.elements("g", "prefill").stream().filter(this::isPoint).count());
    for (Element group : drawing.elements("g", "decode")) {
      assertTrue(group.getElementsByTagName("circle").getLength() > 0);
    }
    for (Element group : drawing.elements("g", "prefill")) {
      assertTrue(group.getElementsByTagName("rect").getLength() > 0);
    }
  }

  private boolean isPoint(Element group) {
    return group.getElementsByTagName("line").getLength() > 0;
  }

  private static Drawing roofline(Report report, Panel panel, Layout layout) {
    return Drawing.parse(RooflineChart.draw(report, panel, layout, "id").inline());
  }

  private static List<Svg> charts(Report report) {
    List<Svg> charts = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      report.panels().forEach(p -> charts.add(RooflineChart.draw(report, p, layout, "r")));
      charts.add(BandwidthChart.draw(report, layout, "b"));
      charts.add(PredictionChart.draw(report, layout, "p"));
      charts.add(OperationChart.draw(OperationChart.stepsToShow(report), layout, "o"));
    }
    return charts;
  }

  /** Times from far above the roof to a thousandth of it, any number of points. */
  private static Report randomReport(Random random) {
    List<MeasuredPoint> points = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      int threads = 1 + random.nextInt(2);
      double seconds = 0.04 * Math.pow(10, 3 * random.nextDouble() - 0.5);
      points.add(
          random.nextBoolean()
              ? decode(threads, 1 << random.nextInt(9), random.nextInt(8000), seconds)
              : prefill(threads, 1 + random.nextInt(4096), seconds));
    }
    return Report.of(
        SampleReports.machine(),
        SampleReports.QWEN,
        SampleReports.BF16,
        random.nextBoolean() ? points : SampleReports.uncalibrated(points),
        SampleReports.EXPLORER,
        SampleReports.run());
  }
}
