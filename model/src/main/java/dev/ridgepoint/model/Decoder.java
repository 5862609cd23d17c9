package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Operations;
import dev.ridgepoint.engine.ops.RotaryTable;
import dev.ridgepoint.engine.ops.SequenceRows;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.config.ModelConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense Llama-family decoder: config and weights in, logits out. It executes the operations that
 * the estimator's operation list names, in that order.
 *
 * <p>One caller at a time. Activation memory is kept from step to step and grows to the largest; a
 * step of the same shape as the last allocates nothing on the heap.
 */
public final class Decoder implements AutoCloseable {
  private final ModelConfig config;
  private final DecoderWeights weights;
  private final DType kvType;
  private final Meter meter;
  private final Operations operations;
  private final RotaryTable angles;
  private final float epsilon;
  private final List<SequenceRows> sequences = new ArrayList<>();

  private Activations memory;
  private Activations activations;

  /**
   * @param weights owned by the caller, who keeps them alive as long as the decoder
   * @param kvType how caches store keys and values: F32 or BF16
   */
  public Decoder(
      ModelConfig config, DecoderWeights weights, DType kvType, Workers workers, Meter meter) {
    this.config = config;
    this.weights = weights;
    this.kvType = kvType;
    this.meter = meter;
    operations = new Operations(workers, meter);
    angles = new RotaryTable(RotaryFrequencies.of(config));
    epsilon = (float) config.rmsNormEps();
    memory = new Activations(1, 1);
    activations = memory;
  }

  /** An empty cache for a sequence of up to {@code capacity} positions. */
  public KvCache newCache(int capacity) {
    return new KvCache(
        kvType, config.numHiddenLayers(), config.numKeyValueHeads(), config.headDim(), capacity);
  }

  /**
   * Feeds new tokens to their sequences and computes the logits that the batch asks for.
   *
   * @return {@code [logits of all entries][vocabSize]}, in the batch's order; valid until the next
   *     call
   * @throws IllegalArgumentException if a token is not in the vocabulary or a cache has no room
   */
  public Tensor forward(Batch batch) {
    assignRows(batch);
    Activations a = activations(rows(), logits(batch));
    for (int i = 0; i < sequences.size(); i++) {
      int[] own = batch.entries().get(i).tokens();
      System.arraycopy(own, 0, a.tokens, sequences.get(i).first(), own.length);
    }

    meter.begin("embedding", -1);
    operations.embed(weights.embedding(), a.tokens, a.hidden);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      layer(layer, a);
    }
    for (int i = 0; i < sequences.size(); i++) {
      sequences.get(i).cache().advance(sequences.get(i).count());
    }
    if (a.logitRows > 0) {
      gatherLastRows(batch, a);
      meter.begin("final_norm", -1);
      operations.rmsNorm(a.last, weights.finalNorm(), epsilon, a.last);
      meter.begin("lm_head", -1);
      operations.linear(a.last, weights.lmHead(), null, false, a.logits);
    }
    return a.logits;
  }

  /** Gives each sequence its rows; a sequence that had the same in the last step keeps its own. */
  private void assignRows(Batch batch) {
    List<Batch.Entry> entries = batch.entries();
    int first = 0;
    for (int i = 0; i < entries.size(); i++) {
      KvCache cache = entries.get(i).cache();
      int count = entries.get(i).tokens().length;
      int logits = entries.get(i).logits();
      if (i == sequences.size()) {
        sequences.add(new SequenceRows(cache, first, count, logits));
      } else if (!isAt(sequences.get(i), cache, first, count, logits)) {
        sequences.set(i, new SequenceRows(cache, first, count, logits));
      }
      first = Math.addExact(first, count);
    }
    while (sequences.size() > entries.size()) {
      sequences.removeLast();
    }
  }

  private static boolean isAt(
      SequenceRows sequence, KvCache cache, int first, int count, int logits) {
    return sequence.cache() == cache
        && sequence.first() == first
        && sequence.count() == count
        && sequence.logits() == logits;
  }

  private int rows() {
    SequenceRows last = sequences.getLast();
    return last.first() + last.count();
  }

  private static int logits(Batch batch) {
    int logits = 0;
    for (int i = 0; i < batch.entries().size(); i++) {
      logits += batch.entries().get(i).logits();
    }
    return logits;
  }

  private void layer(int layer, Activations a) {
    DecoderWeights.Layer w = weights.layers().get(layer);
    int heads = config.numAttentionHeads();
    int kvHeads = config.numKeyValueHeads();

    meter.begin("attention_norm", layer);
    operations.rmsNorm(a.hidden, w.attentionNorm(), epsilon, a.normed);
    meter.begin("qkv_proj", layer);
    operations.linear(a.normed, w.qkv(), w.qkvBias(), false, a.qkv);
    if (config.qkNorm()) {
      meter.begin("qk_norm", layer);
      operations.normalizeHeads(a.qkv, heads, kvHeads, w.queryNorm(), w.keyNorm(), epsilon);
    }
    meter.begin("rope", layer);
    operations.rotate(a.qkv, heads, kvHeads, angles, sequences);
    meter.begin("kv_append", layer);
    operations.append(a.qkv, heads, sequences, layer);
    meter.begin("attention", layer);
    operations.attention(a.qkv, heads, sequences, layer, config.attentionWindow(layer), a.attended);
    meter.begin("o_proj", layer);
    operations.linear(a.attended, w.output(), w.outputBias(), true, a.hidden);

    meter.begin("ffn_norm", layer);
    operations.rmsNorm(a.hidden, w.ffnNorm(), epsilon, a.normed);
    meter.begin("ffn_gate_up", layer);
    operations.linear(a.normed, w.gateUp(), w.gateUpBias(), false, a.gateUp);
    meter.begin("swiglu", layer);
    operations.swiGlu(a.gateUp, a.activated);
    meter.begin("ffn_down", layer);
    operations.linear(a.activated, w.down(), w.downBias(), true, a.hidden);
  }

  /** Only rows whose logits are wanted go on after the last layer. */
  private void gatherLastRows(Batch batch, Activations a) {
    long rowBytes = a.hidden.byteSize() / a.hidden.size(0);
    long to = 0;
    for (int i = 0; i < sequences.size(); i++) {
      SequenceRows sequence = sequences.get(i);
      int wanted = batch.entries().get(i).logits();
      long from = (sequence.first() + sequence.count() - wanted) * rowBytes;
      MemorySegment.copy(a.hidden.segment(), from, a.last.segment(), to, wanted * rowBytes);
      to += wanted * rowBytes;
    }
  }

  /** Views of the activation memory for that many rows, which grows if it is too small. */
  private Activations activations(int rows, int logits) {
    if (rows > memory.rows || logits > memory.logitRows) {
      memory.arena.close();
      memory = new Activations(Math.max(rows, memory.rows), Math.max(logits, memory.logitRows));
      activations = memory;
    }
    if (rows != activations.rows || logits != activations.logitRows) {
      activations = new Activations(memory, rows, logits);
    }
    return activations;
  }

  /** The tensors that a step computes in: one set, reused by all layers. */
  private final class Activations {
    private final Arena arena;
    private final int rows;
    private final int logitRows;
    private final int[] tokens;
    private final Tensor hidden;
    private final Tensor normed;
    private final Tensor qkv;
    private final Tensor attended;
    private final Tensor gateUp;
    private final Tensor activated;
    private final Tensor last;
    private final Tensor logits;

    Activations(int rows, int logitRows) {
      arena = new HugePageArena();
      this.rows = rows;
      this.logitRows = logitRows;
      tokens = new int[rows];
      int heads = config.numAttentionHeads();
      hidden = allocate(rows, config.hiddenSize());
      normed = allocate(rows, config.hiddenSize());
      qkv = allocate(rows, (heads + 2 * config.numKeyValueHeads()) * config.headDim());
      attended = allocate(rows, heads * config.headDim());
      gateUp = allocate(rows, 2 * config.intermediateSize());
      activated = allocate(rows, config.intermediateSize());
      last = allocate(logitRows, config.hiddenSize());
      logits = allocate(logitRows, config.vocabSize());
    }

    /** Views of fewer rows. */
    Activations(Activations whole, int rows, int logitRows) {
      arena = whole.arena;
      this.rows = rows;
      this.logitRows = logitRows;
      tokens = new int[rows];
      hidden = view(whole.hidden, rows);
      normed = view(whole.normed, rows);
      qkv = view(whole.qkv, rows);
      attended = view(whole.attended, rows);
      gateUp = view(whole.gateUp, rows);
      activated = view(whole.activated, rows);
      last = view(whole.last, logitRows);
      logits = view(whole.logits, logitRows);
    }

    private Tensor allocate(int rows, int columns) {
      return Tensor.allocate(arena, DType.F32, rows, columns);
    }
  }

  private static Tensor view(Tensor tensor, int rows) {
    return tensor.rows(0, rows);
  }

  /** Frees the activations; caches and weights are their owners'. */
  @Override
  public void close() {
    memory.arena.close();
  }
}
