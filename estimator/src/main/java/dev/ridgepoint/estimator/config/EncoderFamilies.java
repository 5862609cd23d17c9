package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** Encoders, alone (counted with their pooler, without heads of pre-training) and with decoders. */
final class EncoderFamilies {
  // Of configuration_bert.py and configuration_t5.py.
  private static final double BERT_EPSILON = 1e-12;
  private static final double T5_EPSILON = 1e-6;
  private static final int RELATIVE_BUCKETS = 32;

  /**
   * RoBERTa numbers positions from 2 on, behind the row of its padding token, so that two rows of
   * its table are no position of a text (modeling_roberta.py).
   */
  private static final int ROBERTA_UNUSED_ROWS = 2;

  private EncoderFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "bert", json -> bert(json, 0),
        "roberta", json -> bert(json, ROBERTA_UNUSED_ROWS),
        "xlm-roberta", json -> bert(json, ROBERTA_UNUSED_ROWS),
        "distilbert", EncoderFamilies::distilbert,
        "t5", json -> t5(json, true),
        "mt5", json -> t5(json, false));
  }

  /** arXiv:1810.04805; RoBERTa, arXiv:1907.11692. */
  private static Architecture bert(JsonFields json, int unusedPositionRows) {
    Sizes.refuse(json, "is_decoder", true, false);
    String positions = json.stringOr("position_embedding_type", "absolute");
    if (!positions.equals("absolute")) {
      throw json.invalid(
          "position_embedding_type",
          "\"%s\" is not supported".formatted(StrictJson.cut(positions)));
    }
    int rows = json.requiredInt("max_position_embeddings");
    return encoder(
            json,
            new Embedding(
                json.requiredInt("vocab_size"),
                Sizes.hidden(json),
                rows,
                json.intOr("type_vocab_size", 2),
                Norm.LAYER),
            Sizes.layers(json),
            json.requiredInt("num_attention_heads"),
            Sizes.headDim(json, "hidden_size", "num_attention_heads"),
            new DenseFeedForward(
                json.requiredInt("intermediate_size"),
                false,
                FeedForwards.activation(json, "hidden_act", "gelu"),
                true),
            new Head.Pooler())
        .withMaxPositions(rows - unusedPositionRows)
        .withNumerics(Numerics.ofEpsilon(Sizes.positive(json, "layer_norm_eps", BERT_EPSILON)));
  }

  /** arXiv:1910.01108: BERT without token types and pooler; its epsilon is no field. */
  private static Architecture distilbert(JsonFields json) {
    int hidden = Sizes.size(json, "dim", Limits.MAX_WIDTH);
    int positions = json.requiredInt("max_position_embeddings");
    return encoder(
            json,
            new Embedding(json.requiredInt("vocab_size"), hidden, positions, 0, Norm.LAYER),
            Sizes.size(json, "n_layers", Limits.MAX_LAYERS),
            json.requiredInt("n_heads"),
            Sizes.headDim(json, "dim", "n_heads"),
            new DenseFeedForward(
                json.requiredInt("hidden_dim"),
                false,
                FeedForwards.activation(json, "activation", "gelu"),
                true),
            new Head.None())
        .withMaxPositions(positions)
        .withNumerics(Numerics.ofEpsilon(BERT_EPSILON));
  }

  private static Architecture encoder(
      JsonFields json,
      Embedding embedding,
      int layers,
      int heads,
      int headDim,
      DenseFeedForward feedForward,
      Head head) {
    GroupedQueryAttention attention =
        new GroupedQueryAttention(
            heads,
            heads,
            headDim,
            true,
            true,
            QueryKeyNorm.NONE,
            Rope.NONE,
            ScoreTerms.NONE,
            new AttentionSpan.Bidirectional());
    Layer layer = new Layer(attention, feedForward, LayerNorms.afterSum(Norm.LAYER));
    return Architecture.encoderOnly(
        json.requiredString("model_type"),
        embedding.width(),
        embedding,
        Stack.of(layers, layer, Norm.NONE),
        head);
  }

  /**
   * arXiv:1910.10683; mT5, arXiv:2010.11934. One table of relative positions per stack; scores are
   * not scaled, but the logits of a tied head are.
   */
  private static Architecture t5(JsonFields json, boolean tied) {
    int hidden = Sizes.size(json, "d_model", Limits.MAX_WIDTH);
    int layers = Sizes.size(json, "num_layers", Limits.MAX_LAYERS);
    int decoderLayers = json.intOr("num_decoder_layers", layers);
    Limits.requireSize("num_decoder_layers", decoderLayers, Limits.MAX_LAYERS);
    int buckets = json.intOr("relative_attention_num_buckets", RELATIVE_BUCKETS);
    DenseFeedForward feedForward = t5FeedForward(json, tied ? "relu" : "gated-gelu");
    boolean isTied = json.booleanOr("tie_word_embeddings", tied);
    LayerNorms norms = LayerNorms.before(Norm.RMS);
    Layer encoder =
        new Layer(t5Attention(json, true, new AttentionSpan.Bidirectional()), feedForward, norms);
    Layer decoder =
        new Layer(
            t5Attention(json, true, new AttentionSpan.Causal()),
            Optional.of(t5Attention(json, false, new AttentionSpan.Bidirectional())),
            feedForward,
            norms);
    return new Architecture(
        json.requiredString("model_type"),
        hidden,
        Embedding.ofTokens(json.requiredInt("vocab_size"), hidden),
        Optional.of(new Stack(Collections.nCopies(layers, encoder), Norm.RMS, buckets)),
        Optional.of(new Stack(Collections.nCopies(decoderLayers, decoder), Norm.RMS, buckets)),
        new Head.LanguageModel(isTied, false),
        0,
        Architecture.UNLIMITED_POSITIONS,
        new Numerics(
            Sizes.positive(json, "layer_norm_epsilon", T5_EPSILON),
            false,
            1,
            1,
            isTied ? 1 / Math.sqrt(hidden) : 1,
            0));
  }

  private static DenseFeedForward t5FeedForward(JsonFields json, String absent) {
    String projection = json.stringOr("feed_forward_proj", absent);
    int intermediate = json.requiredInt("d_ff");
    return switch (projection) {
      case "relu" -> new DenseFeedForward(intermediate, false, Activation.RELU, false);
      case "gated-gelu" -> new DenseFeedForward(intermediate, true, Activation.GELU_TANH, false);
      case "gated-silu" -> new DenseFeedForward(intermediate, true, Activation.SILU, false);
      default ->
          throw json.invalid(
              "feed_forward_proj",
              "\"%s\" is not supported; supported are relu, gated-gelu, gated-silu"
                  .formatted(StrictJson.cut(projection)));
    };
  }

  private static GroupedQueryAttention t5Attention(
      JsonFields json, boolean positionBias, AttentionSpan span) {
    int heads = json.requiredInt("num_heads");
    return new GroupedQueryAttention(
        heads,
        heads,
        json.requiredInt("d_kv"),
        false,
        false,
        QueryKeyNorm.NONE,
        Rope.NONE,
        1,
        new ScoreTerms(positionBias, 0, false),
        span);
  }
}
