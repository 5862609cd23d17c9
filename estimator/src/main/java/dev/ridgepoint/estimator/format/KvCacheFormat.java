package dev.ridgepoint.estimator.format;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * How what is kept of sequences is stored: cached keys and values, and the states of recurrences,
 * which are kept in F32 whatever the format of keys and values (the {@code mamba_ssm_dtype} of
 * published configs). A row of a block format is one head's key or value, or one latent with its
 * rotary key.
 *
 * @param precision format of an element
 * @param latentForm what latent attention caches, and how it is computed
 */
public record KvCacheFormat(Precision precision, LatentForm latentForm) {
  private static final Precision STATE = Precision.F32;

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
              precision.matrixBytes(latent.numAttentionHeads(), latent.queryDim()),
              precision.matrixBytes(latent.numAttentionHeads(), latent.valueDim()));
    };
  }

  /** Bytes of one position of the keys by which sparse attention chooses; 0 without an indexer. */
  public long indexBytesPerPosition(Attention attention) {
    return attention instanceof LatentAttention latent
        ? latent.indexer().map(indexer -> precision.rowBytes(indexer.headDim())).orElse(0L)
        : 0;
  }

  /** Bytes of one position that a layer keeps: none where it reads an earlier layer's cache. */
  public long keptBytesPerPosition(Attention attention) {
    return attention.isCacheItsOwn()
        ? addExact(bytesPerPosition(attention), indexBytesPerPosition(attention))
        : 0;
  }

  /** Bytes of so many elements of a recurrence's state. */
  public long stateBytes(long elements) {
    return STATE.rowBytes(elements);
  }

  /** Bytes that the recurrences of all layers keep of a sequence, however long it is. */
  public long stateBytesPerSequence(Architecture architecture) {
    return perLayer(
        architecture,
        layer ->
            layer.recurrences().stream()
                .mapToLong(mixer -> stateBytes(mixer.stateElements()))
                .sum());
  }

  /**
   * Bytes that one more position of one sequence takes in all layers, windows not yet full. An
   * engine that keeps what has left the windows holds as many times this as there are positions.
   */
  public long bytesPerToken(Architecture architecture) {
    return perLayer(
        architecture,
        layer -> layer.attentions().stream().mapToLong(this::keptBytesPerPosition).sum());
  }

  /**
   * Bytes that one sequence needs at {@code positions}: windowed layers keep what their window
   * sees, and nothing that has left it; recurrences keep their states.
   */
  public long sequenceBytes(Architecture architecture, long positions) {
    return sequenceBytes(architecture, span -> span.kept(positions));
  }

  /** Bytes of one sequence of which a layer has room for as many positions as its span makes. */
  public long sequenceBytes(Architecture architecture, ToLongFunction<AttentionSpan> positions) {
    long cached =
        perLayer(
            architecture,
            layer ->
                layer.attentions().stream()
                    .mapToLong(
                        attention ->
                            multiplyExact(
                                positions.applyAsLong(attention.span()),
                                keptBytesPerPosition(attention)))
                    .reduce(0, Math::addExact));
    return addExact(cached, stateBytesPerSequence(architecture));
  }

  private static long perLayer(Architecture architecture, ToLongFunction<Layer> bytes) {
    return architecture.decoder().stream()
        .flatMap(stack -> stack.distinctLayers().entrySet().stream())
        .mapToLong(
            entry -> multiplyExact((long) entry.getValue(), bytes.applyAsLong(entry.getKey())))
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
