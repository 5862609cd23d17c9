package dev.ridgepoint.bench.probe;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads memory and adds it up as integers, one add per vector, which no memory outruns: the read
 * bandwidth that Java can reach. Hardware prefetchers follow several streams at once, so how many
 * are best is the machine's affair and tried.
 *
 * <p>The loops count in {@code long} and take native memory only: this is what C2 compiles to one
 * folded load per add with no check. The passes lie inside, since entering such a loop costs tens
 * of nanoseconds, a third of the time that 16 KiB take.
 */
public final class ReadKernels {
  private static final VectorSpecies<Integer> SPECIES = VectorWidth.INTS;
  private static final int VECTOR = SPECIES.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Sizes must be multiples of this: eight 512-bit vectors. */
  public static final int GRANULE_BYTES = 512;

  private ReadKernels() {}

  /**
   * One loop.
   *
   * @param streams places read at the same time
   */
  public record Kernel(int streams, Loop loop) {}

  /** Reads the first {@code bytes} of the data, {@code passes} times; returns their sum. */
  public interface Loop {
    int run(MemorySegment data, long bytes, int passes);
  }

  /** All kernels. */
  public static final List<Kernel> ALL =
      List.of(
          new Kernel(1, ReadKernels::oneStream),
          new Kernel(4, ReadKernels::fourStreams),
          new Kernel(8, ReadKernels::eightStreams));

  private static int oneStream(MemorySegment data, long bytes, int passes) {
    IntVector a0 = IntVector.zero(SPECIES);
    IntVector a1 = a0;
    IntVector a2 = a0;
    IntVector a3 = a0;
    IntVector a4 = a0;
    IntVector a5 = a0;
    IntVector a6 = a0;
    IntVector a7 = a0;
    for (int pass = 0; pass < passes; pass++) {
      for (long i = 0; i < bytes; i += 8L * VECTOR) {
        a0 = a0.add(IntVector.fromMemorySegment(SPECIES, data, i, ORDER));
        a1 = a1.add(IntVector.fromMemorySegment(SPECIES, data, i + VECTOR, ORDER));
        a2 = a2.add(IntVector.fromMemorySegment(SPECIES, data, i + 2 * VECTOR, ORDER));
        a3 = a3.add(IntVector.fromMemorySegment(SPECIES, data, i + 3 * VECTOR, ORDER));
        a4 = a4.add(IntVector.fromMemorySegment(SPECIES, data, i + 4 * VECTOR, ORDER));
        a5 = a5.add(IntVector.fromMemorySegment(SPECIES, data, i + 5 * VECTOR, ORDER));
        a6 = a6.add(IntVector.fromMemorySegment(SPECIES, data, i + 6 * VECTOR, ORDER));
        a7 = a7.add(IntVector.fromMemorySegment(SPECIES, data, i + 7 * VECTOR, ORDER));
      }
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4.add(a5).add(a6).add(a7))
        .reduceLanes(VectorOperators.ADD);
  }

  private static int fourStreams(MemorySegment data, long bytes, int passes) {
    IntVector a0 = IntVector.zero(SPECIES);
    IntVector a1 = a0;
    IntVector a2 = a0;
    IntVector a3 = a0;
    IntVector a4 = a0;
    IntVector a5 = a0;
    IntVector a6 = a0;
    IntVector a7 = a0;
    long stream = bytes / 4;
    for (int pass = 0; pass < passes; pass++) {
      for (long i = 0; i < stream; i += 2L * VECTOR) {
        a0 = a0.add(IntVector.fromMemorySegment(SPECIES, data, i, ORDER));
        a1 = a1.add(IntVector.fromMemorySegment(SPECIES, data, i + VECTOR, ORDER));
        a2 = a2.add(IntVector.fromMemorySegment(SPECIES, data, stream + i, ORDER));
        a3 = a3.add(IntVector.fromMemorySegment(SPECIES, data, stream + i + VECTOR, ORDER));
        a4 = a4.add(IntVector.fromMemorySegment(SPECIES, data, 2 * stream + i, ORDER));
        a5 = a5.add(IntVector.fromMemorySegment(SPECIES, data, 2 * stream + i + VECTOR, ORDER));
        a6 = a6.add(IntVector.fromMemorySegment(SPECIES, data, 3 * stream + i, ORDER));
        a7 = a7.add(IntVector.fromMemorySegment(SPECIES, data, 3 * stream + i + VECTOR, ORDER));
      }
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4.add(a5).add(a6).add(a7))
        .reduceLanes(VectorOperators.ADD);
  }

  private static int eightStreams(MemorySegment data, long bytes, int passes) {
    IntVector a0 = IntVector.zero(SPECIES);
    IntVector a1 = a0;
    IntVector a2 = a0;
    IntVector a3 = a0;
    IntVector a4 = a0;
    IntVector a5 = a0;
    IntVector a6 = a0;
    IntVector a7 = a0;
    long stream = bytes / 8;
    for (int pass = 0; pass < passes; pass++) {
      for (long i = 0; i < stream; i += VECTOR) {
        a0 = a0.add(IntVector.fromMemorySegment(SPECIES, data, i, ORDER));
        a1 = a1.add(IntVector.fromMemorySegment(SPECIES, data, stream + i, ORDER));
        a2 = a2.add(IntVector.fromMemorySegment(SPECIES, data, 2 * stream + i, ORDER));
        a3 = a3.add(IntVector.fromMemorySegment(SPECIES, data, 3 * stream + i, ORDER));
        a4 = a4.add(IntVector.fromMemorySegment(SPECIES, data, 4 * stream + i, ORDER));
        a5 = a5.add(IntVector.fromMemorySegment(SPECIES, data, 5 * stream + i, ORDER));
        a6 = a6.add(IntVector.fromMemorySegment(SPECIES, data, 6 * stream + i, ORDER));
        a7 = a7.add(IntVector.fromMemorySegment(SPECIES, data, 7 * stream + i, ORDER));
      }
    }
    return a0.add(a1)
        .add(a2)
        .add(a3)
        .add(a4.add(a5).add(a6).add(a7))
        .reduceLanes(VectorOperators.ADD);
  }
}
