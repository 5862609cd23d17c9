package dev.ridgepoint.model;

import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;

/** Tensors by their Hugging Face names. */
public final class TestTensors {
  private TestTensors() {}

  public static TensorSpec named(Checkpoint checkpoint, String name) {
    return checkpoint
        .layout()
        .tensors()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
