package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.panels.KvCache;
import java.util.List;

/**
 * Causal grouped-query attention of the new tokens over their sequences' caches, which hold the new
 * keys and values already: {@code y = softmax(scale * q * k^T) * v} for each query head, or with
 * the softmax of capped scores, {@code cap * tanh(scale * q * k^T / cap)} (Gemma 2,
 * arXiv:2408.00118). A head may have a sink, one more score, of attending nothing: it takes its
 * share of the softmax (gpt-oss, OpenAI 2025, arXiv:2508.10925).
 */
public final class Attention implements Op {
  private final Workspace workspace;
  private final Activation qkv;
  private final HeadLayout heads;
  private final AttentionRule rule;
  private final Activation y;

  /** Without sinks. */
  public Attention(
      Workspace workspace,
      Activation qkv,
      HeadLayout heads,
      int layer,
      float scale,
      float softCap,
      int window,
      Activation y) {
    this(workspace, qkv, heads, layer, scale, softCap, window, null, y);
  }

  /**
   * @param qkv {@code [rows]} of the layout
   * @param layer of the caches
   * @param scale of the scores
   * @param softCap of the scores; 0 for none
   * @param window positions that a token sees at most, itself included; {@link Integer#MAX_VALUE}
   *     for all
   * @param sinks {@code [queryHeads]}, or null for none
   * @param y {@code [rows][queryHeads * headDim]}
   * @throws IllegalArgumentException if shapes do not fit, or the window is less than 1
   */
  public Attention(
      Workspace workspace,
      Activation qkv,
      HeadLayout heads,
      int layer,
      float scale,
      float softCap,
      int window,
      float[] sinks,
      Activation y) {
    qkv.requireWidth("qkv", heads.width());
    y.requireWidth("y", heads.queryWidth());
    if (window < 1) {
      throw new IllegalArgumentException("window must be at least 1, but is " + window);
    }
    if (sinks != null && sinks.length != heads.queryHeads()) {
      throw new IllegalArgumentException(
          sinks.length + " sinks for " + heads.queryHeads() + " heads");
    }
    this.workspace = workspace;
    this.qkv = qkv;
    this.heads = heads;
    HeadPart queries = new HeadPart(qkv, heads.queryHeads(), 0, heads.headDim(), heads.headDim());
    rule = new AttentionRule(List.of(queries), layer, scale, softCap, window, sinks);
    this.y = y;
  }

  /**
   * @throws IllegalArgumentException if a cache has other heads
   */
  @Override
  public void run(StepRows step, Meter meter) {
    qkv.requireRows("qkv", step.rows());
    y.requireRows("y", step.rows());
    List<SequenceRows> sequences = step.sequences();
    for (int i = 0; i < sequences.size(); i++) {
      heads.requireIn(sequences.get(i).cache());
    }
    workspace.attention().run(rule, sequences, y.tensor());
    long pairs = 0;
    long kvRead = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      int end = sequence.position() + sequence.count();
      for (int position = sequence.position(); position < end; position++) {
        pairs += Math.min(position + 1, rule.window());
      }
      long seen = Math.min(end, (long) sequence.count() + rule.window() - 1);
      kvRead += cache.layout().dtype().bytes(2 * seen * heads.keyValueHeads() * heads.headDim());
    }
    long matmulFlops = 4L * heads.queryWidth() * pairs;
    // Per pair: scale, subtract the maximum, exponential, sum; of a cap division, tangent, product.
    // Per output element: one division.
    // Per sink: subtract the maximum, exponential, sum.
    long perPair = rule.softCap() == 0 ? 4 : 7;
    int sinks = rule.sinks() == null ? 0 : rule.sinks().length;
    long ofSinks = 3L * step.rows() * sinks;
    long flops =
        matmulFlops + perPair * heads.queryHeads() * pairs + ofSinks + y.tensor().elements();
    meter.end(flops, matmulFlops, 4L * sinks, kvRead, 0, 2 * y.tensor().byteSize());
  }
}
