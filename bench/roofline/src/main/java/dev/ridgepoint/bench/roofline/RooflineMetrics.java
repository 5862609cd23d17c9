package dev.ridgepoint.bench.roofline;

/**
 * A measured invocation on the roofline.
 *
 * @param flopsPerSecond FLOP/s
 * @param bytesPerSecond compulsory bytes per second
 * @param intensity FLOPs per byte; not finite without bytes
 * @param fractionOfRoof least time that the roofs allow, over the time it took
 */
record RooflineMetrics(
    double flopsPerSecond, double bytesPerSecond, double intensity, double fractionOfRoof) {

  /**
   * Places work on the roofline.
   *
   * @param seconds that the work took
   * @param peakFlopsPerSecond the compute roof
   * @param peakBytesPerSecond the memory roof
   */
  static RooflineMetrics of(
      Work work, double seconds, double peakFlopsPerSecond, double peakBytesPerSecond) {
    double bound = Math.max(work.flops() / peakFlopsPerSecond, work.bytes() / peakBytesPerSecond);
    return new RooflineMetrics(
        work.flops() / seconds,
        work.bytes() / seconds,
        (double) work.flops() / work.bytes(),
        bound / seconds);
  }
}
