package dev.ridgepoint.bench.compare;

/**
 * What a step does, whoever runs it.
 *
 * @param bytes compulsory traffic
 */
record Counted(long flops, long bytes) {
  /** FLOPs per byte. */
  double intensity() {
    return (double) flops / bytes;
  }
}
