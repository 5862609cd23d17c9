package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.TransposeKernel;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;

/** Packs F32 matrices into the working memory, in the layout that every product reads. */
final class PanelPacking {
  private static final long STEP_BYTES = 4L * Blocking.PANEL;

  /** Rows of a matrix that are transposed together. */
  private static final int ROWS = 64;

  private PanelPacking() {}

  /** Packs a matrix {@code [outputs][inputs]} for {@code y = x w^T}. */
  static PackedMatrix rows(Tensor matrix, TrainingWorkspace workspace) {
    int outputs = matrix.size(0);
    int inputs = matrix.size(1);
    PackedMatrix packed = scratch(outputs, inputs, workspace);
    workspace
        .workers()
        .run(
            packed.panels(),
            1,
            (worker, from, to) -> {
              for (int panel = from; panel < to; panel++) {
                long target = panel * packed.panelBytes();
                clearIfPartial(packed, panel);
                TransposeKernel.transpose(
                    matrix.segment(),
                    4L * panel * Blocking.PANEL * inputs,
                    4L * inputs,
                    packed.columns(panel),
                    inputs,
                    packed.segment(),
                    target,
                    STEP_BYTES);
              }
            });
    return packed;
  }

  /** Packs a matrix {@code [inputs][outputs]} for {@code y = x w}. */
  static PackedMatrix columns(Tensor matrix, TrainingWorkspace workspace) {
    int inputs = matrix.size(0);
    int outputs = matrix.size(1);
    PackedMatrix packed = scratch(outputs, inputs, workspace);
    workspace
        .workers()
        .run(
            packed.panels(),
            1,
            (worker, from, to) -> {
              for (int panel = from; panel < to; panel++) {
                clearIfPartial(packed, panel);
                long source = 4L * panel * Blocking.PANEL;
                long target = panel * packed.panelBytes();
                long bytes = 4L * packed.columns(panel);
                for (int step = 0; step < inputs; step++) {
                  MemorySegment.copy(
                      matrix.segment(),
                      source + 4L * step * outputs,
                      packed.segment(),
                      target + step * STEP_BYTES,
                      bytes);
                }
              }
            });
    return packed;
  }

  /** Writes a matrix {@code [rows][columns]} with rows and columns exchanged. */
  static Tensor transposed(Tensor matrix, TrainingWorkspace workspace) {
    int rows = matrix.size(0);
    int columns = matrix.size(1);
    MemorySegment segment = workspace.transposed().of(matrix.byteSize());
    workspace
        .workers()
        .run(
            Math.ceilDiv(rows, ROWS),
            1,
            (worker, from, to) -> {
              int first = from * ROWS;
              int count = Math.min(rows, to * ROWS) - first;
              TransposeKernel.transpose(
                  matrix.segment(),
                  4L * first * columns,
                  4L * columns,
                  count,
                  columns,
                  segment,
                  4L * first,
                  4L * rows);
            });
    return Tensor.of(matrix.dtype(), segment, columns, rows);
  }

  private static PackedMatrix scratch(int outputs, int inputs, TrainingWorkspace workspace) {
    long bytes = PackedMatrix.floatBytes(outputs, inputs);
    return PackedMatrix.ofFloats(outputs, inputs, workspace.panels().of(bytes));
  }

  private static void clearIfPartial(PackedMatrix packed, int panel) {
    if (packed.columns(panel) < Blocking.PANEL) {
      packed.segment().asSlice(panel * packed.panelBytes(), packed.panelBytes()).fill((byte) 0);
    }
  }
}
