package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.engine.DType;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The shapes whose kernels are timed: those that the steps to be predicted use.
 *
 * @param rows new tokens of a step, all sequences together
 * @param logits rows that the output head sees
 * @param attention what one sequence's attention sees
 */
public record Shapes(
    SortedSet<Integer> rows, SortedSet<Integer> logits, List<Attention> attention) {

  /**
   * New tokens of each of some sequences over their caches.
   *
   * @param sequences attended to in one operation
   * @param rows new tokens of each
   * @param context positions cached before, in each
   * @param cache how keys and values are stored
   */
  public record Attention(int sequences, int rows, int context, DType cache) {}

  public Shapes {
    rows = new TreeSet<>(rows);
    logits = new TreeSet<>(logits);
    attention = attention.stream().distinct().toList();
  }
}
