package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.engine.Meter;

/** Adds up what the engine says it did. */
final class OperationCounter implements Meter {
  private long operations;
  private long flops;
  private long bytes;

  @Override
  public void begin(String operation, int layer) {
    // Which operation runs is known to whoever counts.
  }

  @Override
  public void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes) {
    operations++;
    this.flops += flops;
    bytes += weightBytes + kvReadBytes + kvWrittenBytes + activationBytes;
  }

  void reset() {
    operations = 0;
    flops = 0;
    bytes = 0;
  }

  /** Operations since the reset. */
  long operations() {
    return operations;
  }

  /** FLOPs of the mean operation. */
  long meanFlops() {
    return flops / operations;
  }

  /** Bytes of the mean operation. */
  long meanBytes() {
    return bytes / operations;
  }
}
