package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;

/** Folders that are named for the one within them that holds a model. */
final class ModelFolder {
  private ModelFolder() {}

  /**
   * The snapshot of a model in the Hub's cache, the newest checkpoint of a training run that has no
   * config itself, or else the folder.
   *
   * @throws InvalidInputException as {@link HubCache#snapshot}
   */
  static Path of(Path folder) {
    Path snapshot = HubCache.snapshot(folder);
    if (StoredModel.config(snapshot).isPresent()) {
      return snapshot;
    }
    return RunFolder.steps(snapshot).stream()
        .findFirst()
        .map(step -> RunFolder.model(snapshot, step))
        .orElse(snapshot);
  }
}
