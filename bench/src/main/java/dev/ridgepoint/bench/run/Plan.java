package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.explorer.Stops;
import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The steps that a report measures, each once.
 *
 * @param points in the order of measuring: all of one team together
 */
public record Plan(List<PlannedPoint> points) {
  /** Sequences in a step at most: a step lists them one by one. */
  public static final int MAX_BATCH = 1 << 16;

  /**
   * What the user asks for.
   *
   * @param threads sizes of the team: numbers, or {@code all} for all cores
   * @param prompts new tokens of a prefill
   * @param batches sequences in a decode step
   * @param contexts tokens cached before a decode step
   */
  public record Request(
      List<String> threads, List<Integer> prompts, List<Integer> batches, List<Integer> contexts) {}

  public Plan {
    points = List.copyOf(points);
  }

  /**
   * All combinations that were asked for.
   *
   * @param cores meant by {@code all}
   * @param maxPositions tokens that the model can attend to
   * @throws InvalidInputException naming the option, if a number is not positive, a batch exceeds
   *     {@link #MAX_BATCH}, more threads are asked for than there are cores, or a step exceeds the
   *     model's context
   */
  public static Plan of(Request request, int cores, int maxPositions) {
    requirePositive("--prompt", request.prompts());
    requirePositive("--batch", request.batches());
    requirePositive("--context", request.contexts());
    for (int batch : request.batches()) {
      if (batch > MAX_BATCH) {
        throw new InvalidInputException("--batch", batch + " exceeds " + MAX_BATCH);
      }
    }
    for (int prompt : request.prompts()) {
      if (prompt > maxPositions) {
        throw new InvalidInputException(
            "--prompt", prompt + " exceeds the model's maxPositionEmbeddings " + maxPositions);
      }
    }
    for (int context : request.contexts()) {
      if (context >= maxPositions) {
        throw new InvalidInputException(
            "--context",
            String.format(
                Locale.ROOT,
                "%d and the new token exceed the model's maxPositionEmbeddings %d",
                context,
                maxPositions));
      }
    }
    Set<PlannedPoint> points = new LinkedHashSet<>();
    for (int threads : threads(request.threads(), cores)) {
      for (int prompt : request.prompts()) {
        points.add(new PlannedPoint(Phase.PREFILL, threads, 1, prompt, 0));
      }
      for (int context : request.contexts()) {
        for (int batch : request.batches()) {
          points.add(new PlannedPoint(Phase.DECODE, threads, batch, 1, context));
        }
      }
    }
    return new Plan(new ArrayList<>(points));
  }

  /**
   * What can be asked about, these points among it.
   *
   * @param maxPositions tokens that the model can attend to
   */
  public Stops stops(int maxPositions) {
    return Stops.of(
        maxPositions,
        values(Phase.DECODE, PlannedPoint::batch),
        values(Phase.DECODE, PlannedPoint::context),
        values(Phase.PREFILL, PlannedPoint::newTokens),
        points.stream().map(PlannedPoint::threads).toList());
  }

  private List<Integer> values(Phase phase, Function<PlannedPoint, Integer> value) {
    return points.stream().filter(point -> point.phase() == phase).map(value).toList();
  }

  /** Whether some of its points are of every phase that it has: enough for a first look. */
  boolean isSeenBy(Collection<PlannedPoint> some) {
    return phases(some).equals(phases(points));
  }

  private static Set<Phase> phases(Collection<PlannedPoint> points) {
    return points.stream().map(PlannedPoint::phase).collect(Collectors.toSet());
  }

  private static void requirePositive(String option, Collection<Integer> values) {
    for (int value : values) {
      if (value < 1) {
        throw new InvalidInputException(option, value + " is not positive");
      }
    }
  }

  /**
   * Sizes of teams, each once.
   *
   * @param values numbers, or {@code all} for all cores
   * @throws InvalidInputException naming the option, if a number is not in 1..cores
   */
  public static Set<Integer> threads(List<String> values, int cores) {
    Set<Integer> threads = new LinkedHashSet<>();
    for (String value : values) {
      threads.add(value.equals("all") ? cores : number(value, cores));
    }
    return threads;
  }

  private static int number(String value, int cores) {
    int threads;
    try {
      threads = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--threads", "'" + value + "' is no number and not 'all'", e);
    }
    if (threads < 1 || threads > cores) {
      throw new InvalidInputException(
          "--threads",
          String.format(
              Locale.ROOT, "%d is not in 1..%d, the cores of this machine", threads, cores));
    }
    return threads;
  }
}
