package dev.ridgepoint.bench.probe;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Samples of the rate that a team reaches, for several kernels of which the fastest counts. The
 * kernels take turns, so that a disturbance meets them all.
 */
final class Series {
  private final Team team;
  private final Effort effort;
  private final List<Candidate> candidates;

  private record Candidate(Load load, int repetitions, DoubleStream.Builder rates) {}

  /** A series without samples; runs each load for a moment to learn how long it takes. */
  Series(Team team, Effort effort, List<Load> loads) {
    this.team = team;
    this.effort = effort;
    this.candidates =
        loads.stream()
            .map(load -> new Candidate(load, repetitionsPerSample(load), DoubleStream.builder()))
            .toList();
  }

  /** Adds samples for about the time given, the effort's fewest at least. */
  void sample(long nanos) {
    long start = System.nanoTime();
    for (int round = 0; round < effort.maxRounds(); round++) {
      if (round >= effort.minRounds() && System.nanoTime() - start > nanos) {
        return;
      }
      for (Candidate candidate : candidates) {
        double seconds = nanos(candidate.load(), candidate.repetitions()) / 1e9;
        double work = candidate.load().workPerRepetition() * candidate.repetitions();
        candidate.rates().add(work / seconds);
      }
    }
  }

  /** Work per second of the fastest kernel. Ends the series. */
  Spread fastest() {
    return candidates.stream()
        .map(candidate -> Spread.of(candidate.rates().build().toArray()))
        .max(Comparator.comparingDouble(Spread::max))
        .orElseThrow();
  }

  private int repetitionsPerSample(Load load) {
    int repetitions = 1;
    long nanos = nanos(load, repetitions);
    while (nanos < effort.sampleNanos() / 4) {
      repetitions *= 4;
      nanos = nanos(load, repetitions);
    }
    return (int) Math.max(1, (double) effort.sampleNanos() / nanos * repetitions);
  }

  private long nanos(Load load, int repetitions) {
    return team.nanos(thread -> load.kernel().run(thread, repetitions));
  }
}
