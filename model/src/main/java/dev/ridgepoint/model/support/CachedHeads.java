package dev.ridgepoint.model.support;

import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;

/**
 * What attention caches of a position.
 *
 * @param heads of keys and values
 * @param keyDim elements of a key
 * @param valueDim elements of a value
 * @param areLatents whether the values are the first elements of the keys
 */
public record CachedHeads(int heads, int keyDim, int valueDim, boolean areLatents) {

  public static CachedHeads of(Attention attention) {
    return switch (attention) {
      case GroupedQueryAttention grouped ->
          new CachedHeads(grouped.numKeyValueHeads(), grouped.headDim(), grouped.headDim(), false);
      case LatentAttention latent ->
          new CachedHeads(
              1, Math.toIntExact(latent.latentWidth()), latent.keyValueLoraRank(), true);
    };
  }
}
