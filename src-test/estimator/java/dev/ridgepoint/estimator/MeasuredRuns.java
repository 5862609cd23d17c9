package dev.ridgepoint.estimator;

import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Published speeds of other programs, where they lie beside the sources: {@code
 * shared/facts/measured_runs.json} in a folder above, whose {@code meta} explains the fields.
 */
public final class MeasuredRuns {
  private static final Optional<Path> FILE =
      Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
          .map(folder -> folder.resolve("shared/facts/measured_runs.json"))
          .filter(Files::exists)
          .findFirst();

  private MeasuredRuns() {}

  /** Whether they are there. */
  public static boolean isPresent() {
    return FILE.isPresent();
  }

  /** All that may be compared: rows with a warning are left out. */
  public static List<JsonNode> all() {
    JsonNode runs = StrictJson.readObject(FILE.orElseThrow()).get("runs");
    return StreamSupport.stream(runs.spliterator(), false)
        .filter(run -> run.get("warn").isNull())
        .toList();
  }

  /** The field of a row; empty if it is not stated. */
  public static Optional<String> text(JsonNode run, String field) {
    return run.get(field).isNull() ? Optional.empty() : Optional.of(run.get(field).stringValue());
  }

  /** The p-th part of the sorted values, nearest rank. */
  public static double quantile(double[] values, double p) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.clamp(Math.ceil(p * sorted.length) - 1, 0, sorted.length - 1.0)];
  }
}
