package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.ColumnPacking;
import dev.ridgepoint.engine.kernels.TransposeKernel;
import dev.ridgepoint.engine.panels.PackedMatrix;

/** Packs F32 matrices into the working memory, in the layout that every product reads. */
final class PanelPacking {
  private static final long STEP_BYTES = 4L * Blocking.PANEL;

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
                ColumnPacking.panel(
                    matrix.segment(),
                    4L * panel * Blocking.PANEL,
                    4L * outputs,
                    packed.columns(panel),
                    inputs,
                    packed.segment(),
                    panel * packed.panelBytes());
              }
            });
    return packed;
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
