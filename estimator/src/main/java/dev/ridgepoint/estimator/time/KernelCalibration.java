package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Kernel;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this machine's kernels take beyond their roofline bound, measured one kernel at a time.
 *
 * <p>The model is {@code seconds = slowdown * bound + dispatch}: the roofline bound of the
 * operation at hand, the slowdown of its kernel (1 / efficiency) interpolated between samples, and
 * the cost of starting and joining one parallel section. At a sample the prediction is the sample.
 * Between samples the slowdown is linear in the logarithm of the rows; for attention, in the
 * logarithm of the last position too. Beyond the outermost samples it stays at theirs. Samples of
 * one point, of several shapes say, are pooled: their times over their bounds. The least and the
 * most that kernels took make the prediction's interval in the same way: a neighbour that slows one
 * kernel down slows all.
 *
 * <p>Nothing here is fitted to the run that it predicts. The samples come from benchmarks of single
 * kernels, the predicted number from timing whole forward passes, and there are no free parameters:
 * where prediction and run disagree, the run does something that its operations do not.
 *
 * @param samples single kernels, timed
 * @param dispatches cost of a parallel section, per number of threads
 */
public record KernelCalibration(List<Sample> samples, List<Dispatch> dispatches) {

  /** No kernel measured. */
  public static final KernelCalibration NONE = new KernelCalibration(List.of(), List.of());

  /**
   * One kernel, timed.
   *
   * @param format of the weights for {@link Kernel#LINEAR}, of the KV cache for {@link
   *     Kernel#ATTENTION}, of the elements otherwise: {@code F32}, {@code BF16}, ...
   * @param rows new tokens; for attention those of one sequence
   * @param context positions cached before, for attention; otherwise 0
   * @param flops its FLOPs, by the definitions of the operation list
   * @param bytes its bytes, likewise
   * @param seconds its time, dispatch included
   * @param lowestSeconds the least that it took when it was timed several times
   * @param highestSeconds the most
   */
  public record Sample(
      Kernel kernel,
      String format,
      int threads,
      int rows,
      int context,
      long flops,
      long bytes,
      double seconds,
      double lowestSeconds,
      double highestSeconds) {

    /** A kernel that was timed once. */
    public Sample(
        Kernel kernel,
        String format,
        int threads,
        int rows,
        int context,
        long flops,
        long bytes,
        double seconds) {
      this(kernel, format, threads, rows, context, flops, bytes, seconds, seconds, seconds);
    }

    public Sample {
      require(!format.isBlank(), "format", format, "must not be blank");
      require(threads > 0, "threads", threads, "must be positive");
      require(rows > 0, "rows", rows, "must be positive");
      require(context >= 0, "context", context, "must not be negative");
      require(flops >= 0, "flops", flops, "must not be negative");
      require(bytes > 0, "bytes", bytes, "must be positive");
      require(
          seconds > 0 && seconds < Double.POSITIVE_INFINITY,
          "seconds",
          seconds,
          "must be positive");
      require(
          lowestSeconds > 0 && lowestSeconds <= seconds,
          "lowestSeconds",
          lowestSeconds,
          "must be positive and at most " + seconds);
      require(
          highestSeconds >= seconds && highestSeconds < Double.POSITIVE_INFINITY,
          "highestSeconds",
          highestSeconds,
          "must be at least " + seconds);
    }

    private boolean isOfTheSameKernelAs(Sample other) {
      return kernel == other.kernel && format.equals(other.format) && threads == other.threads;
    }
  }

  /**
   * Starting and joining one parallel section of {@code threads}.
   *
   * @param seconds at least 0
   */
  public record Dispatch(int threads, double seconds) {
    public Dispatch {
      require(threads > 0, "threads", threads, "must be positive");
      require(
          seconds >= 0 && seconds < Double.POSITIVE_INFINITY,
          "seconds",
          seconds,
          "must not be negative");
    }
  }

  /**
   * From the bound of an operation to its time.
   *
   * @param slowdown how many times its bound it takes, 1 / efficiency
   * @param lowestSlowdown the same when its kernel took the least
   * @param highestSlowdown the same when it took the most
   * @param dispatchSeconds what it takes besides
   */
  public record Timing(
      double slowdown, double lowestSlowdown, double highestSlowdown, double dispatchSeconds) {

    /** The time of an operation of this bound. */
    public double seconds(double boundSeconds) {
      return slowdown * boundSeconds + dispatchSeconds;
    }

    /** The least that it can be expected to take. */
    public double lowestSeconds(double boundSeconds) {
      return lowestSlowdown * boundSeconds + dispatchSeconds;
    }

    /** The most. */
    public double highestSeconds(double boundSeconds) {
      return highestSlowdown * boundSeconds + dispatchSeconds;
    }
  }

  public KernelCalibration {
    samples = List.copyOf(samples);
    dispatches = List.copyOf(dispatches);
  }

  private static void require(boolean holds, String field, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("%s %s, but is %s".formatted(field, rule, value));
    }
  }

  /** These measurements and others, pooled. */
  public KernelCalibration and(KernelCalibration others) {
    return new KernelCalibration(
        Stream.concat(samples.stream(), others.samples.stream()).toList(),
        Stream.concat(dispatches.stream(), others.dispatches.stream()).distinct().toList());
  }

  /**
   * These measurements, where {@code newer} has none: of a kernel, format and number of threads
   * that were timed again, and of a number of threads' dispatch, the newer ones alone.
   */
  public KernelCalibration updatedBy(KernelCalibration newer) {
    KernelCalibration kept =
        new KernelCalibration(
            samples.stream()
                .filter(old -> newer.samples.stream().noneMatch(old::isOfTheSameKernelAs))
                .toList(),
            dispatches.stream()
                .filter(old -> newer.dispatches.stream().noneMatch(d -> d.threads == old.threads))
                .toList());
    return kept.and(newer);
  }

  /** The formats that a kernel was timed in with {@code threads}. */
  public SortedSet<String> formats(Kernel kernel, int threads) {
    return samples.stream()
        .filter(sample -> sample.kernel == kernel && sample.threads == threads)
        .map(Sample::format)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * How a kernel's operations come to their time, or nothing where the kernel, its format and
   * number of threads, or their dispatch, were not measured.
   *
   * @param shape what runs the operations, on what
   * @param threads threads that run them
   * @param roofline the roof that {@code threads} of this machine are under
   */
  public Optional<Timing> timing(KernelShape shape, int threads, Roofline roofline) {
    Optional<Dispatch> dispatch =
        dispatches.stream().filter(measured -> measured.threads == threads).findFirst();
    if (dispatch.isEmpty()) {
      return Optional.empty();
    }
    double dispatchSeconds = dispatch.get().seconds();
    // Times beyond dispatch and bounds, pooled per point: by rows, then by last position.
    SortedMap<Integer, SortedMap<Integer, Pool>> pools = new TreeMap<>();
    for (Sample sample : samples) {
      if (sample.kernel == shape.kernel()
          && sample.format.equals(shape.format())
          && sample.threads == threads) {
        pools
            .computeIfAbsent(sample.rows, absent -> new TreeMap<>())
            .computeIfAbsent(Math.addExact(sample.context, sample.rows), absent -> new Pool())
            .add(sample, dispatchSeconds, roofline);
      }
    }
    if (pools.isEmpty()) {
      return Optional.empty();
    }
    double lastPosition = shape.context() + shape.rows();
    ToDoubleFunction<ToDoubleFunction<Pool>> at =
        value ->
            interpolate(
                pools, shape.rows(), positions -> interpolate(positions, lastPosition, value));
    return Optional.of(
        new Timing(
            at.applyAsDouble(Pool::slowdown),
            at.applyAsDouble(Pool::lowestSlowdown),
            at.applyAsDouble(Pool::highestSlowdown),
            dispatchSeconds));
  }

  /** The value at {@code x}, linear in log x between the keys, constant beyond them. */
  private static <V> double interpolate(
      SortedMap<Integer, V> points, double x, ToDoubleFunction<V> value) {
    int below = points.firstKey();
    int above = points.lastKey();
    for (int key : points.keySet()) {
      if (key <= x) {
        below = key;
      } else {
        above = Math.min(above, key);
      }
    }
    double atBelow = value.applyAsDouble(points.get(below));
    if (x <= below || above <= below) {
      return atBelow;
    }
    double atAbove = value.applyAsDouble(points.get(above));
    double share = Math.log(x / below) / Math.log((double) above / below);
    return atBelow + share * (atAbove - atBelow);
  }

  /** The samples of one point: those of its shapes, with their times and bounds added. */
  private static final class Pool {
    private double seconds;
    private double lowestSeconds;
    private double highestSeconds;
    private double boundSeconds;

    void add(Sample sample, double dispatchSeconds, Roofline roofline) {
      seconds += Math.max(0, sample.seconds - dispatchSeconds);
      lowestSeconds += Math.max(0, sample.lowestSeconds - dispatchSeconds);
      highestSeconds += Math.max(0, sample.highestSeconds - dispatchSeconds);
      boundSeconds += roofline.boundSeconds(sample.flops, sample.bytes);
    }

    double slowdown() {
      return seconds / boundSeconds;
    }

    double lowestSlowdown() {
      return lowestSeconds / boundSeconds;
    }

    double highestSlowdown() {
      return highestSeconds / boundSeconds;
    }
  }
}
