package dev.ridgepoint.bench.probe;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Multiply-adds on registers alone: the F32 peak that Java can reach.
 *
 * <p>Each kernel keeps a number of independent chains, one vector register each. Latency x ports of
 * the FMA unit says how many are needed: 4 x 2 = 8 on x86-64, 4 x 4 = 16 on wide Arm cores. With 16
 * registers (AVX2) 12 chains still fit, 16 do not. The accumulator is the addend, {@code x.fma(y,
 * a)}, which compiles to {@code vfmadd231ps} in place; as a factor, {@code a.fma(x, y)}, the addend
 * needs a copy or a spill per instruction and costs up to half the peak.
 */
public final class FmaKernels {
  private static final VectorSpecies<Float> SPECIES = VectorWidth.FLOATS;

  private FmaKernels() {}

  /**
   * One loop.
   *
   * @param chains independent accumulators
   */
  public record Kernel(int chains, Loop loop) {
    /** FLOPs of {@code trips} trips: two per lane of each chain. */
    public long flops(int trips) {
      return 2L * SPECIES.length() * chains * trips;
    }
  }

  /** Runs a number of trips and returns a value that depends on each of them. */
  public interface Loop {
    float run(int trips, float x, float y);
  }

  /** All kernels. */
  public static final List<Kernel> ALL =
      List.of(
          new Kernel(8, FmaKernels::chains8),
          new Kernel(12, FmaKernels::chains12),
          new Kernel(16, FmaKernels::chains16),
          new Kernel(24, FmaKernels::chains24));

  private static float chains8(int trips, float x0, float y0) {
    FloatVector x = FloatVector.broadcast(SPECIES, x0);
    FloatVector y = FloatVector.broadcast(SPECIES, y0);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
    for (int i = 0; i < trips; i++) {
      a0 = x.fma(y, a0);
      a1 = x.fma(y, a1);
      a2 = x.fma(y, a2);
      a3 = x.fma(y, a3);
      a4 = x.fma(y, a4);
      a5 = x.fma(y, a5);
      a6 = x.fma(y, a6);
      a7 = x.fma(y, a7);
    }
    FloatVector sum = a0.add(a1).add(a2).add(a3);
    sum = sum.add(a4).add(a5).add(a6).add(a7);
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static float chains12(int trips, float x0, float y0) {
    FloatVector x = FloatVector.broadcast(SPECIES, x0);
    FloatVector y = FloatVector.broadcast(SPECIES, y0);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
    for (int i = 0; i < trips; i++) {
      a0 = x.fma(y, a0);
      a1 = x.fma(y, a1);
      a2 = x.fma(y, a2);
      a3 = x.fma(y, a3);
      a4 = x.fma(y, a4);
      a5 = x.fma(y, a5);
      a6 = x.fma(y, a6);
      a7 = x.fma(y, a7);
      a8 = x.fma(y, a8);
      a9 = x.fma(y, a9);
      a10 = x.fma(y, a10);
      a11 = x.fma(y, a11);
    }
    FloatVector sum = a0.add(a1).add(a2).add(a3);
    sum = sum.add(a4).add(a5).add(a6).add(a7);
    sum = sum.add(a8).add(a9).add(a10).add(a11);
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static float chains16(int trips, float x0, float y0) {
    FloatVector x = FloatVector.broadcast(SPECIES, x0);
    FloatVector y = FloatVector.broadcast(SPECIES, y0);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
    FloatVector a12 = FloatVector.broadcast(SPECIES, 12);
    FloatVector a13 = FloatVector.broadcast(SPECIES, 13);
    FloatVector a14 = FloatVector.broadcast(SPECIES, 14);
    FloatVector a15 = FloatVector.broadcast(SPECIES, 15);
    for (int i = 0; i < trips; i++) {
      a0 = x.fma(y, a0);
      a1 = x.fma(y, a1);
      a2 = x.fma(y, a2);
      a3 = x.fma(y, a3);
      a4 = x.fma(y, a4);
      a5 = x.fma(y, a5);
      a6 = x.fma(y, a6);
      a7 = x.fma(y, a7);
      a8 = x.fma(y, a8);
      a9 = x.fma(y, a9);
      a10 = x.fma(y, a10);
      a11 = x.fma(y, a11);
      a12 = x.fma(y, a12);
      a13 = x.fma(y, a13);
      a14 = x.fma(y, a14);
      a15 = x.fma(y, a15);
    }
    FloatVector sum = a0.add(a1).add(a2).add(a3);
    sum = sum.add(a4).add(a5).add(a6).add(a7);
    sum = sum.add(a8).add(a9).add(a10).add(a11);
    sum = sum.add(a12).add(a13).add(a14).add(a15);
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static float chains24(int trips, float x0, float y0) {
    FloatVector x = FloatVector.broadcast(SPECIES, x0);
    FloatVector y = FloatVector.broadcast(SPECIES, y0);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
    FloatVector a12 = FloatVector.broadcast(SPECIES, 12);
    FloatVector a13 = FloatVector.broadcast(SPECIES, 13);
    FloatVector a14 = FloatVector.broadcast(SPECIES, 14);
    FloatVector a15 = FloatVector.broadcast(SPECIES, 15);
    FloatVector a16 = FloatVector.broadcast(SPECIES, 16);
    FloatVector a17 = FloatVector.broadcast(SPECIES, 17);
    FloatVector a18 = FloatVector.broadcast(SPECIES, 18);
    FloatVector a19 = FloatVector.broadcast(SPECIES, 19);
    FloatVector a20 = FloatVector.broadcast(SPECIES, 20);
    FloatVector a21 = FloatVector.broadcast(SPECIES, 21);
    FloatVector a22 = FloatVector.broadcast(SPECIES, 22);
    FloatVector a23 = FloatVector.broadcast(SPECIES, 23);
    for (int i = 0; i < trips; i++) {
      a0 = x.fma(y, a0);
      a1 = x.fma(y, a1);
      a2 = x.fma(y, a2);
      a3 = x.fma(y, a3);
      a4 = x.fma(y, a4);
      a5 = x.fma(y, a5);
      a6 = x.fma(y, a6);
      a7 = x.fma(y, a7);
      a8 = x.fma(y, a8);
      a9 = x.fma(y, a9);
      a10 = x.fma(y, a10);
      a11 = x.fma(y, a11);
      a12 = x.fma(y, a12);
      a13 = x.fma(y, a13);
      a14 = x.fma(y, a14);
      a15 = x.fma(y, a15);
      a16 = x.fma(y, a16);
      a17 = x.fma(y, a17);
      a18 = x.fma(y, a18);
      a19 = x.fma(y, a19);
      a20 = x.fma(y, a20);
      a21 = x.fma(y, a21);
      a22 = x.fma(y, a22);
      a23 = x.fma(y, a23);
    }
    FloatVector sum = a0.add(a1).add(a2).add(a3);
    sum = sum.add(a4).add(a5).add(a6).add(a7);
    sum = sum.add(a8).add(a9).add(a10).add(a11);
    sum = sum.add(a12).add(a13).add(a14).add(a15);
    sum = sum.add(a16).add(a17).add(a18).add(a19);
    sum = sum.add(a20).add(a21).add(a22).add(a23);
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
