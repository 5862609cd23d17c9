package dev.ridgepoint.estimator.inference;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import java.util.function.ToLongFunction;

/**
 * Pages of this project's KV cache: each holds consecutive positions of one sequence and one layer,
 * and a layer gives back those that have left its window, whatever the windows of others. A token
 * that is fed sees its window, and the tokens fed with it are held besides; where the first page
 * begins before the window, all of it is held.
 *
 * @param positions of a page
 */
public record KvPages(int positions) {
  public KvPages {
    if (positions < 1) {
      throw new IllegalArgumentException("a page of " + positions + " positions");
    }
  }

  /** Pages that all layers hold of a sequence while tokens are computed after others. */
  public long held(Architecture architecture, long newTokens, long context) {
    return perLayer(architecture, span -> held(span, newTokens, context));
  }

  private long held(AttentionSpan span, long newTokens, long context) {
    long unseen = context + 1 - span.kept(context + 1);
    return ceilDiv(context + newTokens, (long) positions) - unseen / positions;
  }

  /**
   * Pages that all layers hold of a sequence at once at most.
   *
   * @param length positions that it grows to
   * @param newTokens that are fed at once at most
   */
  public long most(Architecture architecture, long length, long newTokens) {
    return perLayer(architecture, span -> most(span, length, newTokens));
  }

  /** A range of so many positions meets the most pages if it begins at the end of one. */
  private long most(AttentionSpan span, long length, long newTokens) {
    long range = Math.min(length, span.kept(length) - 1 + newTokens);
    return ceilDiv(Math.min(length - range, positions - 1L) + range, (long) positions);
  }

  /** Bytes of a sequence's pages at once at most: see {@link #most}. */
  public long mostBytes(
      Architecture architecture, KvCacheFormat format, long length, long newTokens) {
    return format.sequenceBytes(
        architecture, span -> multiplyExact((long) positions, most(span, length, newTokens)));
  }

  private static long perLayer(Architecture architecture, ToLongFunction<AttentionSpan> pages) {
    return architecture.decoder().orElseThrow().layers().stream()
        .flatMap(layer -> layer.attentions().stream())
        .mapToLong(attention -> pages.applyAsLong(attention.span()))
        .sum();
  }
}
