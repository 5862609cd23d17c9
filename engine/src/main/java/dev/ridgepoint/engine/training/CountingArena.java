package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An arena that says how many bytes were asked of it. */
public final class CountingArena implements Arena {
  private final Arena arena = new HugePageArena();
  private long bytes;

  @Override
  public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
    bytes += byteSize;
    return arena.allocate(byteSize, byteAlignment);
  }

  /** A matrix {@code [rows][width]} of zeros. */
  public Activation activation(int rows, int width) {
    return Activation.of(Tensor.allocate(this, DType.F32, rows, width));
  }

  /** What was asked for. */
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    arena.close();
  }
}
