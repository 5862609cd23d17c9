package dev.ridgepoint.bench.report;

/**
 * How far a run is that still measures.
 *
 * @param measured points that the report holds already
 * @param planned all points of the run
 * @param secondsLeft expected until its end, at least 0
 */
public record Progress(int measured, int planned, double secondsLeft) {

  public Progress {
    if (measured < 0 || measured > planned) {
      throw new IllegalArgumentException(measured + " points measured of " + planned);
    }
    if (!(secondsLeft >= 0) || Double.isInfinite(secondsLeft)) {
      throw new IllegalArgumentException("secondsLeft must not be negative: " + secondsLeft);
    }
  }
}
