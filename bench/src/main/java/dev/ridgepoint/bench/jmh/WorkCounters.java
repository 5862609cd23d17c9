package dev.ridgepoint.bench.jmh;

import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Finds the {@link WorkCount} of a benchmark. */
final class CostedBenchmarks {
  private CostedBenchmarks() {}

  /** The work of one invocation on one JMH thread, if the benchmark's class is {@link Costed}. */
  static Optional<Work> work(BenchmarkParams benchmark) {
    String name = benchmark.getBenchmark();
    int dot = name.lastIndexOf('.');
    try {
      Class<?> type = Class.forName(name.substring(0, dot));
      Costed costed = type.getAnnotation(Costed.class);
      if (costed == null) {
        return Optional.empty();
      }
      WorkCount model = costed.value().getDeclaredConstructor().newInstance();
      return Optional.of(model.work(name.substring(dot + 1), benchmark::getParam));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the work model of " + name + " cannot be used", e);
    }
  }
}
