package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Writes the new latents of one layer, with the rotary keys behind them, to the caches. */
public final class AppendLatents implements Op {
  private final Workspace workspace;
  private final Activation latents;
  private final int layer;
  private final Workers.Task appendRows = this::appendRows;

  private List<SequenceRows> sequences;

  /**
   * @param latents {@code [rows]} of the caches' latents
   * @param layer of the caches
   */
  public AppendLatents(Workspace workspace, Activation latents, int layer) {
    this.workspace = workspace;
    this.latents = latents;
    this.layer = layer;
  }

  /**
   * @throws IllegalArgumentException if a cache has other latents or no room
   * @throws IllegalStateException if a cache's pool has no pages left
   */
  @Override
  public void run(StepRows step, Meter meter) {
    latents.requireRows("latents", step.rows());
    sequences = step.sequences();
    long written = 0;
    for (int i = 0; i < sequences.size(); i++) {
      KvCache cache = sequences.get(i).cache();
      cache.layout().requireLatents(latents.width(), cache.layout().valueDim());
      cache.reserve(layer, sequences.get(i).count());
      written += cache.layout().dtype().bytes((long) sequences.get(i).count() * latents.width());
    }
    workspace.runRows(step.rows(), latents.width(), appendRows);
    meter.end(0, 0, 0, 0, written, latents.tensor().byteSize());
  }

  private void appendRows(int worker, int from, int to) {
    int width = latents.width();
    float[] latent = workspace.rowScratch(worker, width);
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        MemorySegment.copy(
            latents.tensor().segment(), JAVA_FLOAT, 4L * row * width, latent, 0, width);
        int position = sequence.position() + row - sequence.first();
        sequence.cache().keyValues().writeLatent(layer, position, latent);
      }
    }
  }
}
