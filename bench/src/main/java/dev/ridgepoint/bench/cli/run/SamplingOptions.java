package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.Sampling;
import java.util.SplittableRandom;
import picocli.CommandLine.Option;

/** How tokens are chosen, in this order. */
final class SamplingOptions {
  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Divide logits of tokens seen before by it, multiply negative ones"
              + " (default: ${DEFAULT-VALUE}, none).")
  private double repeatPenalty;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description =
          "Then divide all by it; 0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "0",
      description = "Then keep that many likeliest tokens; 0 keeps all.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Then keep the likeliest that make up so much probability.")
  private double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      defaultValue = "0",
      description = "Then keep those at least so many times as likely as the likeliest.")
  private double minP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same tokens (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * What chooses them.
   *
   * @throws InvalidInputException if a value is impossible
   */
  Sampler sampler() {
    return sampler(new SplittableRandom(seed));
  }

  /** What a draft chooses its guesses with: as {@link #sampler}, by random numbers of its own. */
  Sampler draftSampler() {
    return sampler(new SplittableRandom(seed).split());
  }

  private Sampler sampler(SplittableRandom random) {
    try {
      return new Sampler(new Sampling(repeatPenalty, temperature, topK, topP, minP), random);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("sampling", e.getMessage(), e);
    }
  }
}
