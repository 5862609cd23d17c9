package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerAddition;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
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
  private IntFunction<KeyValues> keyValues = any -> KeyValues.PROJECTED;
  private OutputTerms outputTerms = OutputTerms.NONE;
  private double projectionBound;
  private IntFunction<List<TokenMixer>> mixers = layer -> List.of(attention(layer));
  private IntFunction<? extends FeedForward> feedForward;
  private Norm finalNorm = Norm.RMS;
  private IntFunction<LayerNorms> norms = any -> LayerNorms.before(Norm.RMS);
  private IntFunction<List<LayerAddition>> additions = any -> List.of();
  private Optional<Embedding> embedding = Optional.empty();
  private boolean tiedByDefault;
  private Optional<Boolean> tied = Optional.empty();
  private boolean headBias;
  private Numerics numerics;
  private int numNextTokenPredictLayers;
  private OptionalInt layers = OptionalInt.empty();

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

  /** A bias of the output projection. */
  DecoderBuilder outputBias(boolean bias) {
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

  DecoderBuilder keyValues(IntFunction<KeyValues> ofLayer) {
    keyValues = ofLayer;
    return this;
  }

  /** Of queries, keys and values; 0 without one. */
  DecoderBuilder projectionBound(double bound) {
    projectionBound = bound;
    return this;
  }

  DecoderBuilder outputTerms(OutputTerms terms) {
    outputTerms = terms;
    return this;
  }

  /** A mixer of another kind. */
  DecoderBuilder mixer(TokenMixer ofAll) {
    return mixers(any -> List.of(ofAll));
  }

  /** A mixer of another kind in the layers that do not attend. */
  DecoderBuilder mixer(IntPredicate attends, TokenMixer otherwise) {
    return mixers(layer -> List.of(attends.test(layer) ? attention(layer) : otherwise));
  }

  DecoderBuilder mixers(IntFunction<List<TokenMixer>> ofLayer) {
    mixers = ofLayer;
    return this;
  }

  /** A number of layers that {@code num_hidden_layers} does not say. */
  DecoderBuilder layers(int number) {
    layers = OptionalInt.of(number);
    return this;
  }

  DecoderBuilder feedForward(FeedForward ofAll) {
    return feedForward(any -> ofAll);
  }

  DecoderBuilder feedForward(IntFunction<? extends FeedForward> feedForwardOfLayer) {
    feedForward = feedForwardOfLayer;
    return this;
  }

  /** What layers do besides. */
  DecoderBuilder additions(IntFunction<List<LayerAddition>> ofLayer) {
    additions = ofLayer;
    return this;
  }

  /** More than a table of tokens. */
  DecoderBuilder embedding(Embedding tables) {
    embedding = Optional.of(tables);
    return this;
  }

  /** Where rows are normalised; the final norm is of the same kind. */
  DecoderBuilder norms(LayerNorms ofLayers) {
    return norms(ofLayers.norm(), any -> ofLayers);
  }

  DecoderBuilder norms(Norm ofEnd, IntFunction<LayerNorms> ofLayer) {
    finalNorm = ofEnd;
    norms = ofLayer;
    return this;
  }

  /** The head is the embedding where {@code tie_word_embeddings} is absent. */
  DecoderBuilder tiedByDefault() {
    tiedByDefault = true;
    return this;
  }

  /** Whether the head is the embedding, whatever {@code tie_word_embeddings} says. */
  DecoderBuilder tied(boolean isTied) {
    tied = Optional.of(isTied);
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
    int number = layers.orElseGet(() -> Sizes.layers(json));
    if (feedForward == null) {
      feedForward(FeedForwards.gated(json, false));
    }
    if (numerics == null) {
      epsilon("rms_norm_eps");
    }
    List<Layer> all =
        IntStream.range(0, number)
            .mapToObj(
                i ->
                    new Layer(
                        mixers.apply(i),
                        Optional.empty(),
                        feedForward.apply(i),
                        norms.apply(i),
                        additions.apply(i)))
            .toList();
    Architecture decoder =
        Architecture.decoderOnly(
            json.requiredString("model_type"),
            hidden,
            embedding.orElseGet(() -> tokens(hidden)),
            new Stack(all, finalNorm),
            new Head.LanguageModel(
                tied.orElseGet(() -> json.booleanOr("tie_word_embeddings", tiedByDefault)),
                headBias));
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

  private Embedding tokens(int hidden) {
    return Embedding.ofTokens(vocabulary.orElseGet(() -> json.requiredInt("vocab_size")), hidden);
  }

  /** The attention of a layer that attends. */
  GroupedQueryAttention attention(int layer) {
    int queryHeads = heads.orElseGet(() -> json.requiredInt("num_attention_heads"));
    int dim = headDimOrDefault();
    if (spans == null) {
      spans = LayerSpans.full(json);
    }
    if (rope == null) {
      rope(RopeReader.of(json, defaults).whole(dim));
    }
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
        spans.get(layer),
        keyValues.apply(layer),
        outputTerms,
        projectionBound);
  }

  private int headDimOrDefault() {
    return headDim.orElseGet(() -> Sizes.headDim(json));
  }
}
