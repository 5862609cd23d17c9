package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts causal grouped-query attention over KV caches into blocks for its workers.
 *
 * <p>A unit of work is one key-value head of one sequence and a block of query rows, a row being
 * one query head of one new token; all query heads that share the key-value head lie in one block,
 * so that each key and value is read once for all of them, but where many share that of a latent
 * and there are too few blocks for the workers.
 */
final class AttentionBlocks {
  /** Query heads of a part of those that share one key: half a tile of a token's at least. */
  private static final int LEAST_HEADS = Math.max(1, Blocking.MAX_ROWS / 2);

  private final Workers workers;
  private final AttentionBlock[] ofWorkers;
  private final Workers.Task attend = this::attend;

  private AttentionRule rule;
  private List<SequenceRows> sequences;
  private int parts;
  private Tensor y;

  AttentionBlocks(Workers workers) {
    this.workers = workers;
    ofWorkers = new AttentionBlock[workers.size()];
    Arrays.setAll(ofWorkers, i -> new AttentionBlock());
  }

  /**
   * Attends; shapes have been checked.
   *
   * @param y the sums of values, one head after the other
   */
  void run(AttentionRule rule, List<SequenceRows> sequences, Tensor y) {
    this.rule = rule;
    this.sequences = sequences;
    this.y = y;
    int units = 0;
    long multiplyAdds = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvLayout layout = sequence.cache().layout();
      units += layout.heads() * blocks(sequence);
      multiplyAdds +=
          (long) rule.heads()
              * sequence.count()
              * (sequence.position() + sequence.count())
              * (layout.keyDim() + layout.valueDim());
    }
    parts = parts(units);
    workers.run(units * parts, Blocking.grainOfProducts(units * parts, 1, multiplyAdds), attend);
  }

  /**
   * Parts that each unit's query heads are cut into. Where many heads share the one of a latent,
   * arithmetic binds, not reading it; and there may be fewer units than workers.
   */
  private int parts(int units) {
    KvCache cache = sequences.getFirst().cache();
    int most = cache.layout().hasValuesInKeys() ? group(cache) / LEAST_HEADS : 1;
    return Math.clamp(Math.ceilDiv(workers.size(), units), 1, Math.max(1, most));
  }

  private int group(KvCache cache) {
    return rule.heads() / cache.layout().heads();
  }

  /** New tokens whose query rows form one block. */
  private int blockTokens(KvCache cache) {
    return Math.max(1, Blocking.ATTENTION_ROWS / group(cache));
  }

  private int blocks(SequenceRows sequence) {
    return Math.ceilDiv(sequence.count(), blockTokens(sequence.cache()));
  }

  private void attend(int worker, int from, int to) {
    int unit = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      KvCache cache = sequence.cache();
      int blocks = blocks(sequence);
      int unitsOfBlock = cache.layout().heads() * parts;
      int units = unitsOfBlock * blocks;
      for (int u = Math.max(from, unit); u < Math.min(to, unit + units); u++) {
        // The last blocks see the most keys: they go first, so that the workers end together.
        int block = blocks - 1 - (u - unit) / unitsOfBlock;
        int head = (u - unit) % unitsOfBlock / parts;
        int part = (u - unit) % parts;
        int firstToken = block * blockTokens(cache);
        int tokens = Math.min(blockTokens(cache), sequence.count() - firstToken);
        int group = group(cache);
        int firstHead = head * group + group * part / parts;
        int heads = head * group + group * (part + 1) / parts - firstHead;
        ofWorkers[worker].attend(rule, sequence, firstToken, tokens, head, firstHead, heads, y);
      }
      unit += units;
    }
  }
}
