package dev.ridgepoint.bench.probe;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops of instructions that take one cycle each, on registers alone. Additions take turns with
 * exclusive ors, since C2 would make one instruction of several of the same kind.
 */
final class SlotKernels {
  /** Narrow, so that no processor needs two passes for one. */
  private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_128;

  /** Instructions of a trip of {@link #chain}, each of which waits for the one before. */
  static final int CHAIN = 16;

  /** Instructions of a trip of {@link #independent}. */
  static final int INDEPENDENT = 32;

  private SlotKernels() {}

  /** One chain: an instruction per cycle, however little of the core is free. */
  static int chain(int trips, int x, int y) {
    int a = x;
    for (int i = 0; i < trips; i++) {
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
      a = (a + x) ^ y;
    }
    return a;
  }

  /**
   * Sixteen chains, half of them on vectors: scalar units alone, four on many cores, cannot take
   * all that a core of six or eight instructions per cycle dispatches. An undisturbed Zen 4, which
   * dispatches six, runs 4.9 of these.
   */
  static int independent(int trips, int x, int y) {
    IntVector vx = IntVector.broadcast(SPECIES, x);
    IntVector vy = IntVector.broadcast(SPECIES, y);
    IntVector v0 = vx;
    IntVector v1 = vx.add(1);
    IntVector v2 = vx.add(2);
    IntVector v3 = vx.add(3);
    IntVector v4 = vx.add(4);
    IntVector v5 = vx.add(5);
    IntVector v6 = vx.add(6);
    IntVector v7 = vx.add(7);
    int a0 = 0;
    int a1 = 1;
    int a2 = 2;
    int a3 = 3;
    int a4 = 4;
    int a5 = 5;
    int a6 = 6;
    int a7 = 7;
    for (int i = 0; i < trips; i++) {
      a0 = (a0 + x) ^ y;
      v0 = v0.add(vx).lanewise(VectorOperators.XOR, vy);
      a1 = (a1 + x) ^ y;
      v1 = v1.add(vx).lanewise(VectorOperators.XOR, vy);
      a2 = (a2 + x) ^ y;
      v2 = v2.add(vx).lanewise(VectorOperators.XOR, vy);
      a3 = (a3 + x) ^ y;
      v3 = v3.add(vx).lanewise(VectorOperators.XOR, vy);
      a4 = (a4 + x) ^ y;
      v4 = v4.add(vx).lanewise(VectorOperators.XOR, vy);
      a5 = (a5 + x) ^ y;
      v5 = v5.add(vx).lanewise(VectorOperators.XOR, vy);
      a6 = (a6 + x) ^ y;
      v6 = v6.add(vx).lanewise(VectorOperators.XOR, vy);
      a7 = (a7 + x) ^ y;
      v7 = v7.add(vx).lanewise(VectorOperators.XOR, vy);
    }
    IntVector sums = v0.add(v1).add(v2).add(v3).add(v4).add(v5).add(v6).add(v7);
    return a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + sums.reduceLanes(VectorOperators.ADD);
  }
}
