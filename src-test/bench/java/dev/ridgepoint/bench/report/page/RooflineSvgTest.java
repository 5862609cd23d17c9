package dev.ridgepoint.bench.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.report.SampleReports;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class RooflineSvgTest {

  @Test
  void showsTheRoofsAndThePointsOfMostThreads() throws Exception {
    String text = parse(RooflineSvg.render(SampleReports.typical())).getTextContent();
    for (String part :
        new String[] {
          "Qwen2.5-0.5B, bf16, 2 threads",
          "DRAM 26.5 GB/s",
          "FMA peak 340 GFLOP/s",
          "ridge 12.8 FLOP/B",
          "batch 8",
          "prompt 512"
        }) {
      assertTrue(text.contains(part), part + " is not in " + text);
    }
  }

  @Test
  void markupInNamesIsText() throws Exception {
    String nasty = "<script>alert('x')</script>&\"$1\\";
    Element drawing = parse(RooflineSvg.render(SampleReports.named(nasty)));
    assertEquals(0, drawing.getElementsByTagName("script").getLength());
    assertTrue(drawing.getTextContent().contains(nasty));
  }

  private static Element parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)))
        .getDocumentElement();
  }
}
