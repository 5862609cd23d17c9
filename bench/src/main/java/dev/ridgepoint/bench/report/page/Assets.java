package dev.ridgepoint.bench.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the page and the SVG file are made of. */
final class Assets {
  private static final Pattern COLOUR = Pattern.compile("--(\\w+): (#\\w+);");

  private Assets() {}

  /** A resource of this package. */
  static String text(String name) {
    return read(name);
  }

  /** Apache ECharts, minified. */
  static String echarts() {
    Properties library = new Properties();
    try {
      library.load(new StringReader(read("/META-INF/maven/org.webjars/echarts/pom.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = library.getProperty("version");
    return read("/META-INF/resources/webjars/echarts/" + version + "/echarts.min.js");
  }

  /** Scripts in one scope that the window does not see. */
  static String script(List<String> names) {
    return names.stream()
        .map(Assets::text)
        .collect(Collectors.joining("\n", "(() => {\n'use strict';\n", "\n})();\n"));
  }

  /** The colours of the light page, by name. */
  static Map<String, String> lightColours() {
    String css = text("page.css");
    Matcher colours = COLOUR.matcher(css.substring(0, css.indexOf('}')));
    Map<String, String> byName = new LinkedHashMap<>();
    colours.results().forEach(each -> byName.put(each.group(1), each.group(2)));
    return byName;
  }

  private static String read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
