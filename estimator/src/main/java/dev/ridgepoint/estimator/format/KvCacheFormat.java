package dev.ridgepoint.estimator.format;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * How cached keys and values are stored. A row of a block format is one head's key or value, or one
 * latent with its rotary key.
 *
 * @param precision format of an element
 * @param latentForm what latent attention caches, and how it is computed
 */
public record KvCacheFormat(Precision precision, LatentForm latentForm) {
  public KvCacheFormat {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(latentForm, "latentForm");
  }

  /** As engines cache that know of latents. */
  public static KvCacheFormat of(Precision precision) {
    return new KvCacheFormat(precision, LatentForm.ABSORBED);
  }

  /**
   * Bytes of one position of one layer: 2 k d elements; with latent attention r + d_rope of them,
   * or the keys and values of all heads where those are cached instead.
   */
  public long bytesPerPosition(Attention attention) {
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

  /**
   * Bytes that one more position of one sequence takes in all layers, windows not yet full. An
   * engine that keeps what has left the windows, as this project's does, holds as many times this
   * as there are positions.
   */
  public long bytesPerToken(Architecture architecture) {
    return architecture.decoder().stream()
        .flatMap(stack -> stack.distinctLayers().entrySet().stream())
        .mapToLong(
            entry ->
                multiplyExact(
                    (long) entry.getValue(), bytesPerPosition(entry.getKey().attention())))
        .reduce(0, Math::addExact);
  }

  /**
   * Bytes that one sequence needs at {@code positions}: windowed layers keep what their window
   * sees, and nothing that has left it.
   */
  public long sequenceBytes(Architecture architecture, long positions) {
    return sequenceBytes(architecture, span -> span.kept(positions));
  }

  /** Bytes of one sequence of which a layer has room for as many positions as its span makes. */
  public long sequenceBytes(Architecture architecture, ToLongFunction<AttentionSpan> positions) {
    return architecture.decoder().stream()
        .flatMap(stack -> stack.distinctLayers().entrySet().stream())
        .mapToLong(
            entry -> {
              Attention attention = entry.getKey().attention();
              long held = positions.applyAsLong(attention.span());
              return multiplyExact(
                  multiplyExact((long) entry.getValue(), held), bytesPerPosition(attention));
            })
        .reduce(0, Math::addExact);
  }

  /**
   * Bytes that the cross-attention of all layers keeps of a source of {@code sourceTokens}: 2 k d
   * elements of each layer and token.
   */
  public long crossAttentionBytes(Architecture architecture, long sourceTokens) {
    return multiplyExact(
        architecture.decoder().orElseThrow().layers().stream()
            .flatMap(layer -> layer.crossAttention().stream())
            .mapToLong(this::bytesPerPosition)
            .reduce(0, Math::addExact),
        sourceTokens);
  }
}
