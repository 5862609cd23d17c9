package dev.ridgepoint.bench.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrainingReportTest {
  private static final Pattern STEP = Pattern.compile("\"step\":([0-9]+),");

  /** A page that holds all of them would have many megabytes. */
  @Test
  void aPageDrawsSomeOfManySteps() {
    assertEquals(List.of(1L, 2L, 3L), drawn(3));
    List<Long> ofMany = drawn(25_010);
    assertEquals(963, ofMany.size());
    assertEquals(List.of(1L, 27L, 53L), ofMany.subList(0, 3));
    assertEquals(25_010, ofMany.getLast());
  }

  private static List<Long> drawn(long steps) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("model", "any");
    json.putPOJO(
        "steps",
        LongStream.rangeClosed(1, steps)
            .mapToObj(step -> new TrainingReport.Step(step, 1, 1, 1e-3, 0.1))
            .toList());
    TrainingReport report = JsonMapper.shared().readValue(json.toString(), TrainingReport.class);
    return STEP.matcher(report.page())
        .results()
        .map(found -> Long.valueOf(found.group(1)))
        .toList();
  }
}
