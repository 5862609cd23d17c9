package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A decoder whose fields have Llama's names. As long as nothing else is said it is Llama: grouped
 * queries with RoPE on whole heads and without biases, a gated feed-forward, an RMS norm before
 * each, and an output head of its own.
 */
final class DecoderBuilder {
  private final JsonFields json;
  private final Defaults defaults;

  private OptionalInt vocabulary = OptionalInt.empty();
  private OptionalInt heads = OptionalInt.empty();
  private OptionalInt keyValueHeads = OptionalInt.empty();
  private OptionalInt headDim = OptionalInt.empty();
  private boolean qkvBias;
  private boolean outputBias;
  private IntFunction<QueryKeyNorm> queryKeyNorm = any -> QueryKeyNorm.NONE;
  private IntFunction<Rope> rope;
  private OptionalDouble scoreScale = OptionalDouble.empty();
  private ScoreTerms scoreTerms = ScoreTerms.NONE;
  private List<AttentionSpan> spans;
  private IntFunction<? extends Attention> attention = this::groupedQueryAttention;
  private IntFunction<? extends FeedForward> feedForward;
  private LayerNorms norms = LayerNorms.before(Norm.RMS);
  private boolean tiedByDefault;
  private boolean headBias;
  private Numerics numerics;
  private int numNextTokenPredictLayers;

  DecoderBuilder(JsonFields json, Defaults defaults) {
    this.json = json;
    this.defaults = defaults;
  }

  DecoderBuilder vocabulary(int size) {
    vocabulary = OptionalInt.of(size);
    return this;
  }

  DecoderBuilder heads(int number) {
    heads = OptionalInt.of(number);
    return this;
  }

  DecoderBuilder keyValueHeads(int number) {
    keyValueHeads = OptionalInt.of(number);
    return this;
  }

  DecoderBuilder headDim(int dim) {
    headDim = OptionalInt.of(dim);
    return this;
  }

  /** Biases of the query, key and value projections. */
  DecoderBuilder qkvBias(boolean bias) {
    qkvBias = bias;
    return this;
  }

  /** Biases of all four projections of the attention. */
  DecoderBuilder attentionBias(boolean bias) {
    qkvBias = bias;
    outputBias = bias;
    return this;
  }

  DecoderBuilder queryKeyNorm(QueryKeyNorm norm) {
    return queryKeyNorm(any -> norm);
  }

  DecoderBuilder queryKeyNorm(IntFunction<QueryKeyNorm> normOfLayer) {
    queryKeyNorm = normOfLayer;
    return this;
  }

  DecoderBuilder rope(Rope ofAll) {
    return rope(any -> ofAll);
  }

  DecoderBuilder rope(IntFunction<Rope> ropeOfLayer) {
    rope = ropeOfLayer;
    return this;
  }

  /** A factor other than one by the root of a head's elements. */
  DecoderBuilder scoreScale(double factor) {
    scoreScale = OptionalDouble.of(factor);
    return this;
  }

  DecoderBuilder scoreTerms(ScoreTerms terms) {
    scoreTerms = terms;
    return this;
  }

  DecoderBuilder spans(List<AttentionSpan> spanOfLayers) {
    spans = spanOfLayers;
    return this;
  }

  /** An attention of another kind. */
  DecoderBuilder attention(Attention ofAll) {
    attention = any -> ofAll;
    return this;
  }

  DecoderBuilder feedForward(FeedForward ofAll) {
    return feedForward(any -> ofAll);
  }

  DecoderBuilder feedForward(IntFunction<? extends FeedForward> feedForwardOfLayer) {
    feedForward = feedForwardOfLayer;
    return this;
  }

  /** Where rows are normalised; the final norm is of the same kind. */
  DecoderBuilder norms(LayerNorms ofLayers) {
    norms = ofLayers;
    return this;
  }

  /** The head is the embedding where {@code tie_word_embeddings} is absent. */
  DecoderBuilder tiedByDefault() {
    tiedByDefault = true;
    return this;
  }

  DecoderBuilder headBias(boolean bias) {
    headBias = bias;
    return this;
  }

  /** The name of the norms' epsilon, where it is not {@code rms_norm_eps}. */
  DecoderBuilder epsilon(String field) {
    return numerics(Numerics.ofEpsilon(Sizes.positive(json, field, defaults.normEpsilon())));
  }

  DecoderBuilder numerics(Numerics numbers) {
    numerics = numbers;
    return this;
  }

  DecoderBuilder nextTokenPredictLayers(int layers) {
    numNextTokenPredictLayers = layers;
    return this;
  }

  Architecture build() {
    int hidden = Sizes.hidden(json);
    int layers = Sizes.layers(json);
    if (spans == null) {
      spans = LayerSpans.full(json);
    }
    if (rope == null) {
      rope(RopeReader.of(json, defaults).whole(headDimOrDefault()));
    }
    if (feedForward == null) {
      feedForward(FeedForwards.gated(json, false));
    }
    if (numerics == null) {
      epsilon("rms_norm_eps");
    }
    List<Layer> all =
        IntStream.range(0, layers)
            .mapToObj(i -> new Layer(attention.apply(i), feedForward.apply(i), norms))
            .toList();
    Architecture decoder =
        Architecture.decoderOnly(
            json.requiredString("model_type"),
            hidden,
            Embedding.ofTokens(vocabulary.orElseGet(() -> json.requiredInt("vocab_size")), hidden),
            new Stack(all, norms.norm()),
            new Head.LanguageModel(json.booleanOr("tie_word_embeddings", tiedByDefault), headBias));
    return new Architecture(
        decoder.modelType(),
        hidden,
        decoder.embedding(),
        decoder.encoder(),
        decoder.decoder(),
        decoder.head(),
        numNextTokenPredictLayers,
        json.intOr("max_position_embeddings", defaults.maxPositions()),
        numerics);
  }

  private GroupedQueryAttention groupedQueryAttention(int layer) {
    int queryHeads = heads.orElseGet(() -> json.requiredInt("num_attention_heads"));
    int dim = headDimOrDefault();
    return new GroupedQueryAttention(
        queryHeads,
        keyValueHeads.orElseGet(() -> json.intOr("num_key_value_heads", queryHeads)),
        dim,
        qkvBias,
        outputBias,
        queryKeyNorm.apply(layer),
        rope.apply(layer),
        scoreScale.orElse(1 / Math.sqrt(dim)),
        scoreTerms,
        spans.get(layer));
  }

  private int headDimOrDefault() {
    return headDim.orElseGet(() -> Sizes.headDim(json));
  }
}
