package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.SparseIndexer;
import dev.ridgepoint.estimator.architecture.TokenMixer;
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
          architecture.decoder().get().layers().get(0).attentions().get(0).numAttentionHeads());
    }
    for (Layer layer : architecture.decoder().get().layers()) {
      int parts = layer.crossAttention().isPresent() ? 2 : 1;
      for (int part = 0; part < parts; part++) {
        normRows(layer.norms().beforeAttention(), layer.norms().norm(), tokens, hidden);
        normRows(layer.norms().afterAttention(), layer.norms().norm(), tokens, hidden);
      }
      normRows(layer.norms().beforeFeedForward(), layer.norms().norm(), tokens, hidden);
      normRows(layer.norms().afterFeedForward(), layer.norms().norm(), tokens, hidden);
      for (TokenMixer mixer : layer.mixers()) {
        mix(mixer, hidden);
        flops += (long) tokens * hidden; // residual
      }
      layer.crossAttention().ifPresent(cross -> cross(cross, hidden));
      feedForward(layer.feedForward(), hidden);
    }
    head(hidden);
    return this;
  }

  private void mix(TokenMixer mixer, int hidden) {
    switch (mixer) {
      case GroupedQueryAttention grouped -> grouped(grouped, hidden);
      case LatentAttention latent -> latent(latent, hidden);
      case GatedDeltaNet delta -> deltaNet(delta, hidden);
      case LightningAttention lightning -> lightning(lightning, hidden);
      case Mamba mamba -> mamba(mamba, hidden);
      case Mamba2 mamba -> mamba2(mamba, hidden);
      case GatedConvolution convolution -> gatedConvolution(convolution, hidden);
    }
  }

  private void deltaNet(GatedDeltaNet delta, int hidden) {
    int keys = delta.numKeyHeads() * delta.keyHeadDim();
    int values = delta.numValueHeads() * delta.valueHeadDim();
    int decays =
        delta.decaysChannels() ? delta.numValueHeads() * delta.keyHeadDim() : delta.numValueHeads();
    linear(tokens, hidden, keys + keys + values, false);
    linear(tokens, hidden, delta.numValueHeads(), false); // strengths
    int rank = delta.valueHeadDim();
    for (int outputs : new int[] {decays, values}) { // decays, gates
      if (delta.decaysChannels()) {
        linear(tokens, hidden, rank, false);
        linear(tokens, rank, outputs, false);
      } else {
        linear(tokens, hidden, outputs, false);
      }
    }
    convolve(keys + keys + values, delta.kernelSize(), false, 3);
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < 2 * delta.numKeyHeads(); head++) {
        for (int i = 0; i < delta.keyHeadDim(); i++) {
          flops += i > 0 ? 3 : 2; // square, sum, product
        }
        flops += 3; // add epsilon, root, reciprocal
      }
      for (int decay = 0; decay < decays; decay++) {
        flops += 6; // add the bias, softplus as exponential, add, logarithm; product; exponential
      }
      for (int head = 0; head < delta.numValueHeads(); head++) {
        flops += 3; // sigmoid
        for (int value = 0; value < delta.valueHeadDim(); value++) {
          flops += 2; // what is lacking, times the strength
          for (int key = 0; key < delta.keyHeadDim(); key++) {
            flops++; // decay
            multiplyAdd(); // what is there
            multiplyAdd(); // correction
            multiplyAdd(); // output
          }
        }
      }
    }
    vector(delta.numValueHeads());
    vector(decays);
    state(delta.numValueHeads() * delta.keyHeadDim() * delta.valueHeadDim());
    normRows(true, Norm.RMS, tokens * delta.numValueHeads(), delta.valueHeadDim());
    flops += 4L * tokens * values; // SiLU or sigmoid, and the product
    linear(tokens, values, hidden, false);
  }

  private void lightning(LightningAttention attention, int hidden) {
    int width = attention.numHeads() * attention.headDim();
    for (int projection = 0; projection < 4; projection++) { // queries, keys, values, gates
      linear(tokens, hidden, width, false);
    }
    for (int t = 0; t < tokens; t++) {
      flops += 3 * 3L * width; // SiLU of queries, keys, values
      for (int head = 0; head < attention.numHeads(); head++) {
        for (int i = 0; i < attention.headDim() * attention.headDim(); i++) {
          flops++; // decay
          multiplyAdd();
          multiplyAdd();
        }
      }
    }
    state(attention.numHeads() * attention.headDim() * attention.headDim());
    normRows(true, Norm.RMS, tokens, width);
    flops += 4L * tokens * width;
    linear(tokens, width, hidden, false);
  }

  private void mamba(Mamba mamba, int hidden) {
    int inner = mamba.innerSize();
    linear(tokens, hidden, inner, mamba.projectionBias());
    linear(tokens, hidden, inner, mamba.projectionBias());
    convolve(inner, mamba.kernelSize(), mamba.convolutionBias(), 3);
    for (int width : new int[] {mamba.stepRank(), mamba.stateSize(), mamba.stateSize()}) {
      linear(tokens, inner, width, false);
      normRows(true, mamba.norm(), tokens, width);
    }
    linear(tokens, mamba.stepRank(), inner, true);
    for (int i = 0; i < tokens * inner; i++) {
      flops += 3; // softplus
      channel(mamba.stateSize());
      flops += 2L * mamba.stateSize(); // decays: product, exponential
    }
    vector(inner * mamba.stateSize());
    vector(inner);
    state(inner * mamba.stateSize());
    flops += 4L * tokens * inner;
    linear(tokens, inner, hidden, mamba.projectionBias());
  }

  private void mamba2(Mamba2 mamba, int hidden) {
    int inner = mamba.numHeads() * mamba.headDim();
    int groups = mamba.numGroups() * mamba.stateSize();
    for (int outputs : new int[] {inner, inner, groups, groups, mamba.numHeads()}) {
      linear(tokens, hidden, outputs, mamba.projectionBias());
    }
    convolve(inner + groups + groups, mamba.kernelSize(), mamba.convolutionBias(), 3);
    for (int i = 0; i < tokens * mamba.numHeads(); i++) {
      flops += 4; // bias, softplus
      flops += 2; // decay: product, exponential
      for (int channel = 0; channel < mamba.headDim(); channel++) {
        channel(mamba.stateSize());
      }
    }
    for (int perHead = 0; perHead < 3; perHead++) {
      vector(mamba.numHeads());
    }
    state(inner * mamba.stateSize());
    if (mamba.normGroups() > 0) {
      long before = weightBytes;
      normRows(true, Norm.RMS, tokens * mamba.normGroups(), inner / mamba.normGroups());
      weightBytes = before;
      vector(inner);
    }
    flops += 4L * tokens * inner;
    linear(tokens, inner, hidden, mamba.projectionBias());
  }

  /** One channel of a state space, once its decays are known. */
  private void channel(int stateSize) {
    flops++; // input times step
    for (int i = 0; i < stateSize; i++) {
      flops++; // decay
      multiplyAdd(); // input times B
      multiplyAdd(); // times C
    }
    flops += 2; // the input's share
  }

  private void gatedConvolution(GatedConvolution convolution, int hidden) {
    for (int projection = 0; projection < 3; projection++) {
      linear(tokens, hidden, convolution.channels(), convolution.bias());
    }
    flops += (long) tokens * convolution.channels();
    convolve(convolution.channels(), convolution.kernelSize(), convolution.bias(), 0);
    flops += (long) tokens * convolution.channels();
    linear(tokens, convolution.channels(), hidden, convolution.bias());
  }

  private void convolve(int channels, int kernel, boolean bias, int activation) {
    for (int i = 0; i < tokens * channels; i++) {
      for (int tap = 0; tap < kernel; tap++) {
        flops += 2;
      }
      flops += (bias ? 1 : 0) + activation;
    }
    vector(channels * kernel);
    vector(bias ? channels : 0);
    state(channels * (kernel - 1));
  }

  /** Kept in 32 bits, read and written once per sequence. */
  private void state(int elements) {
    for (int sequence = 0; sequence < step.sequences().size(); sequence++) {
      kvReadBytes += 4L * elements;
      kvWrittenBytes += 4L * elements;
    }
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
    queryKeyNorm(attention, attention.queryKeyNorm().norm(), attention.numAttentionHeads());
    rotate(attention.numAttentionHeads(), attention.rotaryDim());
    long row = options.kvCache().precision().rowBytes(attention.headDim());
    if (attention.keyValues() != KeyValues.OF_EARLIER_LAYER) {
      int projections = attention.keyValues() == KeyValues.PROJECTED ? 2 : 1;
      for (int projection = 0; projection < projections; projection++) {
        linear(tokens, hidden, keyValue, attention.qkvBias());
      }
      queryKeyNorm(attention, attention.queryKeyNorm().norm(), attention.numKeyValueHeads());
      if (attention.queryKeyNorm().norm().isPresent()
          && attention.queryKeyNorm().includesValues()) {
        queryKeyNorm(attention, Norm.RMS_NON_PARAMETRIC, attention.numKeyValueHeads());
      }
      rotate(attention.numKeyValueHeads(), attention.rotaryDim());
      for (int head = 0; head < attention.numKeyValueHeads(); head++) {
        kvWrittenBytes += 2 * row * tokens;
      }
    }
    if (attention.outputTerms().gate()) {
      linear(tokens, hidden, query, attention.qkvBias());
      flops += 4L * tokens * query; // sigmoid, product
    }
    normRows(true, attention.outputTerms().norm(), tokens, query);
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
      case AttentionSpan.Nearby(int reach) -> Math.abs(position - other) <= reach;
      // Which ones are chosen changes no count.
      case AttentionSpan.Chosen(int count) -> other < count;
    };
  }

  private void queryKeyNorm(GroupedQueryAttention attention, Norm norm, int heads) {
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
    int queryDim = attention.keyDim() + attention.positionDim();
    if (attention.queryLoraRank() == 0) {
      linear(tokens, hidden, heads * queryDim, false);
    } else {
      linear(tokens, hidden, attention.queryLoraRank(), false);
      normRows(true, Norm.RMS, tokens, attention.queryLoraRank());
      linear(tokens, attention.queryLoraRank(), heads * queryDim, false);
    }
    int rank = attention.keyValueLoraRank();
    linear(tokens, hidden, rank + attention.positionDim(), false);
    normRows(true, Norm.RMS, tokens, rank);
    rotate(heads + 1, attention.rotaryDim());
    attention.indexer().ifPresent(indexer -> index(attention, indexer, hidden));
    boolean isAbsorbed = options.latentForm() == LatentForm.ABSORBED;
    if (isAbsorbed) {
      matrix(heads * rank, attention.keyDim());
    } else {
      matrix(heads * attention.keyDim(), rank);
    }
    matrix(heads * attention.valueDim(), rank);
    long cached =
        options.latentForm() == LatentForm.EXPANDED_CACHE
            ? heads
                * (options.kvCache().precision().rowBytes(queryDim)
                    + options.kvCache().precision().rowBytes(attention.valueDim()))
            : options.kvCache().precision().rowBytes(rank + attention.positionDim());
    kvWrittenBytes += tokens * cached;
    for (Step.Sequence sequence : step.sequences()) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < sequence.newTokens(); t++) {
        int position = sequence.context() + t;
        for (int other = 0; other <= position; other++) {
          if (!sees(attention.span(), position, other)) {
            continue;
          }
          seen.add(seesAnew(attention.span(), seen, sequence) ? seen.size() : other);
          for (int head = 0; head < heads; head++) {
            int dims =
                isAbsorbed
                    ? rank + attention.positionDim() + rank
                    : queryDim + attention.valueDim();
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
  }

  /** Chosen positions are taken to be ones that no token before has chosen, while there are any. */
  private static boolean seesAnew(AttentionSpan span, Set<Integer> seen, Step.Sequence sequence) {
    return span instanceof AttentionSpan.Chosen
        && seen.size() < sequence.context() + sequence.newTokens();
  }

  private void index(LatentAttention attention, SparseIndexer indexer, int hidden) {
    linear(tokens, attention.queryLoraRank(), indexer.numHeads() * indexer.headDim(), false);
    linear(tokens, hidden, indexer.headDim(), false);
    linear(tokens, hidden, indexer.numHeads(), false);
    normRows(true, Norm.LAYER, tokens, indexer.headDim());
    rotate(indexer.numHeads() + 1, attention.rotaryDim());
    long key = options.kvCache().precision().rowBytes(indexer.headDim());
    kvWrittenBytes += tokens * key;
    for (Step.Sequence sequence : step.sequences()) {
      for (int t = 0; t < sequence.newTokens(); t++) {
        for (int other = 0; other <= sequence.context() + t; other++) {
          for (int head = 0; head < indexer.numHeads(); head++) {
            for (int i = 0; i < indexer.headDim(); i++) {
              multiplyAdd();
            }
            multiplyAdd(); // weighted sum
          }
        }
      }
      kvReadBytes += (sequence.context() + sequence.newTokens()) * key;
    }
  }

  private void feedForward(FeedForward feedForward, int hidden) {
    switch (feedForward) {
      case FeedForward.None any -> {}
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
    vector(dense.activation().parameters());
    normRows(true, dense.innerNorm(), rows, dense.intermediateSize());
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
    if (elements == 0) {
      return;
    }
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
