package dev.ridgepoint.bench.roofline;

import java.util.function.UnaryOperator;

/**
 * Knows what one invocation of a benchmark does, from its parameters alone. Implementations need a
 * constructor without arguments.
 */
public interface WorkCounter {
  /**
   * The work of one invocation.
   *
   * @param method the benchmark method's name
   * @param parameters value of each {@code @Param} by name
   */
  Work work(String method, UnaryOperator<String> parameters);
}
