package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Writes the new keys and values of one layer to the sequences' caches. */
public final class AppendKeyValues implements Op {
  private final Workspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final int layer;
  private final Workers.Task appendRows = this::appendRows;

  private List<SequenceRows> sequences;

  /**
   * @param qkv {@code [rows]} of the layout
   * @param layer of the caches
   * @throws IllegalArgumentException if shapes do not fit
   */
  public AppendKeyValues(Workspace workspace, Activation qkv, HeadLayout heads, int layer) {
    qkv.requireWidth("qkv", heads.width());
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    this.layer = layer;
  }

  /**
   * @throws IllegalArgumentException if a cache has other heads or no room
   * @throws IllegalStateException if a cache's pool has no pages left
   */
  @Override
  public void run(StepRows step, Meter meter) {
    qkv.requireRows("qkv", step.rows());
    sequences = step.sequences();
    long written = 0;
    long read = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      heads.requireIn(cache);
      cache.reserve(layer, sequence.count());
      long elements = 2L * sequence.count() * heads.keyValueHeads() * heads.headDim();
      written += cache.layout().dtype().bytes(elements);
      read += 4 * elements;
    }
    workspace.runRows(step.rows(), qkv.width(), appendRows);
    meter.end(0, 0, 0, 0, written, read);
  }

  private void appendRows(int worker, int from, int to) {
    int headDim = heads.headDim();
    int elements = heads.keyValueHeads() * headDim;
    float[] keysAndValues = workspace.rowScratch(worker, 2 * elements);
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int end = Math.min(to, sequence.first() + sequence.count());
      for (int row = Math.max(from, sequence.first()); row < end; row++) {
        long keys = 4L * ((long) row * qkv.width() + heads.queryWidth());
        MemorySegment.copy(
            qkv.tensor().segment(), JAVA_FLOAT, keys, keysAndValues, 0, 2 * elements);
        int position = sequence.position() + row - sequence.first();
        for (int head = 0; head < heads.keyValueHeads(); head++) {
          int at = head * headDim;
          sequence
              .cache()
              .keyValues()
              .write(layer, head, position, keysAndValues, at, elements + at);
        }
      }
    }
  }
}
