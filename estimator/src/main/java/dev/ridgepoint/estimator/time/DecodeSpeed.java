package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the time of one decode step is made of on a device that was never measured.
 *
 * <p>A step reads the weights that it touches at a share of the memory's bandwidth. Meanwhile it
 * computes, and unpacks weights; the longest of the three counts. Then it reads the cached keys and
 * values at a smaller share, and each operation takes a fixed time besides. What does not fit a
 * card is left to its host's processor, which has no time in common with the card:
 *
 * <p>seconds = (1 - s) (max(weights / (e bandwidth), FLOPs / peak, u elements / F32 peak) + cache /
 * (c bandwidth) + n o) + s bytes / host bandwidth
 *
 * <p>with s the host's share, n operations and the constants e, c, o, u of {@link
 * DecodeCalibration}. Runs spread around it, but none is faster than its roof: the prediction and
 * what nine of ten runs do not fall below are cut at the bound.
 *
 * @param batch sequences that get a token each
 * @param weightBytes of the weights that it reads
 * @param weightBytesPerSecond at which the device reads them, e bandwidth
 * @param cacheBytes of keys and values
 * @param cacheBytesPerSecond at which the device reads them, c bandwidth
 * @param computeSeconds to compute at the peak
 * @param unpackSeconds to unpack weights
 * @param operationSeconds that operations take however small they are
 * @param hostShare of weights and cache that do not fit, 0 to 1
 * @param hostSeconds for the host to read weights and cache, had it all of them
 * @param fittingError of runs whose model fits the device
 * @param bound the device's roofline over the same operations in the same formats
 */
public record DecodeSpeed(
    int batch,
    double weightBytes,
    double weightBytesPerSecond,
    double cacheBytes,
    double cacheBytesPerSecond,
    double computeSeconds,
    double unpackSeconds,
    double operationSeconds,
    double hostShare,
    double hostSeconds,
    MeasuredError fittingError,
    PredictedTime bound) {

  /** To read the weights. */
  public double weightSeconds() {
    return weightBytes / weightBytesPerSecond;
  }

  /** To read the cache. */
  public double cacheSeconds() {
    return cacheBytes / cacheBytesPerSecond;
  }

  /** The time of one step. */
  public PredictedTime time() {
    double seconds =
        (1 - hostShare) * (longestSeconds() + cacheSeconds() + operationSeconds)
            + hostShare * hostSeconds;
    return error().around(seconds, bound);
  }

  /**
   * The same under another bound too: that of a program that does the same step with fewer bytes,
   * such as with absorbed latents.
   */
  public DecodeSpeed atLeast(PredictedTime other) {
    return other.seconds() <= bound.seconds()
        ? this
        : new DecodeSpeed(
            batch,
            weightBytes,
            weightBytesPerSecond,
            cacheBytes,
            cacheBytesPerSecond,
            computeSeconds,
            unpackSeconds,
            operationSeconds,
            hostShare,
            hostSeconds,
            fittingError,
            other);
  }

  /** What binds the device. */
  private double longestSeconds() {
    return Math.max(weightSeconds(), Math.max(computeSeconds, unpackSeconds));
  }

  /** Tokens of all sequences together. */
  public double tokensPerSecond() {
    return batch / time().seconds();
  }

  /** What about nine of ten runs reach. */
  public double lowestTokensPerSecond() {
    return batch / time().highestSeconds();
  }

  /** What about nine of ten runs do not pass; no more than the bound allows. */
  public double highestTokensPerSecond() {
    return batch / time().lowestSeconds();
  }

  /** How the tokens per second come about. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("batch", batch);
    inputs.put("weightBytes", weightBytes);
    inputs.put("weightBandwidth", weightBytesPerSecond);
    inputs.put("cacheBytes", cacheBytes);
    inputs.put("cacheBandwidth", cacheBytesPerSecond);
    inputs.put("computeSeconds", computeSeconds);
    inputs.put("unpackSeconds", unpackSeconds);
    inputs.put("operationSeconds", operationSeconds);
    inputs.put("hostShare", hostShare);
    inputs.put("hostSeconds", hostSeconds);
    inputs.put("boundSeconds", bound.seconds());
    inputs.put("stepSeconds", time().seconds());
    return new Derivation(
        "predicted decode speed",
        tokensPerSecond(),
        "tokens/s",
        "batch / stepSeconds; stepSeconds = (1 - hostShare) (max(weightBytes / weightBandwidth,"
            + " computeSeconds, unpackSeconds) + cacheBytes / cacheBandwidth + operationSeconds) +"
            + " hostShare x hostSeconds, at least boundSeconds",
        inputs,
        List.of(),
        String.format(
            Locale.ROOT,
            "fitted to measured decode runs of llama.cpp and MLX; nine of ten take %s to %s times"
                + " as long, and none less than the roofline's bound",
            error().lowest(),
            error().highest()));
  }

  private MeasuredError error() {
    return hostShare > 0 ? MeasuredError.HOST_DECODE : fittingError;
  }
}
