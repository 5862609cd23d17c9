package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import java.util.random.RandomGenerator;

/** How long prompts or outputs are, in tokens. */
public sealed interface LengthDistribution {
  /** One length, at least 1. */
  int sample(RandomGenerator random);

  /** The mean of all lengths. */
  double mean();

  /**
   * Always the same.
   *
   * @param tokens at least 1
   */
  record Fixed(int tokens) implements LengthDistribution {
    public Fixed {
      requirePositive("lengths", "tokens", tokens);
    }

    @Override
    public int sample(RandomGenerator random) {
      return tokens;
    }

    @Override
    public double mean() {
      return tokens;
    }
  }

  /**
   * All from {@code least} to {@code most} alike.
   *
   * @param least at least 1
   * @param most at least as many
   */
  record Uniform(int least, int most) implements LengthDistribution {
    public Uniform {
      requirePositive("lengths", "least", least);
      require(most >= least, "lengths", "most", most, "must be at least " + least);
    }

    @Override
    public int sample(RandomGenerator random) {
      return Math.toIntExact(random.nextLong(least, most + 1L));
    }

    @Override
    public double mean() {
      return ((double) least + most) / 2;
    }
  }

  /**
   * After each token the end is as likely: many short ones, some very long ones, as answers are.
   *
   * @param mean at least 1
   */
  record Geometric(double mean) implements LengthDistribution {
    public Geometric {
      requirePositive("lengths", "mean", mean);
      require(mean >= 1, "lengths", "mean", mean, "must be at least 1");
    }

    @Override
    public int sample(RandomGenerator random) {
      if (mean == 1) {
        return 1;
      }
      // The inverse of P(length <= n) = 1 - (1 - 1/mean)^n; StrictMath is alike on all machines.
      double failures = StrictMath.log1p(-random.nextDouble()) / StrictMath.log1p(-1 / mean);
      return 1 + (int) Math.min(failures, Integer.MAX_VALUE - 1);
    }
  }
}
