package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import java.util.List;

/**
 * What a file's metadata say once of all layers of a decoder that the engine runs.
 *
 * @param layers how many there are
 * @param attention of the first; the others differ at most in what they attend
 * @param feedForward of all
 * @param window positions that a token of a sliding layer sees; 0 if none slides
 * @param firstSlidingLayer the layers from here on slide; the number of layers if none does
 */
record DecoderSizes(
    int layers,
    GroupedQueryAttention attention,
    DenseFeedForward feedForward,
    int window,
    int firstSlidingLayer) {

  static DecoderSizes of(Architecture architecture) {
    List<Layer> layers = architecture.decoder().orElseThrow().layers();
    int window = 0;
    int firstSlidingLayer = layers.size();
    for (int index = layers.size() - 1; index >= 0; index--) {
      if (layers.get(index).attention().span() instanceof AttentionSpan.Sliding(int positions)) {
        window = positions;
        firstSlidingLayer = index;
      }
    }
    return new DecoderSizes(
        layers.size(),
        (GroupedQueryAttention) layers.getFirst().attention(),
        (DenseFeedForward) layers.getFirst().feedForward(),
        window,
        firstSlidingLayer);
  }

  boolean hasQueryKeyNorm() {
    return !attention.queryKeyNorm().equals(QueryKeyNorm.NONE);
  }
}
