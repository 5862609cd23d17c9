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
  private final List<HeadPart> parts;
  private final RotaryTables angles;
  private final Workers.Task rotateHeads = this::rotateHeads;

  private List<SequenceRows> sequences;

  /**
   * @param qkv {@code [rows]} of the layout
   * @param angles may be shared with other ops of the workspace
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Rope(Workspace workspace, Activation qkv, HeadLayout heads, RotaryTables angles) {
    this(workspace, List.of(heads.rotated(qkv, angles.dim())), angles);
  }

  /**
   * @param parts what is rotated of heads, which may lie in several activations
   * @param angles may be shared with other ops of the workspace
   * @throws IllegalArgumentException if a part has more or fewer elements than there are angles for
   */
  public Rope(Workspace workspace, List<HeadPart> parts, RotaryTables angles) {
    for (HeadPart part : parts) {
      if (part.elements() != angles.dim()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "angles for %d elements of a part of heads, which has %d",
                angles.dim(),
                part.elements()));
      }
    }
    this.workspace = workspace;
    this.parts = List.copyOf(parts);
    this.angles = angles;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    sequences = step.sequences();
    for (int i = 0; i < sequences.size(); i++) {
      angles.ensure(sequences.get(i));
    }
    int heads = 0;
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).x().requireRows("x", step.rows());
      heads += parts.get(i).heads();
    }
    workspace.runRows(step.rows(), heads * angles.dim(), rotateHeads);
    long elements = (long) step.rows() * heads * angles.dim();
    meter.end(3 * elements, 0, 0, 0, 0, 2 * 4 * elements);
  }

  private void rotateHeads(int worker, int from, int to) {
    int dim = angles.dim();
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      RotaryTable table = angles.of(sequence);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        int angle = (sequence.position() + row - sequence.first()) * (dim / 2);
        for (int p = 0; p < parts.size(); p++) {
          rotate(parts.get(p), row, table, angle, dim);
        }
      }
    }
  }

  private static void rotate(HeadPart part, int row, RotaryTable table, int angle, int dim) {
    MemorySegment x = part.x().tensor().segment();
    for (int head = 0; head < part.heads(); head++) {
      long at = part.offset(row, head);
      RotaryKernel.rotate(x, at, table.cosines(), table.sines(), angle, dim);
    }
  }
}
