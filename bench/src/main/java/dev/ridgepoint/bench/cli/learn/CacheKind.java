package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Layers that keep the same of a token.
 *
 * @param layers how many they are
 * @param kept elements, as pages write them
 * @param bytesPerToken of one layer
 */
record CacheKind(int layers, String kept, long bytesPerToken) {

  /** All kinds of a decoder's layers, in order of the first ones. */
  static List<CacheKind> all(Architecture architecture, KvCacheFormat format) {
    Map<String, CacheKind> kinds = new LinkedHashMap<>();
    architecture
        .decoder()
        .orElseThrow()
        .distinctLayers()
        .forEach(
            (layer, count) -> {
              CacheKind kind = new CacheKind(count, kept(layer), bytes(layer, format));
              kinds.merge(kind.kept, kind, CacheKind::and);
            });
    return new ArrayList<>(kinds.values());
  }

  private CacheKind and(CacheKind alike) {
    return new CacheKind(layers + alike.layers, kept, bytesPerToken);
  }

  private static long bytes(Layer layer, KvCacheFormat format) {
    return layer.attentions().stream().mapToLong(format::keptBytesPerPosition).sum();
  }

  private static String kept(Layer layer) {
    return layer.mixers().isEmpty()
        ? "none: a feed-forward alone"
        : layer.mixers().stream().map(CacheKind::kept).collect(Collectors.joining(", and "));
  }

  private static String kept(TokenMixer mixer) {
    return switch (mixer) {
      case GroupedQueryAttention grouped when !grouped.isCacheItsOwn() ->
          "none: it reads an earlier layer's";
      case GroupedQueryAttention grouped ->
          "2 x " + grouped.numKeyValueHeads() + " heads x " + grouped.headDim();
      case LatentAttention latent ->
          latent.keyValueLoraRank()
              + " + "
              + latent.rotaryDim()
              + latent
                  .indexer()
                  .map(indexer -> ", and " + indexer.headDim() + " to choose by")
                  .orElse("");
      case RecurrentMixer _ -> "none: a state instead";
    };
  }
}
