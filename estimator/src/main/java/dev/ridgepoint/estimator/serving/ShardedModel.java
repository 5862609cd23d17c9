package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.DeploymentPlan.Choice;
import java.util.HashMap;
import java.util.Map;

/** A model whose shards are each counted once, however many devices are tried with them. */
final class ShardedModel {
  private final Architecture architecture;
  private final Map<Key, ShardWork> shards = new HashMap<>();

  private record Key(ServingPrecision precision, ServingLayout layout) {}

  ShardedModel(Architecture architecture) {
    this.architecture = architecture;
  }

  /**
   * The work of one device of a choice.
   *
   * @throws InvalidInputException if its devices cannot share the model
   */
  ShardWork shard(Choice choice) {
    return shards.computeIfAbsent(
        new Key(choice.precision(), choice.layout()),
        key ->
            ShardWork.of(
                choice.device().name(), architecture, key.precision.options(), key.layout));
  }
}
