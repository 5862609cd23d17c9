package dev.ridgepoint.model.support;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Optional;

/** Whether the engine has the gradients of an architecture: those of Llama's and Qwen's kind. */
public final class TrainingSupport {
  private TrainingSupport() {}

  /**
   * Refuses what cannot be trained.
   *
   * @param source the model, for the message
   * @throws InvalidInputException one line that names what is lacking
   */
  public static void require(String source, Architecture architecture) {
    Optional<String> lacking = lacking(architecture);
    if (lacking.isPresent()) {
      throw new InvalidInputException(
          source,
          "model_type \"%s\" cannot be trained: the engine has no gradients of %s"
              .formatted(architecture.modelType(), lacking.get()));
    }
  }

  /** What there are no gradients of, the first thing first. */
  public static Optional<String> lacking(Architecture architecture) {
    if (architecture.encoder().isPresent() || architecture.decoder().isEmpty()) {
      return Optional.of("an encoder");
    }
    Stack decoder = architecture.decoder().get();
    return numerics(architecture.numerics())
        .or(() -> embedding(architecture))
        .or(() -> lacks(decoder.finalNorm() == Norm.RMS, "a last norm " + decoder.finalNorm()))
        .or(
            () ->
                decoder.layers().stream()
                    .map(TrainingSupport::layer)
                    .flatMap(Optional::stream)
                    .findFirst());
  }

  private static Optional<String> numerics(Numerics numerics) {
    boolean arePlain = numerics.equals(Numerics.ofEpsilon(numerics.normEpsilon()));
    return lacks(arePlain, "factors or caps of its stream, norms or logits");
  }

  private static Optional<String> embedding(Architecture architecture) {
    boolean isOfTokensAlone =
        architecture.embedding().weights(architecture.hiddenSize()).stream()
                .allMatch(weight -> weight.role() == TensorRole.TOKEN_EMBEDDING)
            && !architecture.embedding().isProjected(architecture.hiddenSize());
    return lacks(isOfTokensAlone, "embeddings besides those of tokens");
  }

  private static Optional<String> layer(Layer layer) {
    if (!layer.isOfAttentionAlone()) {
      return Optional.of("mixers besides attention");
    }
    if (!(layer.attention() instanceof GroupedQueryAttention attention)) {
      return Optional.of("latent attention");
    }
    if (!(layer.feedForward() instanceof DenseFeedForward feedForward)) {
      return Optional.of("experts");
    }
    return lacks(
            layer.norms().equals(LayerNorms.before(Norm.RMS)), "norms but RMS before each part")
        .or(() -> lacks(layer.additions().isEmpty(), "what its layers add"))
        .or(() -> attention(attention))
        .or(() -> feedForward(feedForward));
  }

  private static Optional<String> attention(GroupedQueryAttention attention) {
    Norm ofHeads = attention.queryKeyNorm().norm();
    return lacks(attention.span() instanceof AttentionSpan.Causal, "attention within a window")
        .or(() -> lacks(attention.scoreTerms().equals(ScoreTerms.NONE), "biases, caps or sinks"))
        .or(
            () ->
                lacks(
                    attention.keyValues() == GroupedQueryAttention.KeyValues.PROJECTED,
                    "keys and values of another layer or projection"))
        .or(
            () ->
                lacks(
                    attention.outputTerms().equals(GroupedQueryAttention.OutputTerms.NONE),
                    "what attention puts out besides"))
        .or(() -> lacks(attention.projectionBound() == 0, "bounds of queries and keys"))
        .or(() -> lacks(ofHeads == Norm.NONE || ofHeads == Norm.RMS, "a norm of heads " + ofHeads));
  }

  private static Optional<String> feedForward(DenseFeedForward feedForward) {
    Activation activation = feedForward.activation();
    boolean isKnown =
        feedForward.isGated()
            && !feedForward.innerNorm().isPresent()
            && (activation == Activation.SILU || activation == Activation.GELU_TANH);
    return lacks(isKnown, "hidden_act " + activation + " as this feed-forward has it");
  }

  private static Optional<String> lacks(boolean has, String what) {
    return has ? Optional.empty() : Optional.of(what);
  }
}
