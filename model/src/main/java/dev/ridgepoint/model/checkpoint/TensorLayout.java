package dev.ridgepoint.model.checkpoint;

/** How the files of a checkpoint name tensors, join them, and order their rows. */
sealed interface TensorLayout permits HuggingFaceLayout, MistralLayout, GgufLayout {
  /** Where the files have a tensor. */
  TensorPlace place(TensorSpec spec);
}
