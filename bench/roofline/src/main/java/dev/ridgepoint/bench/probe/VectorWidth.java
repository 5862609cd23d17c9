package dev.ridgepoint.bench.probe;

import dev.ridgepoint.engine.kernels.VectorRegisters;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Vectors as wide as the engine's, whose ceilings are wanted. */
final class VectorWidth {
  private static final VectorShape SHAPE = VectorShape.forBitSize(VectorRegisters.vectorBits());

  static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

  private VectorWidth() {}
}
