package dev.ridgepoint.bench;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The core of serving can be read in one evening: who is computed when, who gets which page, what
 * is shared, and what is guessed. How keys and values lie within a page is told by the panels, and
 * what serving came to by the trace.
 */
class ServingCoreTest {
  private static final int MOST_LINES = 1_200;

  private static final String SERVING = "model/src/main/java/dev/ridgepoint/model/serving/";
  private static final String PANELS = "engine/src/main/java/dev/ridgepoint/engine/panels/";

  private static final List<String> FILES =
      List.of(
          SERVING + "Scheduler.java",
          SERVING + "ServingLimits.java",
          SERVING + "Sequence.java",
          PANELS + "PagePool.java",
          PANELS + "KvCache.java",
          SERVING + "PrefixCache.java",
          SERVING + "Drafter.java",
          SERVING + "Draft.java",
          SERVING + "DraftModel.java",
          SERVING + "PromptLookup.java");

  /** What stands beside the core in its package: requests, conversations, and the time. */
  private static final Set<String> BESIDE =
      Set.of("Clock.java", "PromptRequest.java", "Session.java", "package-info.java");

  @Test
  void consistsOfAllFilesOfItsPackageButFew() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..").resolve(SERVING))) {
      Set<String> names = files.map(each -> each.getFileName().toString()).collect(toSet());
      names.removeAll(BESIDE);
      Set<String> core =
          FILES.stream()
              .filter(each -> each.startsWith(SERVING))
              .map(each -> each.substring(SERVING.length()))
              .collect(toSet());
      assertEquals(core, names);
    }
  }

  @Test
  void hasFewLines() throws IOException {
    Map<String, Integer> lines = new TreeMap<>();
    for (String file : FILES) {
      lines.put(file, Files.readAllLines(Path.of("..").resolve(file)).size());
    }
    int all = lines.values().stream().mapToInt(Integer::intValue).sum();
    assertTrue(all <= MOST_LINES, all + " lines: " + lines);
  }
}
