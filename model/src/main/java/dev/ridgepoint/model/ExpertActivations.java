package dev.ridgepoint.model;

import dev.ridgepoint.engine.ops.Activations;
import dev.ridgepoint.engine.ops.ExpertChoice;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import java.util.Optional;

/**
 * What lies between the projections of a decoder's experts: the choice of the layer that runs, and
 * memory with a row for each choice. All layers with experts choose as many among as many.
 */
final class ExpertActivations implements AutoCloseable {
  private final ExpertChoice choice;
  private final Activations memory = new Activations();
  private final int perToken;

  private ExpertActivations(MixtureOfExperts experts) {
    choice = new ExpertChoice(experts.numExperts(), experts.numExpertsPerToken());
    perToken = experts.numExpertsPerToken();
  }

  /** Those of a decoder, if it has any. */
  static Optional<ExpertActivations> of(Architecture architecture) {
    return architecture.decoder().orElseThrow().layers().stream()
        .map(Layer::feedForward)
        .filter(MixtureOfExperts.class::isInstance)
        .map(MixtureOfExperts.class::cast)
        .findFirst()
        .map(ExpertActivations::new);
  }

  /** What the router of each layer writes. */
  ExpertChoice choice() {
    return choice;
  }

  /** Memory with a row for each choice. */
  Activations memory() {
    return memory;
  }

  /** Gives each of {@code tokens} tokens its rows, and some choice until a router makes its own. */
  void resize(int tokens) {
    memory.resize(Math.multiplyExact(tokens, perToken));
    choice.spread(tokens);
  }

  @Override
  public void close() {
    memory.close();
  }
}
