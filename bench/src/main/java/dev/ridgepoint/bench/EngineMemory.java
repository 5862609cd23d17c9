package dev.ridgepoint.bench;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.inference.KvPages;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Program;

/**
 * The memory that this machine's engine needs: its pages are as long and as wide as its vectors
 * have them, which fills up heads of other sizes.
 */
public final class EngineMemory {
  /** Of a pool of which many caches take. */
  public static final KvPages POOLED = new KvPages(KvLayout.PAGE_POSITIONS);

  private EngineMemory() {}

  /** What a step needs whose sequences have caches of their own: see {@link MemoryEstimate#of}. */
  public static MemoryEstimate of(
      Architecture architecture, DataFormats formats, Step step, int positions) {
    KvLayout layout = layout(architecture, formats).withPagesUpTo(positions);
    KvPages pages = new KvPages(layout.pagePositions());
    long most =
        step.sequences().stream()
            .mapToLong(each -> pages.most(architecture, positions, each.newTokens()))
            .sum();
    return MemoryEstimate.of(architecture, formats, step, positions, pages)
        .withKvCacheBytes(Math.multiplyExact(most, layout.pageBytes()));
  }

  /** What a step needs whose sequences' caches take their pages of one pool. */
  public static MemoryEstimate ofPool(
      Architecture architecture, DataFormats formats, Step step, int positions, long pages) {
    long pageBytes = layout(architecture, formats).pageBytes();
    return MemoryEstimate.of(architecture, formats, step, positions, POOLED)
        .withKvCacheBytes(Math.multiplyExact(pages, pageBytes));
  }

  private static KvLayout layout(Architecture architecture, DataFormats formats) {
    DType kvType =
        EngineFormats.ofKeysAndValues("--kv-dtype", formats.kvCache().name(), architecture);
    return Program.pageLayout(architecture, kvType, KvLayout.PAGE_POSITIONS);
  }
}
