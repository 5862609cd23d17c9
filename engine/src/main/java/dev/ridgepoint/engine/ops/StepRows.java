package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.panels.KvCache;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The rows of a step's activations: the new tokens of one sequence after those of another. One
 * object serves step after step; a step of the same shape as the last allocates nothing.
 */
public final class StepRows {
  private List<SequenceRows> sequences = new ArrayList<>();
  private List<SequenceRows> lastSequences = new ArrayList<>();
  private int[] tokens = new int[1];
  private int rows;
  private int logitRows;

  /** Begins a step, which has no rows yet. */
  public void begin() {
    List<SequenceRows> last = sequences;
    sequences = lastSequences;
    sequences.clear();
    lastSequences = last;
    rows = 0;
    logitRows = 0;
  }

  /**
   * Gives one more sequence its rows.
   *
   * @param newTokens at least one
   * @param logits new tokens, counted from the last, whose logits are wanted
   * @throws IllegalArgumentException if there are no new tokens, or more logits are wanted
   */
  public void add(KvCache cache, int[] newTokens, int logits) {
    int count = newTokens.length;
    if (count < 1 || logits < 0 || logits > count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "sequence %d has %d new tokens and %d logits",
              sequences.size(),
              count,
              logits));
    }
    int end = Math.addExact(rows, count);
    if (end > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(end, 2 * rows));
    }
    System.arraycopy(newTokens, 0, tokens, rows, count);
    sequences.add(sequenceRows(cache, rows, count, logits));
    rows = end;
    logitRows += logits;
  }

  /** A sequence that had the same rows in the last step keeps its object. */
  private SequenceRows sequenceRows(KvCache cache, int first, int count, int logits) {
    int sequence = sequences.size();
    return sequence < lastSequences.size()
            && isAt(lastSequences.get(sequence), cache, first, count, logits)
        ? lastSequences.get(sequence)
        : new SequenceRows(cache, first, count, logits);
  }

  private static boolean isAt(
      SequenceRows sequence, KvCache cache, int first, int count, int logits) {
    return sequence.cache() == cache
        && sequence.first() == first
        && sequence.count() == count
        && sequence.logits() == logits;
  }

  /** In the order of their rows. */
  List<SequenceRows> sequences() {
    return sequences;
  }

  /** New tokens of all sequences. */
  public int rows() {
    return rows;
  }

  /** The token of a row. */
  public int token(int row) {
    return tokens[row];
  }

  /** Rows whose logits are wanted. */
  public int logitRows() {
    return logitRows;
  }

  /**
   * Copies the rows whose logits are wanted: only they go on after the last layer.
   *
   * @param x {@code [rows][width]}
   * @param y {@code [logitRows][width]}
   */
  public void gatherLogitRows(Activation x, Activation y) {
    x.requireRows("x", rows);
    y.requireRows("y", logitRows);
    y.requireWidth("y", x.width());
    long rowBytes = 4L * x.width();
    long to = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      long from = (sequence.first() + sequence.count() - sequence.logits()) * rowBytes;
      long bytes = sequence.logits() * rowBytes;
      MemorySegment.copy(x.tensor().segment(), from, y.tensor().segment(), to, bytes);
      to += bytes;
    }
  }

  /** Declares that the caches hold the new tokens' keys and values of all layers. */
  public void advanceCaches() {
    for (int i = 0; i < sequences.size(); i++) {
      sequences.get(i).cache().advance(sequences.get(i).count());
    }
  }
}
