package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.estimator.input.ClosestNames;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All pages, in the order in which to read them. */
final class Pages {
  private static final List<String> NAMES =
      List.of(
          "intensity",
          "roofline",
          "decode",
          "prefill",
          "kv-cache",
          "batching",
          "gqa",
          "mla",
          "sliding-window",
          "flash-attention",
          "moe",
          "quantisation",
          "speculative",
          "memory",
          "paging",
          "serving",
          "training",
          "parallelism",
          "scaling-laws");

  private Pages() {}

  static List<Page> all() {
    return NAMES.stream().map(Pages::read).toList();
  }

  /**
   * The page of a name or another name of it; case, spaces and hyphens do not matter.
   *
   * @throws InvalidInputException if there is none; names the closest
   */
  static Page named(String name) {
    List<Page> pages = all();
    return pages.stream()
        .filter(page -> names(page).anyMatch(each -> plain(each).equals(plain(name))))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "TOPIC",
                    "\"%s\" has no page; the closest are %s"
                        .formatted(
                            StrictJson.cut(name),
                            String.join(
                                ", ",
                                ClosestNames.of(
                                    name, pages.stream().flatMap(Pages::names).toList())))));
  }

  private static Stream<String> names(Page page) {
    return Stream.concat(Stream.of(page.name()), page.aliases().stream());
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
  }

  private static Page read(String name) {
    String file = "pages/" + name + ".txt";
    try (InputStream in = Pages.class.getResourceAsStream(file)) {
      return Page.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
