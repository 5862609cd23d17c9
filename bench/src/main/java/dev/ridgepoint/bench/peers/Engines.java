package dev.ridgepoint.bench.peers;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The engines that can be compared. Their benchmarks are built by the Maven profile {@code peers}
 * only, so that nothing else depends on other people's engines.
 */
public interface Engines {

  /** Ridgepoint. */
  Engine ours();

  /** The others. */
  List<Engine> peers();

  /**
   * Those on the class path.
   *
   * @throws InvalidInputException if the profile was not built
   */
  static Engines onClassPath() {
    return ServiceLoader.load(Engines.class)
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "peers", "built without the profile peers; start it with the launcher ridge"));
  }
}
