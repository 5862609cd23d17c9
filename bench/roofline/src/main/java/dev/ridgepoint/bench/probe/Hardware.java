package dev.ridgepoint.bench.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

  /**
   * The caches by level. How many there are of a size is not told: the last level counts as shared
   * by all cores, the others as one for each.
   */
  static List<Cache> caches() {
    return ask(hardware -> caches(hardware.getProcessor())).orElse(List.of());
  }

  private static List<Cache> caches(CentralProcessor processor) {
    SortedMap<Integer, Long> bytes = new TreeMap<>();
    for (CentralProcessor.ProcessorCache cache : processor.getProcessorCaches()) {
      if (cache.getType() != CentralProcessor.ProcessorCache.Type.INSTRUCTION) {
        bytes.merge(
            (int) cache.getLevel(), Integer.toUnsignedLong(cache.getCacheSize()), Math::max);
      }
    }
    int cores = Math.max(1, processor.getPhysicalProcessorCount());
    List<Cache> caches = new ArrayList<>();
    bytes.forEach(
        (level, each) ->
            caches.add(new Cache(level, each, level.equals(bytes.lastKey()) ? 1 : cores)));
    return caches;
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
