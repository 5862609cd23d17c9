package dev.ridgepoint.model.checkpoint;

/** How the files of a format hold the tensors of an architecture. */
interface TensorLayout {
  /** Where a file has a tensor. */
  TensorPlace place(TensorSpec spec);
}
