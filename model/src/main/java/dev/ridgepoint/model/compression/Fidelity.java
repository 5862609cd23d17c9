package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.LogSoftmax;
import dev.ridgepoint.model.Program;
import java.util.Arrays;
import java.util.List;

/**
 * How close a model's answers are to those of the model that it was made from, on the same text.
 *
 * @param tokens that were foretold
 * @param natsBefore mean negative log-likelihood of the text's tokens by the original
 * @param natsAfter the same by the other
 * @param natsError the standard error of their difference, as if tokens had nothing to do with each
 *     other
 * @param divergence mean Kullback-Leibler divergence of the other's distribution of the next token
 *     from the original's, in nats
 * @param worstDivergence what 99 of 100 tokens do not exceed
 * @param agreement the share of tokens for which both find the same next token likeliest
 */
public record Fidelity(
    long tokens,
    double natsBefore,
    double natsAfter,
    double natsError,
    double divergence,
    double worstDivergence,
    double agreement) {
  private static final double MOST = 0.99;
  private static final float GREATEST_INT8 = 127;

  /** The original's perplexity. */
  public double perplexityBefore() {
    return Math.exp(natsBefore);
  }

  /** The other's perplexity. */
  public double perplexityAfter() {
    return Math.exp(natsAfter);
  }

  /** How much the other's perplexity may be off on other text of the same kind: natsError of it. */
  public double perplexityError() {
    return perplexityAfter() * natsError;
  }

  /**
   * A model to compare.
   *
   * @param roundsActivations whether each row that a linear layer of it multiplies is rounded to
   *     integers of 8 bits with a scale of its own
   */
  public record Subject(LoadedModel model, boolean roundsActivations) {}

  /**
   * Compares on windows of a text, each from its beginning.
   *
   * @param windows token ids, two of each at least
   */
  public static Fidelity of(
      Subject before, Subject after, List<int[]> windows, Workers workers, Progress progress) {
    int longest = windows.stream().mapToInt(window -> window.length).max().orElseThrow();
    int tokens = windows.stream().mapToInt(window -> window.length - 1).sum();
    double[] divergences = new double[tokens];
    double[] losses = new double[tokens];
    double natsBefore = 0;
    double natsAfter = 0;
    int agreed = 0;
    int at = 0;
    try (Program first = before.model().program(DType.F32, workers, Meter.NONE);
        Program second = after.model().program(DType.F32, workers, Meter.NONE);
        KvCache firstCache = first.newCache(longest);
        KvCache secondCache = second.newCache(longest)) {
      for (int done = 0; done < windows.size(); done++) {
        int[] window = windows.get(done);
        double[][] expected = logProbabilities(first, firstCache, window, before);
        double[][] actual = logProbabilities(second, secondCache, window, after);
        for (int i = 0; i < expected.length; i++) {
          natsBefore -= expected[i][window[i + 1]];
          natsAfter -= actual[i][window[i + 1]];
          losses[at] = expected[i][window[i + 1]] - actual[i][window[i + 1]];
          divergences[at++] = divergence(expected[i], actual[i]);
          agreed += likeliest(expected[i]) == likeliest(actual[i]) ? 1 : 0;
        }
        progress.steps(done + 1, windows.size());
      }
    }
    Arrays.sort(divergences);
    return new Fidelity(
        tokens,
        natsBefore / tokens,
        natsAfter / tokens,
        standardError(losses),
        Arrays.stream(divergences).average().orElseThrow(),
        divergences[(int) (MOST * (tokens - 1))],
        (double) agreed / tokens);
  }

  /** Of the mean of numbers. */
  static double standardError(double[] numbers) {
    double mean = Arrays.stream(numbers).average().orElseThrow();
    double squares = Arrays.stream(numbers).map(number -> (number - mean) * (number - mean)).sum();
    return Math.sqrt(squares / Math.max(1, numbers.length - 1) / numbers.length);
  }

  /** Of the next token, after each token of a window but the last. */
  private static double[][] logProbabilities(
      Program program, KvCache cache, int[] window, Subject subject) {
    int[] fed = Arrays.copyOf(window, window.length - 1);
    // The cache does not advance: every window is the first of its sequence.
    program.prepare(new Batch(List.of(new Batch.Entry(cache, fed, fed.length))));
    for (int index = 0; index < program.operations().size(); index++) {
      if (subject.roundsActivations() && program.operations().get(index) instanceof Linear) {
        roundRows(program.input(index));
      }
      program.run(index);
    }
    Tensor logits = program.logits();
    double[][] all = new double[fed.length][];
    Arrays.setAll(all, row -> LogSoftmax.ofRow(logits, row));
    return all;
  }

  private static void roundRows(Tensor inputs) {
    int width = inputs.size(1);
    float[] row = new float[width];
    for (int i = 0; i < inputs.size(0); i++) {
      inputs.read((long) i * width, row, 0, width);
      float greatest = 0;
      for (float number : row) {
        greatest = Math.max(greatest, Math.abs(number));
      }
      float scale = greatest / GREATEST_INT8;
      for (int j = 0; j < width && scale > 0; j++) {
        row[j] = Math.round(row[j] / scale) * scale;
      }
      Tensor target = inputs.rows(i, 1);
      DType.F32.codec().encode(row, 0, width, target.segment(), 0);
    }
  }

  /** The Kullback-Leibler divergence of {@code actual} from {@code expected}, both logarithms. */
  static double divergence(double[] expected, double[] actual) {
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.exp(expected[i]) * (expected[i] - actual[i]);
    }
    return sum;
  }

  private static int likeliest(double[] logs) {
    int best = 0;
    for (int i = 1; i < logs.length; i++) {
      best = logs[i] > logs[best] ? i : best;
    }
    return best;
  }
}
