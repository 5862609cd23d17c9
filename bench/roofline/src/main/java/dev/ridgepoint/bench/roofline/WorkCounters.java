package dev.ridgepoint.bench.roofline;

import java.lang.reflect.Constructor;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Finds the {@link WorkCounter} of a benchmark. */
public final class WorkCounters {
  private WorkCounters() {}

  /**
   * The work of one invocation on one JMH thread, if its class has {@link CountedBy}.
   *
   * @throws IllegalStateException naming the benchmark, if its counter cannot be used
   */
  public static Optional<Work> work(BenchmarkParams benchmark) {
    String name = benchmark.getBenchmark();
    int dot = name.lastIndexOf('.');
    Optional<CountedBy> countedBy =
        type(name.substring(0, dot)).map(type -> type.getAnnotation(CountedBy.class));
    if (countedBy.isEmpty()) {
      return Optional.empty();
    }
    try {
      Constructor<? extends WorkCounter> constructor =
          countedBy.get().value().getDeclaredConstructor();
      constructor.setAccessible(true);
      return Optional.of(
          constructor.newInstance().work(name.substring(dot + 1), benchmark::getParam));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the work counter of " + name + " cannot be used", e);
    }
  }

  /** JMH writes a dot before the name of a nested class, where the JVM has a dollar sign. */
  private static Optional<Class<?>> type(String canonicalName) {
    String name = canonicalName;
    for (int dot = name.length(); dot >= 0; dot = name.lastIndexOf('.')) {
      if (dot < name.length()) {
        name = name.substring(0, dot) + "$" + name.substring(dot + 1);
      }
      try {
        return Optional.of(Class.forName(name));
      } catch (ClassNotFoundException e) {
        // Then the class before the next dot encloses it.
      }
    }
    return Optional.empty();
  }
}
