package dev.ridgepoint.estimator.config;

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
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Encoders with rotary positions, gates, and local layers, alone and with decoders. */
final class RotaryEncoderFamilies {
  private RotaryEncoderFamilies() {}

  static Map<String, Family> all() {
    return Map.of(
        "modernbert", RotaryEncoderFamilies::modernBert,
        "t5gemma", RotaryEncoderFamilies::t5gemma);
  }

  /**
   * arXiv:2412.13663: gates, rotary positions, norms before the parts, and local layers between
   * global ones. The embedding's norm is the first layer's, too.
   */
  private static Architecture modernBert(JsonFields json) {
    int hidden = Sizes.hidden(json);
    int layers = Sizes.layers(json);
    int heads = json.requiredInt("num_attention_heads");
    int headDim = Sizes.headDim(json, "hidden_size", "num_attention_heads");
    int interval = Sizes.interval(json, "global_attn_every_n_layers", 3);
    boolean bias = json.booleanOr("attention_bias", false);
    Norm norm = json.booleanOr("norm_bias", false) ? Norm.LAYER : Norm.LAYER_WITHOUT_BIAS;
    AttentionSpan local = new AttentionSpan.Nearby(json.intOr("local_attention", 128) / 2);
    DenseFeedForward feedForward =
        new DenseFeedForward(
            json.requiredInt("intermediate_size"),
            true,
            FeedForwards.activation(json, "hidden_activation", "gelu"),
            json.booleanOr("mlp_bias", false));
    List<Layer> all = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      boolean isGlobal = layer % interval == 0;
      double theta =
          isGlobal
              ? Sizes.positive(json, "global_rope_theta", 160_000)
              : Sizes.positive(json, "local_rope_theta", 10_000);
      GroupedQueryAttention attention =
          new GroupedQueryAttention(
              heads,
              heads,
              headDim,
              bias,
              bias,
              QueryKeyNorm.NONE,
              new Rope(headDim, theta, new RopeScaling.None()),
              ScoreTerms.NONE,
              isGlobal ? new AttentionSpan.Bidirectional() : local);
      LayerNorms norms = layer == 0 ? LayerNorms.beforeFeedForward(norm) : LayerNorms.before(norm);
      all.add(new Layer(attention, feedForward, norms));
    }
    return Architecture.encoderOnly(
            json.requiredString("model_type"),
            hidden,
            new Embedding(json.requiredInt("vocab_size"), hidden, 0, 0, norm),
            new Stack(all, norm),
            new Head.None())
        .withMaxPositions(json.intOr("max_position_embeddings", 8_192))
        .withNumerics(Numerics.ofEpsilon(Sizes.positive(json, "norm_eps", 1e-5)));
  }

  /**
   * arXiv:2504.06225: an encoder and a decoder of Gemma 2's layers, each with an embedding. That of
   * the decoder is its head and counted as that.
   */
  private static Architecture t5gemma(JsonFields json) {
    Architecture encoder = GemmaFamilies.gemma2(json.requiredObject("encoder"));
    Architecture decoder = GemmaFamilies.gemma2(json.requiredObject("decoder"));
    Limits.require(
        encoder.hiddenSize() == decoder.hiddenSize(),
        "encoder.hidden_size",
        encoder.hiddenSize(),
        "must be the decoder's, which is " + decoder.hiddenSize());
    List<Layer> encoderLayers =
        encoder.decoder().orElseThrow().layers().stream()
            .map(
                layer -> {
                  GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
                  AttentionSpan span =
                      attention.span() instanceof AttentionSpan.Sliding(int window)
                          ? new AttentionSpan.Nearby(window - 1)
                          : new AttentionSpan.Bidirectional();
                  return new Layer(attention.withSpan(span), layer.feedForward(), layer.norms());
                })
            .toList();
    List<Layer> decoderLayers =
        decoder.decoder().orElseThrow().layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.attention(),
                        Optional.of(cross((GroupedQueryAttention) layer.attention())),
                        layer.feedForward(),
                        layer.norms()))
            .toList();
    return new Architecture(
        json.requiredString("model_type"),
        decoder.hiddenSize(),
        decoder.embedding(),
        Optional.of(new Stack(encoderLayers, Norm.RMS)),
        Optional.of(new Stack(decoderLayers, Norm.RMS)),
        new Head.LanguageModel(false, false),
        0,
        decoder.maxPositions(),
        decoder.numerics());
  }

  /** As the self-attention, of the encoder's output and without positions. */
  private static GroupedQueryAttention cross(GroupedQueryAttention self) {
    return new GroupedQueryAttention(
        self.numAttentionHeads(),
        self.numKeyValueHeads(),
        self.headDim(),
        self.qkvBias(),
        self.outputBias(),
        QueryKeyNorm.NONE,
        Rope.NONE,
        self.scoreScale(),
        self.scoreTerms(),
        new AttentionSpan.Bidirectional());
  }
}
