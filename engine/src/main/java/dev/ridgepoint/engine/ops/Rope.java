package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.RotaryKernel;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;

/**
 * Rotary position embedding: rotates each query and key head, or its first elements, by its
 * position's angles, in place (Su et al. 2021, section 3.4.2, with halves as pairs).
 */
public final class Rope implements Op {
  private final Workspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final RotaryTables angles;
  private final Workers.Task rotateHeads = this::rotateHeads;

  private List<SequenceRows> sequences;

  /**
   * @param qkv {@code [rows]} of the layout
   * @param angles may be shared with other ops of the workspace
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Rope(Workspace workspace, Activation qkv, HeadLayout heads, RotaryTables angles) {
    qkv.requireWidth("qkv", heads.width());
    if (angles.dim() > heads.headDim()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "angles for %d elements of a head, which has %d",
              angles.dim(),
              heads.headDim()));
    }
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.angles = angles;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    qkv.requireRows("qkv", step.rows());
    sequences = step.sequences();
    for (int i = 0; i < sequences.size(); i++) {
      angles.ensure(sequences.get(i));
    }
    workspace.runRows(step.rows(), qkv.width(), rotateHeads);
    long elements = (long) step.rows() * heads.queryAndKeyHeads() * angles.dim();
    meter.end(3 * elements, 0, 0, 0, 0, 2 * 4 * elements);
  }

  private void rotateHeads(int worker, int from, int to) {
    MemorySegment x = qkv.tensor().segment();
    int headDim = heads.headDim();
    int dim = angles.dim();
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      RotaryTable table = angles.of(sequence);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        int angle = (sequence.position() + row - sequence.first()) * (dim / 2);
        for (int head = 0; head < heads.queryAndKeyHeads(); head++) {
          long at = 4L * ((long) row * qkv.width() + head * headDim);
          RotaryKernel.rotate(x, at, table.cosines(), table.sines(), angle, dim);
        }
      }
    }
  }
}
