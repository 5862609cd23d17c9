package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.panels.KvCache;
import java.util.List;
import java.util.Locale;

/**
 * Causal attention of the new tokens over cached latents, which hold the new ones already: one key
 * for all heads, the latent with a rotary part behind it, of which the latent is the value, too
 * (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).
 */
public final class AttendLatents implements Op {
  private final Workspace workspace;
  private final AttentionRule rule;
  private final Activation y;
  private final int latentDim;
  private final int valueDim;

  /**
   * @param latentQueries of each head, as many elements as a latent has
   * @param rotaryQueries of each head, as many elements as the rotary part of the key
   * @param layer of the caches
   * @param scale of the scores
   * @param y {@code [rows][heads * latent]}
   * @throws IllegalArgumentException if shapes do not fit
   */
  public AttendLatents(
      Workspace workspace,
      HeadPart latentQueries,
      HeadPart rotaryQueries,
      int layer,
      float scale,
      Activation y) {
    if (latentQueries.heads() != rotaryQueries.heads()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "queries of %d and of %d heads",
              latentQueries.heads(),
              rotaryQueries.heads()));
    }
    valueDim = latentQueries.elements();
    latentDim = valueDim + rotaryQueries.elements();
    y.requireWidth("y", Math.multiplyExact(latentQueries.heads(), valueDim));
    this.workspace = workspace;
    rule =
        new AttentionRule(
            List.of(latentQueries, rotaryQueries), layer, scale, 0, Integer.MAX_VALUE, null);
    this.y = y;
  }

  /**
   * @throws IllegalArgumentException if a cache has other latents
   */
  @Override
  public void run(StepRows step, Meter meter) {
    rule.queries().getFirst().x().requireRows("latentQueries", step.rows());
    rule.queries().getLast().x().requireRows("rotaryQueries", step.rows());
    y.requireRows("y", step.rows());
    List<SequenceRows> sequences = step.sequences();
    long pairs = 0;
    long kvRead = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      cache.layout().requireLatents(latentDim, valueDim);
      long end = (long) sequence.position() + sequence.count();
      pairs += (end * (end + 1) - (long) sequence.position() * (sequence.position() + 1)) / 2;
      kvRead += cache.layout().dtype().bytes(end * latentDim);
    }
    workspace.attention().run(rule, sequences, y.tensor());
    long heads = rule.heads();
    long matmulFlops = 2 * heads * pairs * (latentDim + valueDim);
    // Per pair: scale, subtract the maximum, exponential, sum. Per output element: one division.
    long flops = matmulFlops + 4 * heads * pairs + y.tensor().elements();
    long queryBytes = Float.BYTES * step.rows() * heads * latentDim;
    meter.end(flops, matmulFlops, 0, kvRead, 0, queryBytes + y.tensor().byteSize());
  }
}
