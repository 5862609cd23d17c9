package dev.ridgepoint.estimator.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One layer.
 *
 * @param mixers what mixes tokens: one, several that run side by side (Falcon-H1), or none in a
 *     layer that is a feed-forward alone
 * @param crossAttention attention to the encoder's output; only in the decoder of an
 *     encoder-decoder
 * @param feedForward dense, a mixture of experts, or none
 * @param norms where rows are normalised
 * @param additions what it does besides
 */
public record Layer(
    List<TokenMixer> mixers,
    Optional<GroupedQueryAttention> crossAttention,
    FeedForward feedForward,
    LayerNorms norms,
    List<LayerAddition> additions) {

  public Layer {
    mixers = List.copyOf(mixers);
    Objects.requireNonNull(crossAttention, "crossAttention");
    Objects.requireNonNull(feedForward, "feedForward");
    Objects.requireNonNull(norms, "norms");
    additions = List.copyOf(additions);
  }

  /** Nothing besides. */
  public Layer(
      List<TokenMixer> mixers,
      Optional<GroupedQueryAttention> crossAttention,
      FeedForward feedForward,
      LayerNorms norms) {
    this(mixers, crossAttention, feedForward, norms, List.of());
  }

  /** A layer with one mixer. */
  public Layer(
      TokenMixer mixer,
      Optional<GroupedQueryAttention> crossAttention,
      FeedForward feedForward,
      LayerNorms norms) {
    this(List.of(mixer), crossAttention, feedForward, norms);
  }

  /** A layer with one mixer, without cross-attention. */
  public Layer(TokenMixer mixer, FeedForward feedForward, LayerNorms norms) {
    this(mixer, Optional.empty(), feedForward, norms);
  }

  /** Whether tokens are mixed by attention, and by nothing else. */
  public boolean isOfAttentionAlone() {
    return mixers.size() == 1 && mixers.getFirst() instanceof Attention;
  }

  /**
   * The attention of a layer of attention alone.
   *
   * @throws IllegalStateException if it has another mixer, or none
   */
  public Attention attention() {
    if (!isOfAttentionAlone()) {
      throw new IllegalStateException("no layer of attention alone: " + mixers);
    }
    return (Attention) mixers.getFirst();
  }

  /** The attentions among the mixers. */
  public List<Attention> attentions() {
    return mixers.stream().filter(Attention.class::isInstance).map(Attention.class::cast).toList();
  }

  /** The recurrences among the mixers. */
  public List<RecurrentMixer> recurrences() {
    return mixers.stream()
        .filter(RecurrentMixer.class::isInstance)
        .map(RecurrentMixer.class::cast)
        .toList();
  }

  /** The weights, for a residual stream of {@code hiddenSize}. */
  public List<WeightTensor> weights(int hiddenSize) {
    List<WeightTensor> weights = new ArrayList<>();
    mixers.forEach(mixer -> weights.addAll(mixer.weights(hiddenSize)));
    crossAttention.ifPresent(
        cross ->
            cross
                .weights(hiddenSize)
                .forEach(t -> weights.add(t.of(WeightTensor.Owner.CROSS_ATTENTION))));
    weights.addAll(feedForward.weights(hiddenSize));
    weights.addAll(norms.weights(hiddenSize, crossAttention.isPresent()));
    additions.forEach(addition -> weights.addAll(addition.weights(hiddenSize)));
    return weights;
  }
}
