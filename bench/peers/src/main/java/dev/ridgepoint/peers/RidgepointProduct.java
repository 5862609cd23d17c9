package dev.ridgepoint.peers;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Linear;
import dev.ridgepoint.engine.ops.StepRows;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.TearDown;

/** Ridgepoint's, with weights that were packed at load. */
public class RidgepointProduct extends ProductBenchmark {
  private Arena arena;
  private Workers workers;
  private Linear linear;
  private final StepRows step = new StepRows();
  private Tensor y;

  @Override
  void prepare(float[] left, float[] right) {
    arena = new HugePageArena();
    workers = new Workers(threads);
    Tensor x = Tensor.allocate(arena, DType.F32, rows, inputs);
    MemorySegment.copy(left, 0, x.segment(), ValueLayout.JAVA_FLOAT, 0, left.length);
    PackedMatrix packed =
        PackedMatrix.pack(
            arena,
            workers,
            DType.F32,
            outputs,
            inputs,
            (output, target, offset) -> {
              for (int i = 0; i < inputs; i++) {
                target[offset + i] = right[i * outputs + output];
              }
            });
    y = Tensor.allocate(arena, DType.F32, rows, outputs);
    linear =
        new Linear(new Workspace(workers), Activation.of(x), packed, null, false, Activation.of(y));
  }

  @Override
  void multiply() {
    linear.run(step, Meter.NONE);
  }

  @Override
  float result(int row, int column) {
    return y.get((long) row * outputs + column);
  }

  /** Frees all memory and threads. */
  @TearDown
  public void close() {
    workers.close();
    arena.close();
  }
}
