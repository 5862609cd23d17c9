package dev.ridgepoint.estimator.architecture;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A decoder whose layers are alike but for what they attend, in the numbers that a config says once
 * of all of them.
 *
 * @param layers how many there are
 * @param attention of the first; the others differ at most in their span
 * @param feedForward of all
 * @param slidingWindow positions that a token of a sliding layer sees; 0 if none slides
 * @param firstSlidingLayer the first layer that slides; the number of layers if none does
 */
public record UniformDecoder(
    int layers,
    GroupedQueryAttention attention,
    DenseFeedForward feedForward,
    int slidingWindow,
    int firstSlidingLayer) {

  /** The decoder of an architecture, if it is one. */
  public static Optional<UniformDecoder> of(Architecture architecture) {
    return architecture.decoder().stream()
        .filter(any -> architecture.encoder().isEmpty())
        .flatMap(UniformDecoder::of)
        .findFirst();
  }

  private static Stream<UniformDecoder> of(Stack stack) {
    List<Layer> layers = stack.layers();
    if (!layers.stream().allMatch(Layer::isOfAttentionAlone)
        || !(layers.getFirst().attention() instanceof GroupedQueryAttention attention)
        || !(layers.getFirst().feedForward() instanceof DenseFeedForward feedForward)) {
      return Stream.empty();
    }
    boolean areAlike =
        layers.stream()
            .allMatch(
                layer ->
                    layer.feedForward().equals(feedForward)
                        && layer.additions().isEmpty()
                        && layer.norms().equals(layers.getFirst().norms())
                        && layer.attention() instanceof GroupedQueryAttention other
                        && other.withSpan(attention.span()).equals(attention));
    if (!areAlike) {
      return Stream.empty();
    }
    int window = 0;
    int firstSliding = layers.size();
    for (int index = layers.size() - 1; index >= 0; index--) {
      if (layers.get(index).attention().span() instanceof AttentionSpan.Sliding(int positions)) {
        window = positions;
        firstSliding = index;
      }
    }
    return Stream.of(
        new UniformDecoder(layers.size(), attention, feedForward, window, firstSliding));
  }

  /** Whether queries and keys are normalised. */
  public boolean hasQueryKeyNorm() {
    return attention.queryKeyNorm().norm().isPresent();
  }
}
