package dev.ridgepoint.bench.probe;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * What OSHI says of the machine. It unpacks a native library and loads it, which is forbidden where
 * neither the home nor the temporary folder can be written to or executed from: it knows nothing
 * then.
 */
final class Hardware {
  /** Tells of that with a stack trace; kept, since the JVM would forget the level. */
  private static final Logger NATIVE = Logger.getLogger("com.sun.jna");

  static {
    NATIVE.setLevel(Level.OFF);
  }

  private Hardware() {}

  static Optional<String> processorName() {
    return ask(hardware -> hardware.getProcessor().getProcessorIdentifier().getName().strip())
        .filter(name -> !name.isEmpty());
  }

  /** Installed memory. */
  static Optional<Long> memoryBytes() {
    return ask(hardware -> hardware.getMemory().getTotal());
  }

  /** Memory that can be had without swapping. */
  static Optional<Long> availableMemoryBytes() {
    return ask(hardware -> hardware.getMemory().getAvailable());
  }

  /** The size of the largest cache. */
  static Optional<Long> lastLevelCacheBytes() {
    return ask(
        hardware ->
            hardware.getProcessor().getProcessorCaches().stream()
                .mapToLong(cache -> Integer.toUnsignedLong(cache.getCacheSize()))
                .max()
                .orElse(0));
  }

  /** All cores of the machine. */
  static Optional<Cores> cores() {
    return ask(hardware -> cores(hardware.getProcessor()));
  }

  private static Cores cores(CentralProcessor processor) {
    List<Integer> classes =
        processor.getPhysicalProcessors().stream()
            .map(CentralProcessor.PhysicalProcessor::getEfficiency)
            .toList();
    int all = Math.max(1, processor.getPhysicalProcessorCount());
    int fastest = classes.stream().mapToInt(Integer::intValue).max().orElse(0);
    int performance = (int) classes.stream().filter(each -> each == fastest).count();
    boolean isAlike = performance == classes.size();
    return isAlike
        ? Cores.alike(all)
        : Cores.of(
            all, Cores.performanceAndEfficiency(performance, classes.size() - performance), 0);
  }

  private static <T> Optional<T> ask(Function<HardwareAbstractionLayer, T> question) {
    try {
      return Optional.ofNullable(question.apply(new SystemInfo().getHardware()));
    } catch (LinkageError | RuntimeException e) {
      return Optional.empty();
    }
  }
}
