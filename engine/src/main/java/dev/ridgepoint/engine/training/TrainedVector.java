package dev.ridgepoint.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** A trained vector with a copy on the heap, where the forward kernels read it. */
public final class TrainedVector {
  private final Parameter parameter;
  private final float[] values;

  /**
   * @param parameter {@code [elements]}
   */
  public TrainedVector(Parameter parameter) {
    this.parameter = parameter;
    values = new float[Math.toIntExact(parameter.elements())];
    refresh();
  }

  /** Copies what the optimizer has made of it. */
  public void refresh() {
    MemorySegment.copy(parameter.value().segment(), JAVA_FLOAT, 0, values, 0, values.length);
  }

  /** The values that the forward pass reads; the same array always. */
  public float[] values() {
    return values;
  }

  MemorySegment gradient() {
    return parameter.gradient().segment();
  }

  int length() {
    return values.length;
  }
}
