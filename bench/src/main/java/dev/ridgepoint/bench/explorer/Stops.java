package dev.ridgepoint.bench.explorer;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What can be chosen besides format and device, each list ascending and without repetition.
 *
 * @param batches sequences in a decode step
 * @param contexts tokens cached before a decode step
 * @param prompts tokens of a prefill of one sequence
 * @param threads of this machine
 */
public record Stops(
    List<Integer> batches, List<Integer> contexts, List<Integer> prompts, List<Integer> threads) {
  private static final int MAX_BATCH = 256;

  /** Longer than this no stop is, whatever a model attends to, except for what was measured. */
  private static final int MAX_POSITIONS = 1 << 17;

  private static final int FIRST_CONTEXT = 128;

  /**
   * With longer contexts every second power of two is left out: a page carries batches times them.
   */
  private static final int LONGEST_DOUBLED = 1 << 15;

  public Stops {
    batches = List.copyOf(batches);
    contexts = List.copyOf(contexts);
    prompts = List.copyOf(prompts);
    threads = List.copyOf(threads);
  }

  /**
   * Shapes in powers of two, contexts of models with more than 32,768 positions in powers of four;
   * no context, the longest of both, and whatever was measured.
   *
   * @param maxPositions that the model attends to, at least 1
   * @param batches measured
   * @param contexts measured
   * @param prompts measured
   * @param threads measured
   */
  public static Stops of(
      int maxPositions,
      Collection<Integer> batches,
      Collection<Integer> contexts,
      Collection<Integer> prompts,
      Collection<Integer> threads) {
    int positions = Math.min(maxPositions, MAX_POSITIONS);
    int factor = positions > LONGEST_DOUBLED ? 4 : 2;
    SortedSet<Integer> allContexts = powers(FIRST_CONTEXT, factor, positions - 1, contexts);
    allContexts.add(0);
    allContexts.add(positions - 1);
    SortedSet<Integer> allPrompts = powers(1, 2, positions, prompts);
    allPrompts.add(positions);
    return new Stops(
        List.copyOf(powers(1, 2, MAX_BATCH, batches)),
        List.copyOf(allContexts),
        List.copyOf(allPrompts),
        List.copyOf(new TreeSet<>(threads)));
  }

  private static SortedSet<Integer> powers(
      int first, int factor, int last, Collection<Integer> others) {
    SortedSet<Integer> stops = new TreeSet<>(others);
    for (int stop = first; stop <= last; stop *= factor) {
      stops.add(stop);
    }
    return stops;
  }
}
