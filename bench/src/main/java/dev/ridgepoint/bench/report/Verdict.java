package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import java.util.ArrayList;
import java.util.List;

/** The report in one or two sentences: how fast, and how near to the roof. */
final class Verdict {
  private Verdict() {}

  static String of(Report report) {
    Panel panel = report.panels().getFirst();
    List<String> parts = new ArrayList<>();
    panel
        .decode()
        .ifPresent(
            p ->
                parts.add(
                    "decodes %s %s, %s"
                        .formatted(
                            Units.tokensPerSecond(p.tokensPerSecond()),
                            p.measured().batch() == 1
                                ? "for one sequence"
                                : "for " + p.measured().batch() + " sequences together",
                            achievement(p))));
    panel
        .prefill()
        .ifPresent(
            p ->
                parts.add(
                    "reads a prompt of %s at %s, %s"
                        .formatted(
                            Units.count(p.measured().newTokens(), "token"),
                            Units.tokensPerSecond(p.tokensPerSecond()),
                            achievement(p))));
    return "On %s, %s in %s%s %s."
        .formatted(
            Units.count(panel.threads(), "thread"),
            report.run().modelName(),
            report.model().dtype(),
            report.model().hasNarrowCache()
                ? " with keys and values in " + report.model().kvDtype()
                : "",
            String.join("; it ", parts));
  }

  private static String achievement(Point point) {
    return "%s of what %s allows%s%s"
        .formatted(
            Units.percent(point.fractionOfRoof()),
            point.isMemoryBound() ? bandwidth(point.memory()) : "arithmetic",
            point.isAboveRoof() ? ", which cannot be (see the warning)" : "",
            point.metSlowMemory()
                ? " (%s of what it allowed just then)"
                    .formatted(Units.percent(point.fractionOfReads()))
                : "");
  }

  private static String bandwidth(MemoryLevel level) {
    return level.isCache() ? "the " + level.text() + "'s bandwidth" : "memory bandwidth";
  }
}
