package dev.ridgepoint.bench.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * An SVG as a reader gets it: parsed again, and its elements' places worked out from the markup.
 */
final class Drawing {

  /** Text with the box that it takes. */
  record Text(String content, String style, ConvexPolygon box) {}

  private final Element root;

  private Drawing(Document document) {
    root = document.getDocumentElement();
  }

  /** The drawing in {@code svg}; fails if that is not well-formed XML. */
  static Drawing parse(String svg) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return new Drawing(
          factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg))));
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
  }

  Element root() {
    return root;
  }

  double[] viewBox() {
    return numbers(root.getAttribute("viewBox"));
  }

  List<Element> elements(String name) {
    NodeList nodes = root.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  List<Element> elements(String name, String style) {
    return elements(name).stream()
        .filter(e -> List.of(e.getAttribute("class").split(" ")).contains(style))
        .toList();
  }

  List<Text> texts() {
    return elements("text").stream()
        .map(e -> new Text(e.getTextContent(), e.getAttribute("class"), textBox(e)))
        .toList();
  }

  /** The space of every element that draws something. */
  List<ConvexPolygon> shapes() {
    List<ConvexPolygon> shapes = new ArrayList<>();
    texts().forEach(text -> shapes.add(text.box()));
    for (Element e : elements("line")) {
      shapes.add(ConvexPolygon.line(at(e, "x1"), at(e, "y1"), at(e, "x2"), at(e, "y2")));
    }
    for (Element e : elements("rect")) {
      shapes.add(ConvexPolygon.rectangle(at(e, "x"), at(e, "y"), at(e, "width"), at(e, "height")));
    }
    for (Element e : elements("circle")) {
      double r = at(e, "r");
      shapes.add(ConvexPolygon.rectangle(at(e, "cx") - r, at(e, "cy") - r, 2 * r, 2 * r));
    }
    for (String name : List.of("polygon", "polyline")) {
      for (Element e : elements(name)) {
        double[] corners = numbers(e.getAttribute("points"));
        double[] xs = new double[corners.length / 2];
        double[] ys = new double[corners.length / 2];
        for (int i = 0; i < xs.length; i++) {
          xs[i] = corners[2 * i];
          ys[i] = corners[2 * i + 1];
        }
        shapes.add(new ConvexPolygon(xs, ys));
      }
    }
    return shapes;
  }

  private static ConvexPolygon textBox(Element text) {
    double size = at(text, "font-size");
    double width = TextMetrics.width(text.getTextContent(), size);
    double x = at(text, "x");
    double y = at(text, "y");
    double left =
        switch (text.getAttribute("text-anchor")) {
          case "end" -> x - width;
          case "middle" -> x - width / 2;
          default -> x;
        };
    ConvexPolygon box = ConvexPolygon.rectangle(left, y - 0.8 * size, width, size);
    String transform = text.getAttribute("transform");
    if (transform.isEmpty()) {
      return box;
    }
    double[] rotation = numbers(transform.replaceAll("[a-z()]", " ").strip());
    return box.rotate(rotation[0], rotation[1], rotation[2]);
  }

  private static double at(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static double[] numbers(String text) {
    String[] parts = text.strip().split("[ ,]+");
    double[] numbers = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Double.parseDouble(parts[i]);
    }
    return numbers;
  }
}
