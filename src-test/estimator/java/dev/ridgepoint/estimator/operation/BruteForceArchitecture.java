package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.format.Precision;
import java.util.HashSet;
import java.util.Set;

/**
 * The totals of a decoder's forward pass for any architecture, counted by walking it: token by
 * token, head by head, position by position, each arithmetic operation adds one. No formula is
 * shared with {@link OperationList}. Activations are not counted: {@link BruteForceOperations}
 * does, for the operations that the engine runs.
 */
public final class BruteForceArchitecture {
  private final Architecture architecture;
  private final ForwardOptions options;
  private final Step step;
  private final long sourceTokens;
  private final int tokens;

  long flops;
  long matmulFlops;
  long weightBytes;
  long kvReadBytes;
  long kvWrittenBytes;

  BruteForceArchitecture(
      Architecture architecture, ForwardOptions options, Step step, long sourceTokens) {
    this.architecture = architecture;
    this.options = options;
    this.step = step;
    this.sourceTokens = sourceTokens;
    tokens = step.sequences().stream().mapToInt(Step.Sequence::newTokens).sum();
  }

  public BruteForceArchitecture run() {
    int hidden = architecture.hiddenSize();
    embed(hidden);
    if (architecture.decoder().orElseThrow().relativePositionBuckets() > 0) {
      matrix(
          architecture.decoder().get().relativePositionBuckets(),
          architecture.decoder().get().layers().get(0).attention().numAttentionHeads());
    }
    for (Layer layer : architecture.decoder().get().layers()) {
      int parts = layer.crossAttention().isPresent() ? 2 : 1;
      for (int part = 0; part < parts; part++) {
        normRows(layer.norms().beforeAttention(), layer.norms().norm(), tokens, hidden);
        normRows(layer.norms().afterAttention(), layer.norms().norm(), tokens, hidden);
      }
      normRows(layer.norms().beforeFeedForward(), layer.norms().norm(), tokens, hidden);
      normRows(layer.norms().afterFeedForward(), layer.norms().norm(), tokens, hidden);
      switch (layer.attention()) {
        case GroupedQueryAttention grouped -> grouped(grouped, hidden);
        case LatentAttention latent -> latent(latent, hidden);
      }
      layer.crossAttention().ifPresent(cross -> cross(cross, hidden));
      feedForward(layer.feedForward(), hidden);
    }
    head(hidden);
    return this;
  }

  private void embed(int hidden) {
    int width = architecture.embedding().width();
    for (int t = 0; t < tokens; t++) {
      matrix(1, width);
      if (architecture.embedding().positionRows() > 0) {
        matrix(1, hidden);
        flops += hidden;
      }
      if (architecture.embedding().tokenTypes() > 0) {
        matrix(1, hidden);
        flops += hidden;
      }
    }
    if (width != hidden) {
      linear(tokens, width, hidden, false);
    }
    normRows(true, architecture.embedding().norm(), tokens, hidden);
  }

  private void head(int hidden) {
    int logits = step.sequences().stream().mapToInt(Step.Sequence::logits).sum();
    if (logits > 0 && architecture.head() instanceof Head.LanguageModel model) {
      normRows(true, architecture.decoder().orElseThrow().finalNorm(), logits, hidden);
      int width = architecture.embedding().width();
      if (width != hidden) {
        linear(logits, hidden, width, false);
      }
      linear(logits, width, architecture.embedding().vocabSize(), model.bias());
      boolean isCapped = architecture.numerics().logitSoftCap() > 0;
      for (int i = 0; isCapped && i < logits * architecture.embedding().vocabSize(); i++) {
        flops += 3; // divide by the cap, tanh, times the cap
      }
    }
  }

  private void normRows(boolean isPresent, Norm norm, int rows, int width) {
    if (!isPresent || norm == Norm.NONE) {
      return;
    }
    boolean isRms = norm == Norm.RMS || norm == Norm.RMS_NON_PARAMETRIC;
    boolean hasWeight = norm == Norm.RMS || norm == Norm.LAYER || norm == Norm.LAYER_WITHOUT_BIAS;
    vector(hasWeight ? width : 0);
    vector(norm == Norm.LAYER ? width : 0);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        if (!isRms) {
          flops += i > 0 ? 1 : 0; // sum for the mean
          flops++; // subtract the mean
        }
        flops++; // square
        flops += i > 0 ? 1 : 0; // sum
        flops++; // times the reciprocal of the root
        flops += hasWeight ? 1 : 0;
        flops += norm == Norm.LAYER ? 1 : 0; // bias
      }
      flops += isRms ? 0 : 1; // divide for the mean
      flops += 4; // divide, add epsilon, root, reciprocal
    }
  }

  private void grouped(GroupedQueryAttention attention, int hidden) {
    int query = attention.numAttentionHeads() * attention.headDim();
    int keyValue = attention.numKeyValueHeads() * attention.headDim();
    linear(tokens, hidden, query, attention.qkvBias());
    linear(tokens, hidden, keyValue, attention.qkvBias());
    linear(tokens, hidden, keyValue, attention.qkvBias());
    queryKeyNorm(attention, attention.numAttentionHeads());
    queryKeyNorm(attention, attention.numKeyValueHeads());
    rotate(attention.numAttentionHeads() + attention.numKeyValueHeads(), attention.rotaryDim());
    long row = options.kvCache().precision().rowBytes(attention.headDim());
    for (int head = 0; head < attention.numKeyValueHeads(); head++) {
      kvWrittenBytes += 2 * row * tokens;
    }
    for (Step.Sequence sequence : step.sequences()) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < sequence.newTokens(); t++) {
        int position = sequence.context() + t;
        for (int other = 0; other <= position; other++) {
          if (sees(attention.span(), position, other)) {
            seen.add(other);
            for (int head = 0; head < attention.numAttentionHeads(); head++) {
              score(attention, attention.headDim(), attention.headDim());
            }
          }
        }
        finishScores(attention, query);
      }
      kvReadBytes += 2 * row * attention.numKeyValueHeads() * seen.size();
    }
    vector(attention.scoreTerms().sink() ? attention.numAttentionHeads() : 0);
    linear(tokens, query, hidden, attention.outputBias());
    flops += (long) tokens * hidden; // residual
  }

  private void cross(GroupedQueryAttention attention, int hidden) {
    int query = attention.numAttentionHeads() * attention.headDim();
    linear(tokens, hidden, query, attention.qkvBias());
    for (Step.Sequence sequence : step.sequences()) {
      for (int t = 0; t < sequence.newTokens(); t++) {
        for (int other = 0; other < sourceTokens; other++) {
          for (int head = 0; head < attention.numAttentionHeads(); head++) {
            score(attention, attention.headDim(), attention.headDim());
          }
        }
        finishScores(attention, query);
      }
      for (int other = 0; other < sourceTokens; other++) {
        for (int head = 0; head < attention.numKeyValueHeads(); head++) {
          kvReadBytes += 2 * options.kvCache().precision().rowBytes(attention.headDim());
        }
      }
    }
    linear(tokens, query, hidden, attention.outputBias());
    flops += (long) tokens * hidden;
  }

  private void score(GroupedQueryAttention attention, int keyDim, int valueDim) {
    for (int i = 0; i < keyDim + valueDim; i++) {
      multiplyAdd();
    }
    flops += 4; // scale, subtract the maximum, exponential, add to the sum
    flops += attention.scoreTerms().positionBias() ? 1 : 0;
    flops += attention.scoreTerms().softCap() != 0 ? 3 : 0;
  }

  private void finishScores(GroupedQueryAttention attention, int outputs) {
    flops += outputs; // divide
    flops += attention.scoreTerms().sink() ? 3L * attention.numAttentionHeads() : 0;
  }

  private static boolean sees(AttentionSpan span, int position, int other) {
    return switch (span) {
      case AttentionSpan.Causal any -> true;
      case AttentionSpan.Bidirectional any -> true;
      case AttentionSpan.Sliding(int window) -> position - other < window;
      case AttentionSpan.Chunked(int size) -> position / size == other / size;
    };
  }

  private void queryKeyNorm(GroupedQueryAttention attention, int heads) {
    Norm norm = attention.queryKeyNorm().norm();
    int dim = attention.headDim();
    switch (attention.queryKeyNorm().scope()) {
      case WHOLE -> normRows(true, norm, tokens, heads * dim);
      case SHARED_BY_HEADS -> normRows(true, norm, tokens * heads, dim);
      case PER_HEAD -> {
        for (int head = 0; head < heads; head++) {
          normRows(true, norm, tokens, dim);
        }
      }
    }
  }

  private void rotate(int heads, int dim) {
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < heads; head++) {
        for (int pair = 0; pair < dim; pair += 2) {
          flops += 6;
        }
      }
    }
  }

  private void latent(LatentAttention attention, int hidden) {
    int heads = attention.numAttentionHeads();
    int queryDim = attention.keyDim() + attention.rotaryDim();
    if (attention.queryLoraRank() == 0) {
      linear(tokens, hidden, heads * queryDim, false);
    } else {
      linear(tokens, hidden, attention.queryLoraRank(), false);
      normRows(true, Norm.RMS, tokens, attention.queryLoraRank());
      linear(tokens, attention.queryLoraRank(), heads * queryDim, false);
    }
    int rank = attention.keyValueLoraRank();
    linear(tokens, hidden, rank + attention.rotaryDim(), false);
    normRows(true, Norm.RMS, tokens, rank);
    rotate(heads + 1, attention.rotaryDim());
    matrix(heads * (attention.keyDim() + attention.valueDim()), rank);
    boolean isAbsorbed = options.latentForm() == LatentForm.ABSORBED;
    long cached =
        options.latentForm() == LatentForm.EXPANDED_CACHE
            ? heads
                * (options.kvCache().precision().rowBytes(queryDim)
                    + options.kvCache().precision().rowBytes(attention.valueDim()))
            : options.kvCache().precision().rowBytes(rank + attention.rotaryDim());
    kvWrittenBytes += tokens * cached;
    for (Step.Sequence sequence : step.sequences()) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < sequence.newTokens(); t++) {
        int position = sequence.context() + t;
        for (int other = 0; other <= position; other++) {
          seen.add(other);
          for (int head = 0; head < heads; head++) {
            int dims =
                isAbsorbed ? rank + attention.rotaryDim() + rank : queryDim + attention.valueDim();
            for (int i = 0; i < dims; i++) {
              multiplyAdd();
            }
            flops += 4;
          }
        }
        flops += (long) heads * (isAbsorbed ? rank : attention.valueDim()); // divide
      }
      kvReadBytes += seen.size() * cached;
      int projected =
          options.latentForm() == LatentForm.EXPANDED_EACH_STEP
              ? seen.size()
              : sequence.newTokens();
      // Absorbed or not, each row passes the same matrix: of the cache, or of queries and outputs.
      for (int row = 0; row < projected; row++) {
        for (int i = 0; i < heads * (attention.keyDim() + attention.valueDim()) * rank; i++) {
          multiplyAdd();
        }
      }
    }
    linear(tokens, heads * attention.valueDim(), hidden, false);
    flops += (long) tokens * hidden;
  }

  private void feedForward(FeedForward feedForward, int hidden) {
    switch (feedForward) {
      case DenseFeedForward dense -> {
        dense(dense, tokens, hidden, 1);
        flops += (long) tokens * hidden; // residual
      }
      case MixtureOfExperts experts -> {
        linear(tokens, hidden, experts.numExperts(), experts.routerBias());
        flops += 4L * tokens * experts.numExperts(); // softmax
        long touched =
            options.expertsTouched() == ExpertsTouched.MOST
                ? Math.min(experts.numExperts(), (long) tokens * experts.numExpertsPerToken())
                : experts.numExpertsPerToken();
        dense(experts.expert(), tokens * experts.numExpertsPerToken(), hidden, touched);
        flops += 2L * tokens * experts.numExpertsPerToken() * hidden; // scale and add
        experts.sharedExpert().ifPresent(shared -> dense(shared, tokens, hidden, 1));
        flops += experts.sharedExpert().isPresent() ? (long) tokens * hidden : 0;
        if (experts.hasSharedGate()) {
          linear(tokens, hidden, 1, false);
          flops += tokens * (3L + hidden); // sigmoid, scale
        }
      }
    }
  }

  private void dense(DenseFeedForward dense, int rows, int hidden, long copies) {
    long before = weightBytes;
    int inputs = dense.isGated() ? 2 : 1;
    for (int i = 0; i < inputs; i++) {
      linear(rows, hidden, dense.intermediateSize(), dense.bias());
    }
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < dense.intermediateSize(); i++) {
        flops += dense.activation().flops();
        flops += dense.isGated() ? 1 : 0;
      }
    }
    linear(rows, dense.intermediateSize(), hidden, dense.bias());
    weightBytes = before + copies * (weightBytes - before);
  }

  private void linear(int rows, int inputs, int outputs, boolean bias) {
    matrix(outputs, inputs);
    vector(bias ? outputs : 0);
    for (int row = 0; row < rows; row++) {
      for (int out = 0; out < outputs; out++) {
        for (int in = 0; in < inputs; in++) {
          multiplyAdd();
        }
        flops += bias ? 1 : 0;
      }
    }
  }

  private void multiplyAdd() {
    flops += 2;
    matmulFlops += 2;
  }

  private void matrix(int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      weightBytes += format(true).rowBytes(columns);
    }
  }

  private void vector(int elements) {
    weightBytes += format(false).rowBytes(elements);
  }

  /** All matrices are in one format here, and all vectors. */
  private Precision format(boolean isMatrix) {
    WeightTensor any =
        architecture.weights().stream()
            .filter(tensor -> tensor.isMatrix() == isMatrix)
            .findFirst()
            .orElseThrow();
    return options.weights().of(any, PlacedWeight.NO_LAYER);
  }
}
