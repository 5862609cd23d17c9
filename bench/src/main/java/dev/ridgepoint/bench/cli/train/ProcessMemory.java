package dev.ridgepoint.bench.cli.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.text.Units;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What this process needed, beside what the estimator counts of it: that is the memory outside the
 * heap, and the JVM's own comes on top.
 *
 * @param predictedBytes outside the heap
 * @param allocatedBytes likewise, as asked for
 * @param heapBytes the most that Java objects took: tokens, and what is computed with
 * @param codeBytes the most that compiled code took
 * @param classBytes the most that classes took
 * @param peakBytes the most that was resident at once, where the system keeps count
 * @param otherBytes of the peak, what none of the others explains: compilers at work, stacks of
 *     threads, libraries, pages of files; not known where the others, each at its own time, come to
 *     more than the peak
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProcessMemory(
    long predictedBytes,
    long allocatedBytes,
    long heapBytes,
    long codeBytes,
    long classBytes,
    Long peakBytes,
    Long otherBytes) {

  /** As it is now. */
  static ProcessMemory of(List<TrainingReport.MemoryGroup> groups) {
    long predicted = groups.stream().mapToLong(TrainingReport.MemoryGroup::predictedBytes).sum();
    long allocated = groups.stream().mapToLong(TrainingReport.MemoryGroup::measuredBytes).sum();
    long heap = most(pool -> pool.getType() == MemoryType.HEAP);
    long code = most(ProcessMemory::holdsCode);
    long classes = most(pool -> pool.getType() == MemoryType.NON_HEAP && !holdsCode(pool));
    Optional<Long> peak = Host.peakResidentBytes();
    Optional<Long> other =
        peak.map(all -> all - allocated - heap - code - classes).filter(bytes -> bytes >= 0);
    return new ProcessMemory(
        predicted, allocated, heap, code, classes, peak.orElse(null), other.orElse(null));
  }

  /** The most that pools held, each at a time of its own. */
  private static long most(Predicate<MemoryPoolMXBean> kind) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(kind)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  /** HotSpot's names: "CodeCache", or "CodeHeap 'profiled nmethods'" and so on. */
  private static boolean holdsCode(MemoryPoolMXBean pool) {
    return pool.getType() == MemoryType.NON_HEAP && pool.getName().startsWith("Code");
  }

  /** In a sentence. */
  String summary() {
    String outside =
        Units.bytes(allocatedBytes) + " outside the heap, predicted " + Units.bytes(predictedBytes);
    return peakBytes == null
        ? "Memory: " + outside + "."
        : "The process held %s at its peak: %s, and %s of the JVM's own."
            .formatted(Units.bytes(peakBytes), outside, Units.bytes(peakBytes - allocatedBytes));
  }
}
