package dev.ridgepoint.bench.probe;

import dev.ridgepoint.engine.HugePageArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures the read bandwidth of working sets that every thread holds an equal slice of. */
final class BandwidthProbe implements AutoCloseable {
  private static final int WARM_UP_CALLS = 50;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(1);
  private static final long WARM_UP_BYTES = 8192;
  private static final long PAGE_BYTES = 4096;

  private final List<ReadKernels.Kernel> kernels;
  private final Arena arena = new HugePageArena();
  private final MemorySegment[] slices;

  /**
   * Lets each thread allocate and touch its slice of the largest working set.
   *
   * @param kernels those that {@link #compiledKernels} found fit
   * @throws OutOfMemoryError if the machine has not that much memory to give
   */
  BandwidthProbe(List<ReadKernels.Kernel> kernels, Team team, long largestWorkingSetBytes) {
    this.kernels = kernels;
    this.slices = new MemorySegment[team.size()];
    long slice = sliceBytes(largestWorkingSetBytes, team.size());
    team.nanos(
        thread -> {
          MemorySegment memory = arena.allocate(slice, PAGE_BYTES);
          memory.fill((byte) 1);
          slices[thread] = memory;
          return memory.get(ValueLayout.JAVA_BYTE, slice - 1);
        });
  }

  /**
   * Compiles the kernels.
   *
   * @param notes told of kernels that the compiler did not bring to speed
   */
  static List<ReadKernels.Kernel> compiledKernels(Notes notes) {
    List<ReadKernels.Kernel> fast = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(WARM_UP_BYTES, PAGE_BYTES);
      for (ReadKernels.Kernel kernel : ReadKernels.ALL) {
        if (WarmUp.run(
            () -> kernel.loop().run(memory, WARM_UP_BYTES, 2), WARM_UP_CALLS, WARM_UP_LIMIT)) {
          fast.add(kernel);
        } else {
          notes.add(
              String.format(
                  Locale.ROOT,
                  "the read kernel with %d streams was compiled badly and left out",
                  kernel.streams()));
        }
      }
    }
    return fast.isEmpty() ? ReadKernels.ALL : fast;
  }

  /** Bytes that each of {@code threads} holds of a working set. */
  static long sliceBytes(long workingSetBytes, int threads) {
    long slice = workingSetBytes / threads;
    return slice - slice % ReadKernels.GRANULE_BYTES;
  }

  /** A kernel per entry, counted in bytes that all threads together read of a working set. */
  List<Load> loads(long workingSetBytes) {
    long slice = sliceBytes(workingSetBytes, slices.length);
    return kernels.stream()
        .map(
            kernel ->
                new Load(
                    (double) slice * slices.length,
                    (thread, repetitions) -> kernel.loop().run(slices[thread], slice, repetitions)))
        .toList();
  }

  @Override
  public void close() {
    arena.close();
  }
}
