package dev.ridgepoint.bench;

import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.inference.KvPages;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.operation.Step;

/** The memory that this machine's engine needs, whose pages are of its length. */
public final class EngineMemory {
  /** Of a pool of which many caches take. */
  public static final KvPages POOLED = new KvPages(KvLayout.PAGE_POSITIONS);

  private EngineMemory() {}

  /** What a step needs whose sequences have caches of their own: see {@link MemoryEstimate#of}. */
  public static MemoryEstimate of(
      Architecture architecture, DataFormats formats, Step step, int positions) {
    KvPages pages = new KvPages(KvLayout.pagePositions(positions));
    return MemoryEstimate.of(architecture, formats, step, positions, pages);
  }
}
