package dev.ridgepoint.estimator.hardware;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A machine as measured or catalogued: what bounds the speed of any program on it. Its JSON has the
 * components' names; a file may hold the calibration of the machine's kernels and the slots of its
 * cores besides, which are no part of the machine.
 *
 * @param cpu the processor's name
 * @param cores cores that threads were pinned or scheduled to
 * @param vectorBits width of the widest vectors
 * @param memoryBytes main memory
 * @param peaks arithmetic, per dtype and number of threads
 * @param bandwidths reading, per number of threads and working set
 */
@JsonIgnoreProperties({"calibration", "instructionSlots"})
public record Machine(
    String cpu,
    int cores,
    int vectorBits,
    long memoryBytes,
    List<Peak> peaks,
    List<Bandwidth> bandwidths) {

  /**
   * Arithmetic throughput.
   *
   * @param dtype type of the elements, such as {@code F32}
   * @param flopsPerSecond the best repetition, because a roof is what nothing passes
   * @param lowestFlopsPerSecond the worst repetition, which shows the spread
   */
  public record Peak(
      String dtype, int threads, double flopsPerSecond, double lowestFlopsPerSecond) {
    public Peak {
      requireNamed("dtype", dtype);
      requirePositive("threads", threads);
      requireSpread("FlopsPerSecond", flopsPerSecond, lowestFlopsPerSecond);
    }
  }

  /**
   * Read throughput.
   *
   * @param level where the working set lies: {@code L1}, {@code L2}, {@code L3}, {@code DRAM}
   * @param workingSetBytes bytes read again and again by all threads together
   * @param bytesPerSecond the best repetition
   * @param lowestBytesPerSecond the worst repetition, which shows the spread
   */
  public record Bandwidth(
      int threads,
      String level,
      long workingSetBytes,
      double bytesPerSecond,
      double lowestBytesPerSecond) {
    public Bandwidth {
      requirePositive("threads", threads);
      requireNamed("level", level);
      requirePositive("workingSetBytes", workingSetBytes);
      requireSpread("BytesPerSecond", bytesPerSecond, lowestBytesPerSecond);
    }

    private Bandwidth at(String otherLevel) {
      return new Bandwidth(
          threads, otherLevel, workingSetBytes, bytesPerSecond, lowestBytesPerSecond);
    }

    private Bandwidth atLeast(double seen) {
      return new Bandwidth(
          threads, level, workingSetBytes, Math.max(bytesPerSecond, seen), lowestBytesPerSecond);
    }
  }

  public Machine {
    requireNamed("cpu", cpu);
    requirePositive("cores", cores);
    requirePositive("vectorBits", vectorBits);
    requirePositive("memoryBytes", memoryBytes);
    peaks = List.copyOf(peaks);
    bandwidths = List.copyOf(bandwidths);
    if (peaks.isEmpty() || bandwidths.isEmpty()) {
      throw new IllegalArgumentException(
          (peaks.isEmpty() ? "peaks" : "bandwidths") + " must not be empty");
    }
  }

  /**
   * The machine in a file.
   *
   * @throws InvalidInputException one line, if a field is missing, unknown or wrong
   */
  public static Machine read(Path file) {
    return StrictJson.readRecord(file, Machine.class);
  }

  /**
   * The same machine after {@code threads} were seen to read memory faster than when it was probed:
   * the bandwidth of the largest working set is raised to that, and levels that turn out to be no
   * faster were memory as well.
   */
  public Machine withMemoryAtLeast(int threads, double bytesPerSecond) {
    Optional<Bandwidth> memory =
        bandwidths.stream()
            .filter(bandwidth -> bandwidth.threads == threads)
            .max(Comparator.comparingLong(Bandwidth::workingSetBytes));
    if (memory.isEmpty()) {
      return this;
    }
    Bandwidth largest = memory.get().atLeast(bytesPerSecond);
    Map<String, Double> best =
        bandwidths.stream()
            .filter(bandwidth -> bandwidth.threads == threads)
            .collect(toMap(Bandwidth::level, Bandwidth::bytesPerSecond, Math::max));
    List<Bandwidth> raised = new ArrayList<>();
    for (Bandwidth bandwidth : bandwidths) {
      if (bandwidth.equals(memory.get())) {
        raised.add(largest);
      } else if (bandwidth.threads == threads
          && best.get(bandwidth.level) <= largest.bytesPerSecond) {
        raised.add(bandwidth.at(largest.level));
      } else {
        raised.add(bandwidth);
      }
    }
    return new Machine(cpu, cores, vectorBits, memoryBytes, peaks, raised);
  }

  /** The most threads that its arithmetic was measured with. */
  public int mostThreads() {
    return peaks.stream().mapToInt(Peak::threads).max().orElseThrow();
  }

  /** The levels of the memory hierarchy, by the largest working set of each, ascending. */
  public List<String> levels() {
    Map<String, Long> largest =
        bandwidths.stream().collect(toMap(Bandwidth::level, Bandwidth::workingSetBytes, Math::max));
    return largest.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The roofline under which a model runs whose weights exceed all caches: its slope is that of the
   * largest working set.
   *
   * @throws IllegalArgumentException if this dtype or number of threads was not measured
   */
  public Roofline roofline(String dtype, int threads) {
    return roofline(dtype, threads, bandwidth -> true, Bandwidth::workingSetBytes);
  }

  /**
   * The roofline for data that lie in one level, with the best bandwidth seen there.
   *
   * @throws IllegalArgumentException if this dtype, number of threads or level was not measured
   */
  public Roofline roofline(String dtype, int threads, String level) {
    return roofline(
        dtype, threads, bandwidth -> bandwidth.level.equals(level), Bandwidth::bytesPerSecond);
  }

  private <T extends Comparable<T>> Roofline roofline(
      String dtype, int threads, Predicate<Bandwidth> eligible, Function<Bandwidth, T> preferred) {
    double peak =
        peaks.stream()
            .filter(p -> p.dtype.equals(dtype) && p.threads == threads)
            .mapToDouble(Peak::flopsPerSecond)
            .max()
            .orElseThrow(
                () -> unmeasured("peak of " + dtype, threads, peaks.stream().map(Peak::threads)));
    Bandwidth bandwidth =
        bandwidths.stream()
            .filter(b -> b.threads == threads && eligible.test(b))
            .max(Comparator.comparing(preferred))
            .orElseThrow(
                () ->
                    unmeasured("bandwidth", threads, bandwidths.stream().map(Bandwidth::threads)));
    return new Roofline(peak, bandwidth.bytesPerSecond);
  }

  private static IllegalArgumentException unmeasured(
      String what, int threads, Stream<Integer> measured) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "no %s with %d threads was measured; measured are %s threads",
            what,
            threads,
            measured.distinct().sorted().toList()));
  }

  static void requireNamed(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(field + " must not be blank");
    }
  }

  static void requirePositive(String field, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be positive, but is " + value);
    }
  }

  static void requirePositive(String field, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(field + " must be positive, but is " + value);
    }
  }

  private static void requireSpread(String field, double best, double lowest) {
    requirePositive("best" + field, best);
    requirePositive("lowest" + field, lowest);
    if (lowest > best) {
      throw new IllegalArgumentException(
          "lowest%s must not exceed the best, %s, but is %s".formatted(field, best, lowest));
    }
  }
}
