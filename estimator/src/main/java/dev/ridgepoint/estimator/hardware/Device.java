package dev.ridgepoint.estimator.hardware;

import static dev.ridgepoint.estimator.hardware.Machine.requireNamed;
import static dev.ridgepoint.estimator.hardware.Machine.requirePositive;

import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Something that runs transformers, as its vendor describes it, or as measured. What is not known
 * is absent.
 *
 * @param name such as {@code H100 SXM5 80GB}
 * @param kind what it is
 * @param peakFlopsPerSecond arithmetic without sparsity, per dtype; vendors often print twice as
 *     much, for matrices of which two of four elements are zero
 * @param memoryBytes what programs can use of its memory
 * @param isMemoryShared whether a GPU shares its memory with the CPU
 * @param memoryBytesPerSecond its memory's bandwidth
 * @param hasOnePipe whether a GPU issues integer and floating-point instructions through one pipe,
 *     so that unpacking weights delays multiplying them: NVIDIA's before Volta (Volta whitepaper,
 *     WP-08608-001, "Independent Floating-Point and Integer Datapaths"), Apple's before M3 (Apple,
 *     "Explore GPU advancements in M3 and A17 Pro", 2023)
 * @param linkBytesPerSecond to other devices, in one direction; vendors often print both directions
 *     together, which is twice
 * @param watts the most that it is built to take
 * @param listPrice to buy one
 * @param cloudPricePerHour to rent one
 * @param measuredMatmul how fast large matrix products have been measured to run
 * @param source where the numbers are from
 * @param confidence how sure they are
 * @param note what else to know
 */
public record Device(
    String name,
    Kind kind,
    Map<ComputeDtype, Double> peakFlopsPerSecond,
    OptionalLong memoryBytes,
    boolean isMemoryShared,
    double memoryBytesPerSecond,
    boolean hasOnePipe,
    OptionalDouble linkBytesPerSecond,
    OptionalDouble watts,
    Optional<Price> listPrice,
    Optional<Price> cloudPricePerHour,
    Optional<MatmulRate> measuredMatmul,
    String source,
    Optional<Confidence> confidence,
    Optional<String> note) {
  /** Slower than any device: a rate below it has the wrong unit. */
  private static final double MIN_RATE = 1e3;

  /** Faster than any device. */
  private static final double MAX_RATE = 1e24;

  private static final List<ComputeDtype> USUAL_DTYPES =
      List.of(ComputeDtype.BF16, ComputeDtype.F16, ComputeDtype.F32);

  /** What a device is. */
  public enum Kind {
    GPU,
    /** Built for neural networks alone. */
    ACCELERATOR,
    CPU
  }

  /** How sure a device's numbers are. */
  public enum Confidence {
    HIGH,
    MEDIUM,
    LOW
  }

  /**
   * Money, which changes: ask again before relying on it.
   *
   * @param dollars US dollars
   * @param asOf when it was so
   * @param source who asks it; {@code indicative} where none is stored
   */
  public record Price(double dollars, LocalDate asOf, String source) {
    public Price {
      requirePositive("dollars", dollars);
      requireNamed("source", source);
    }
  }

  /**
   * The best that large matrix products reach.
   *
   * @param dtype of the factors
   * @param flopsPerSecond measured
   * @param source who measured it
   */
  public record MatmulRate(ComputeDtype dtype, double flopsPerSecond, String source) {
    public MatmulRate {
      requirePositive("flopsPerSecond", flopsPerSecond);
      requireNamed("source", source);
    }
  }

  public Device {
    requireNamed("name", name);
    requireNamed("source", source);
    if (peakFlopsPerSecond.isEmpty()) {
      throw new IllegalArgumentException("peakFlopsPerSecond must not be empty");
    }
    peakFlopsPerSecond.forEach(
        (dtype, peak) -> requireRate("peakFlopsPerSecond." + dtype, peak.doubleValue()));
    peakFlopsPerSecond = Collections.unmodifiableMap(new EnumMap<>(peakFlopsPerSecond));
    memoryBytes.ifPresent(bytes -> requirePositive("memoryBytes", bytes));
    requireRate("memoryBytesPerSecond", memoryBytesPerSecond);
    linkBytesPerSecond.ifPresent(rate -> requireRate("linkBytesPerSecond", rate));
    watts.ifPresent(power -> requirePositive("watts", power));
    if (measuredMatmul.isPresent()) {
      MatmulRate rate = measuredMatmul.get();
      Double peak = peakFlopsPerSecond.get(rate.dtype);
      if (peak == null || rate.flopsPerSecond > peak) {
        throw new IllegalArgumentException(
            "measuredMatmul must not exceed the peak of %s, %s, but is %s"
                .formatted(rate.dtype, peak, rate.flopsPerSecond));
      }
    }
  }

  /**
   * A measured machine with all its threads, to stand beside the catalogue's devices: peaks and the
   * bandwidth of the largest working set, both the best seen.
   */
  public static Device of(Machine machine) {
    int threads = machine.mostThreads();
    Map<ComputeDtype, Double> peaks =
        machine.peaks().stream()
            .filter(peak -> peak.threads() == threads)
            .collect(
                Collectors.toMap(
                    peak -> ComputeDtype.named(machine.cpu(), peak.dtype()),
                    Machine.Peak::flopsPerSecond,
                    Math::max));
    String anyDtype = peaks.keySet().stream().min(Comparator.naturalOrder()).orElseThrow().name();
    return new Device(
        machine.cpu(),
        Kind.CPU,
        peaks,
        OptionalLong.of(machine.memoryBytes()),
        false,
        machine.roofline(anyDtype, threads).bytesPerSecond(),
        false,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        String.format(Locale.ROOT, "measured, %d threads", threads),
        Optional.of(Confidence.HIGH),
        Optional.empty());
  }

  /** The same device with another amount of memory that programs can use. */
  public Device withMemoryBytes(long bytes) {
    return new Device(
        name,
        kind,
        peakFlopsPerSecond,
        OptionalLong.of(bytes),
        isMemoryShared,
        memoryBytesPerSecond,
        hasOnePipe,
        linkBytesPerSecond,
        watts,
        listPrice,
        cloudPricePerHour,
        measuredMatmul,
        source,
        confidence,
        note);
  }

  /** What it multiplies in if nothing is said: the first of BF16, F16 and F32 that has a peak. */
  public ComputeDtype usualDtype() {
    return USUAL_DTYPES.stream()
        .filter(peakFlopsPerSecond::containsKey)
        .findFirst()
        .orElseGet(() -> peakFlopsPerSecond.keySet().iterator().next());
  }

  /** What software for it usually keeps activations, keys and values in. */
  public Precision usualVectors() {
    return kind == Kind.CPU ? Precision.F32 : Precision.BF16;
  }

  /**
   * The roofline of work in {@code dtype}.
   *
   * @throws InvalidInputException if no peak of it is known
   */
  public Roofline roofline(ComputeDtype dtype) {
    return new Roofline(peak(dtype), memoryBytesPerSecond);
  }

  /**
   * The share of the peak that large matrix products reach; empty if it was not measured in {@code
   * dtype}.
   */
  public OptionalDouble matmulEfficiency(ComputeDtype dtype) {
    return measuredMatmul
        .filter(rate -> rate.dtype == dtype)
        .map(rate -> OptionalDouble.of(rate.flopsPerSecond / peak(dtype)))
        .orElse(OptionalDouble.empty());
  }

  /** The same in whatever dtype it was measured; empty if in none. */
  public OptionalDouble matmulEfficiency() {
    return measuredMatmul.isPresent()
        ? matmulEfficiency(measuredMatmul.get().dtype)
        : OptionalDouble.empty();
  }

  private static void requireRate(String field, double perSecond) {
    if (!(perSecond >= MIN_RATE && perSecond <= MAX_RATE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must lie in %.0e..%.0e, but is %s",
              field,
              MIN_RATE,
              MAX_RATE,
              perSecond));
    }
  }

  private double peak(ComputeDtype dtype) {
    Double peak = peakFlopsPerSecond.get(dtype);
    if (peak == null) {
      throw new InvalidInputException(
          name,
          "has no known peak of %s; known are %s"
              .formatted(
                  dtype,
                  peakFlopsPerSecond.keySet().stream()
                      .map(Enum::name)
                      .collect(Collectors.joining(", "))));
    }
    return peak;
  }
}
