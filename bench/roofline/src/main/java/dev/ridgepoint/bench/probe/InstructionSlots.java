package dev.ridgepoint.bench.probe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Instructions per cycle that a core takes from one thread. Hyperthreads share a core, and those of
 * other tenants take slots as well as one's own: they hardly slow a loop of multiply-adds alone,
 * which needs few slots, and so the FMA peak does not show them. What matters to a kernel is how
 * many other instructions it has for each multiply-add.
 *
 * <p>The best is what a core gives that nobody shares only if there was a moment without
 * neighbours.
 *
 * @param perCycle of many short slices, without the lowest and the highest twentieth of them
 * @param cyclesPerSecond the clock, as a chain of instructions shows it that take one cycle each
 */
public record InstructionSlots(Spread perCycle, double cyclesPerSecond) {
  private static final double CLEARLY_LESS = 0.85;

  /** Of at least one slice. */
  static InstructionSlots of(double[] perCycle, double[] cyclesPerSecond) {
    return new InstructionSlots(Spread.of(inner(perCycle)), Spread.of(cyclesPerSecond).median());
  }

  private static double[] inner(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int cut = sorted.length / 20;
    return Arrays.copyOfRange(sorted, cut, sorted.length - cut);
  }

  /** The slices of both, and the faster clock. */
  InstructionSlots and(InstructionSlots later) {
    return new InstructionSlots(
        perCycle.and(later.perCycle), Math.max(cyclesPerSecond, later.cyclesPerSecond));
  }

  /** Whether half of the slices found clearly fewer slots than the best did. */
  boolean shared() {
    return perCycle.median() < CLEARLY_LESS * perCycle.max();
  }

  /**
   * Fraction of the FMA peak that the median slots allow.
   *
   * @param multiplyAddsPerCycle at the peak
   * @param instructionsPerMultiplyAdd of the kernel's loop, the multiply-add included
   */
  double fractionOfPeak(double multiplyAddsPerCycle, double instructionsPerMultiplyAdd) {
    return Math.min(1, perCycle.median() / (multiplyAddsPerCycle * instructionsPerMultiplyAdd));
  }

  /**
   * What a reader should know of a shared core.
   *
   * @param flopsPerSecond the FMA peak of one thread
   * @param lanes floats of a multiply-add
   * @param instructionsPerMultiplyAdd of the kernel that it is told of; none if that is not known
   */
  Optional<String> note(
      double flopsPerSecond, int lanes, OptionalDouble instructionsPerMultiplyAdd) {
    if (!shared()) {
      return Optional.empty();
    }
    String slots =
        String.format(
            Locale.ROOT,
            "neighbours leave %.1f of %.1f instruction slots per cycle",
            perCycle.median(),
            perCycle.max());
    if (instructionsPerMultiplyAdd.isEmpty()) {
      return Optional.of(slots);
    }
    double instructions = instructionsPerMultiplyAdd.getAsDouble();
    double multiplyAddsPerCycle = flopsPerSecond / (2.0 * lanes * cyclesPerSecond);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s: a kernel of %.2f instructions per FMA can reach %.0f %% of the FMA roof",
            slots,
            instructions,
            100 * fractionOfPeak(multiplyAddsPerCycle, instructions)));
  }
}
