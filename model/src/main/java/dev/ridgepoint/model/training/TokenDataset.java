package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Token ids cut into windows, one behind the other, which every pass over the data takes in another
 * order. What a step sees depends on its number and the seed alone: so that a run that was
 * interrupted goes on with what it would have seen.
 */
public final class TokenDataset {
  private final int[] tokens;
  private final TrainingBatch shape;
  private final long seed;
  private final int windows;
  private long orderedPass = -1;
  private int[] order = new int[0];

  /**
   * @param source of the tokens, for messages
   * @param tokens of all texts
   * @param shape of a step
   * @throws InvalidInputException if they are too few for one window
   */
  public TokenDataset(String source, int[] tokens, TrainingBatch shape, long seed) {
    this.tokens = tokens.clone();
    this.shape = shape;
    this.seed = seed;
    windows = (tokens.length - 1) / shape.sequenceLength();
    if (windows < 1) {
      throw new InvalidInputException(
          source,
          String.format(
              Locale.ROOT,
              "has %,d tokens; a sequence of %,d and its next token need %,d",
              tokens.length,
              shape.sequenceLength(),
              shape.sequenceLength() + 1));
    }
  }

  /** Sequences of which each pass consists. */
  public int windows() {
    return windows;
  }

  /**
   * The micro-batches of a step.
   *
   * @param step its number, from 0
   */
  public List<TokenBatch> batches(long step) {
    int length = shape.sequenceLength();
    long first = step * shape.microBatch() * shape.microBatches();
    List<TokenBatch> batches = new ArrayList<>();
    for (int batch = 0; batch < shape.microBatches(); batch++) {
      int[] inputs = new int[Math.toIntExact(shape.microBatchTokens())];
      int[] targets = new int[inputs.length];
      for (int i = 0; i < shape.microBatch(); i++) {
        int from = window(first++) * length;
        System.arraycopy(tokens, from, inputs, i * length, length);
        System.arraycopy(tokens, from + 1, targets, i * length, length);
      }
      batches.add(new TokenBatch(shape.microBatch(), length, inputs, targets));
    }
    return batches;
  }

  private int window(long index) {
    long pass = index / windows;
    if (pass != orderedPass) {
      order = shuffled(pass);
      orderedPass = pass;
    }
    return order[(int) (index % windows)];
  }

  private int[] shuffled(long pass) {
    Random random = new Random(seed * 0x9e3779b97f4a7c15L + pass);
    int[] numbers = new int[windows];
    Arrays.setAll(numbers, i -> i);
    for (int i = windows - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int number = numbers[i];
      numbers[i] = numbers[other];
      numbers[other] = number;
    }
    return numbers;
  }
}
