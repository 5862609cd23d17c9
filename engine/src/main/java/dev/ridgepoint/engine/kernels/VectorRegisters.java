package dev.ridgepoint.engine.kernels;

import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width that every kernel of this process uses, chosen once: the platform's preferred
 * one or what the system property {@value #PROPERTY} forces. Constants, because C2 keeps a vector
 * in a register only if its species is one.
 */
public final class VectorRegisters {
  /** System property that forces the vector width: 128, 256 or 512. */
  public static final String PROPERTY = "ridgepoint.vectorBits";

  public static final VectorSpecies<Float> F = chooseSpecies();
  public static final VectorSpecies<Integer> I = F.withLanes(int.class);

  /** Floats per vector. */
  public static final int LENGTH = F.length();

  private VectorRegisters() {}

  /** Bits per vector. */
  public static int vectorBits() {
    return F.vectorBitSize();
  }

  private static VectorSpecies<Float> chooseSpecies() {
    String forced = System.getProperty(PROPERTY);
    if (forced == null) {
      VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
      return Set.of(128, 256, 512).contains(preferred.vectorBitSize())
          ? preferred
          : FloatVector.SPECIES_128;
    }
    return switch (forced) {
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be 128, 256 or 512, but is " + forced);
    };
  }
}
