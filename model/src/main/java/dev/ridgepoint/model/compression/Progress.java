package dev.ridgepoint.model.compression;

/** Told how far a method has come. */
@FunctionalInterface
public interface Progress {
  /** {@code done} of {@code total} steps are done. */
  void steps(int done, int total);
}
