package dev.ridgepoint.estimator.training;

import static java.lang.Math.multiplyExact;

import java.util.ArrayList;
import java.util.List;

/**
 * What one layer keeps of one micro-batch, tensor by tensor, when every tensor that a backward pass
 * needs is kept once: the inputs of matrices, norms and products, the output of the softmax.
 *
 * <p>The GPT block is that of Korthikanti et al. 2022, arXiv:2205.05198, section 4.1, whose sum in
 * 16 bits is sbh(34 + 5as/h) bytes; dropout masks take one byte per element. The Llama block is
 * counted by the same rule: it has no dropout, RMSNorm keeps one fp32 scale per row, rotation and
 * additions keep nothing, grouped keys and values are kept once per group, and a fused SwiGLU keeps
 * gate and up projections and recomputes the sigmoid. Flash attention keeps one fp32 log-sum-exp
 * per query and head instead of the softmax (Dao et al. 2022, arXiv:2205.14135, algorithm 1).
 */
final class LayerActivations {
  private static final int SCALE_BYTES = 4;

  private final TrainingModel model;
  private final TrainingBatch batch;
  private final MemoryOptions options;
  private final int elementBytes;
  private final List<SavedActivation> saved = new ArrayList<>();

  private LayerActivations(TrainingModel model, TrainingBatch batch, MemoryOptions options) {
    this.model = model;
    this.batch = batch;
    this.options = options;
    elementBytes = options.precision().activationBytes();
  }

  /** The tensors of one layer; without core attention if checkpointing is selective. */
  static List<SavedActivation> of(TrainingModel model, TrainingBatch batch, MemoryOptions options) {
    LayerActivations layer = new LayerActivations(model, batch, options);
    switch (model.block()) {
      case GPT -> layer.gpt();
      case LLAMA -> layer.llama();
    }
    if (options.checkpointing() == Checkpointing.SELECTIVE) {
      layer.saved.removeIf(SavedActivation::isCoreAttention);
    }
    return List.copyOf(layer.saved);
  }

  /** The layer's input, which full checkpointing keeps instead. */
  static SavedActivation input(TrainingModel model, TrainingBatch batch, MemoryOptions options) {
    LayerActivations layer = new LayerActivations(model, batch, options);
    layer.hidden("layer input");
    return layer.saved.getFirst();
  }

  private void gpt() {
    hidden("attention norm input");
    hidden("query, key and value projections' input");
    heads("query", model.numAttentionHeads());
    heads("key", model.numKeyValueHeads());
    scores(true);
    heads("value", model.numKeyValueHeads());
    heads("output projection's input", model.numAttentionHeads());
    around("attention dropout mask", model.hiddenSize(), 1);
    hidden("feed-forward norm input");
    hidden("up projection's input");
    intermediate("GELU input");
    intermediate("down projection's input");
    around("feed-forward dropout mask", model.hiddenSize(), 1);
  }

  private void llama() {
    hidden("attention norm input");
    around("attention norm scales", 1, SCALE_BYTES);
    hidden("query, key and value projections' input");
    if (model.hasQkNorm()) {
      normalisedHeads("query", model.numAttentionHeads());
      normalisedHeads("key", model.numKeyValueHeads());
    }
    heads("query", model.numAttentionHeads());
    heads("key", model.numKeyValueHeads());
    heads("value", model.numKeyValueHeads());
    scores(false);
    heads("output projection's input", model.numAttentionHeads());
    hidden("feed-forward norm input");
    around("feed-forward norm scales", 1, SCALE_BYTES);
    hidden("gate and up projections' input");
    intermediate("gate");
    intermediate("up");
    intermediate("down projection's input");
  }

  private void scores(boolean hasDropout) {
    long heads = model.numAttentionHeads();
    if (options.flashAttention()) {
      inside("log-sum-exp", heads, 1, SCALE_BYTES, false);
      return;
    }
    long positions = batch.sequenceLength();
    inside("softmax output", heads, positions, elementBytes, true);
    if (hasDropout) {
      inside("softmax dropout mask", heads, positions, 1, true);
      inside("softmax dropout output", heads, positions, elementBytes, true);
    }
  }

  private void normalisedHeads(String name, int heads) {
    inside(name + " before its norm", heads, model.headDim(), elementBytes, false);
    inside(name + " norm scales", heads, 1, SCALE_BYTES, false);
  }

  private void heads(String name, int heads) {
    inside(name, heads, model.headDim(), elementBytes, false);
  }

  private void intermediate(String name) {
    inside(name, model.intermediateSize(), 1, elementBytes, false);
  }

  private void hidden(String name) {
    around(name, model.hiddenSize(), elementBytes);
  }

  private void inside(String name, long units, long width, int bytes, boolean isCore) {
    long perUnit = multiplyExact(multiplyExact(batch.microBatchTokens(), width), (long) bytes);
    saved.add(new SavedActivation(name, units, perUnit, SavedActivation.Region.INSIDE, isCore));
  }

  private void around(String name, long width, int bytes) {
    long perPosition = multiplyExact(multiplyExact(batch.microBatch(), width), (long) bytes);
    saved.add(
        new SavedActivation(
            name, batch.sequenceLength(), perPosition, SavedActivation.Region.AROUND, false));
  }
}
