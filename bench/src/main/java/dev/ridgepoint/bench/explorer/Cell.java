package dev.ridgepoint.bench.explorer;

/**
 * One step, on paper.
 *
 * @param flops exact
 * @param bytes compulsory traffic, exact
 * @param boundSeconds the least that it takes under the roofline
 * @param predictedSeconds the best prediction there is; {@link Runner} says on what it rests
 * @param fits whether weights, cache and workspace fit the runner's memory, as this project's
 *     engine holds them. The seconds are what the step would take if they did
 */
public record Cell(
    long flops, long bytes, double boundSeconds, double predictedSeconds, boolean fits) {

  /** FLOPs per byte. */
  public double intensity() {
    return (double) flops / bytes;
  }
}
