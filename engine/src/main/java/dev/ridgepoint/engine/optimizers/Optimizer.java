package dev.ridgepoint.engine.optimizers;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import java.util.List;

/** An optimizer, bound to the parameters that it updates and keeps states of. */
public interface Optimizer extends AutoCloseable {
  /**
   * Updates all parameters by their gradients, and tells the meter by {@link Meter#end} what it
   * did.
   *
   * @param learningRate of this update
   * @param gradientScale what gradients are multiplied with, to clip them
   */
  void update(double learningRate, float gradientScale, Meter meter);

  /** Updates made so far. */
  long updates();

  /** Continues after as many updates, of which the states are set. */
  void resume(long updates);

  /**
   * What it remembers of the parameters, in their order: for each kind of state a tensor of every
   * parameter that has one.
   */
  List<State> states();

  /** Bytes of all states. */
  long stateBytes();

  /** Frees the states. */
  @Override
  void close();

  /**
   * A state of a parameter.
   *
   * @param name what it is, such as {@code first_moment}
   * @param parameter its number, from 0
   * @param tensor its numbers
   */
  record State(String name, int parameter, Tensor tensor) {}
}
