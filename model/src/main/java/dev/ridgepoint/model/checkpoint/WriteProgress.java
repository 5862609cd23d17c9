package dev.ridgepoint.model.checkpoint;

/** Told how far writing has come. */
@FunctionalInterface
public interface WriteProgress {
  /** {@code done} of {@code total} bytes of tensors are written. */
  void bytes(long done, long total);
}
