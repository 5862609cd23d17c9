package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a report says of the points of its plan that it does not have. */
final class LeftOut {
  private static final int SECONDS_PER_MINUTE = 60;

  private LeftOut() {}

  static List<Warning> notes(Campaign campaign) {
    List<Warning> notes = new ArrayList<>();
    List<PlannedPoint> points = campaign.leftOut();
    if (!points.isEmpty()) {
      notes.add(
          Warning.ofRun(
              String.format(
                  Locale.ROOT,
                  "Left out for want of time: %s. Run it again to add them, or with --time %dm.",
                  points.stream().map(PlannedPoint::toString).collect(Collectors.joining("; ")),
                  (int) Math.ceil(campaign.secondsForAll() / SECONDS_PER_MINUTE))));
    }
    campaign
        .failures()
        .forEach(
            (point, message) ->
                notes.add(
                    Warning.ofRun(
                        "%s could not be measured. %s"
                            .formatted(capitalised(point.toString()), firstLine(message)))));
    return notes;
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
