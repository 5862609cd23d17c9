package dev.ridgepoint.bench.jmh;

import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Finds the {@link WorkCounter} of a benchmark. */
final class WorkCounters {
  private WorkCounters() {}

  /** The work of one invocation on one JMH thread, if its class has {@link CountedBy}. */
  static Optional<Work> work(BenchmarkParams benchmark) {
    String name = benchmark.getBenchmark();
    int dot = name.lastIndexOf('.');
    try {
      Class<?> type = Class.forName(name.substring(0, dot));
      CountedBy countedBy = type.getAnnotation(CountedBy.class);
      if (countedBy == null) {
        return Optional.empty();
      }
      WorkCounter counter = countedBy.value().getDeclaredConstructor().newInstance();
      return Optional.of(counter.work(name.substring(dot + 1), benchmark::getParam));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the work counter of " + name + " cannot be used", e);
    }
  }
}
