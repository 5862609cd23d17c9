package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;

/** How the files of a checkpoint name tensors, and in which order they have their rows. */
sealed interface TensorLayout permits HuggingFaceLayout, MistralLayout, GgufLayout {
  /** A tensor's name in the files. */
  String name(TensorSpec spec);

  /**
   * A tensor of the files with its rows in Hugging Face's order: a copy where they are in another.
   */
  Tensor arranged(TensorSpec spec, Tensor inFile);
}
