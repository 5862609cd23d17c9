package dev.ridgepoint.estimator.format;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;

/**
 * What the KV cache holds. A row of a block format is one head's key or value, or one latent with
 * its rotary key.
 */
public final class KvCacheLayout {
  private KvCacheLayout() {}

  /**
   * Bytes of one position of one layer: 2 k d elements; with latent attention r + d_rope of them,
   * or the keys and values of all heads where those are cached instead.
   */
  public static long bytesPerPosition(
      Attention attention, Precision precision, LatentForm latentForm) {
    return switch (attention) {
      case GroupedQueryAttention grouped ->
          precision.matrixBytes(2L * grouped.numKeyValueHeads(), grouped.headDim());
      case LatentAttention latent when latentForm.cachesLatents() ->
          precision.rowBytes(latent.latentWidth());
      case LatentAttention latent ->
          addExact(
              precision.matrixBytes(
                  latent.numAttentionHeads(), latent.keyDim() + latent.rotaryDim()),
              precision.matrixBytes(latent.numAttentionHeads(), latent.valueDim()));
    };
  }

  /** Bytes that one more position of one sequence takes in all layers, windows not yet full. */
  public static long bytesPerToken(
      Architecture architecture, Precision precision, LatentForm latentForm) {
    return architecture.decoder().stream()
        .flatMap(stack -> stack.distinctLayers().entrySet().stream())
        .mapToLong(
            entry ->
                multiplyExact(
                    (long) entry.getValue(),
                    bytesPerPosition(entry.getKey().attention(), precision, latentForm)))
        .reduce(0, Math::addExact);
  }

  /**
   * Bytes of one sequence of {@code positions}, of which windowed layers keep what their window
   * sees.
   */
  public static long windowedSequenceBytes(
      Architecture architecture, long positions, Precision precision, LatentForm latentForm) {
    long bytes = 0;
    for (Layer layer : architecture.decoder().orElseThrow().layers()) {
      long kept = layer.attention().span().kept(positions);
      long perPosition = bytesPerPosition(layer.attention(), precision, latentForm);
      bytes = addExact(bytes, multiplyExact(kept, perPosition));
    }
    return bytes;
  }

  /**
   * Bytes that the cross-attention of all layers keeps of a source of {@code sourceTokens}: 2 k d
   * elements of each layer and token.
   */
  public static long crossAttentionBytes(
      Architecture architecture, long sourceTokens, Precision precision) {
    long perToken = 0;
    for (Layer layer : architecture.decoder().orElseThrow().layers()) {
      if (layer.crossAttention().isPresent()) {
        perToken =
            addExact(
                perToken,
                bytesPerPosition(
                    layer.crossAttention().get(), precision, LatentForm.EXPANDED_CACHE));
      }
    }
    return multiplyExact(perToken, sourceTokens);
  }
}
