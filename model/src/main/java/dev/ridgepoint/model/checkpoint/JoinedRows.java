package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.TensorRole;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Which rows of a file's tensors are whose where projections are stored as one. Elsewhere queries,
 * keys and values are tensors of their own.
 *
 * @param architecture whose layers are attention and a feed-forward
 */
record JoinedRows(Architecture architecture) {

  /** Rows of the projections that are stored as one, one below the other. */
  private List<Long> sizes(TensorSpec spec) {
    Layer layer = architecture.decoder().orElseThrow().layers().get(spec.layer());
    return switch (spec.role()) {
      case QUERY, KEY, VALUE -> {
        GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
        yield List.of(attention.queryWidth(), attention.keyValueWidth(), attention.keyValueWidth());
      }
      case FEED_FORWARD_GATE, FEED_FORWARD_UP -> {
        long width = ((DenseFeedForward) layer.feedForward()).intermediateSize();
        yield List.of(width, width);
      }
      default ->
          throw new IllegalArgumentException("no projections are stored as one with " + spec);
    };
  }

  /** Experts of a layer with experts. */
  long experts(TensorSpec spec) {
    Layer layer = architecture.decoder().orElseThrow().layers().get(spec.layer());
    return ((MixtureOfExperts) layer.feedForward()).numExperts();
  }

  private static int index(TensorRole role) {
    return switch (role) {
      case QUERY, FEED_FORWARD_GATE -> 0;
      case KEY, FEED_FORWARD_UP -> 1;
      case VALUE -> 2;
      default ->
          throw new IllegalArgumentException("no projections are stored as one with " + role);
    };
  }

  /** Rows of all projections that are stored as one with a tensor. */
  long count(TensorSpec spec) {
    return sizes(spec).stream().mapToLong(Long::longValue).sum();
  }

  /** Where one projection stands below the other: queries, keys, values, or gate, up. */
  IntUnaryOperator below(TensorSpec spec) {
    long before = sizes(spec).stream().limit(index(spec.role())).mapToLong(Long::longValue).sum();
    int first = Math.toIntExact(before);
    return row -> first + row;
  }

  /** Where each head has its query, key and value together (GPT-NeoX). */
  IntUnaryOperator byHead(TensorSpec spec) {
    GroupedQueryAttention attention =
        (GroupedQueryAttention)
            architecture.decoder().orElseThrow().layers().getFirst().attention();
    int headDim = attention.headDim();
    int index = index(spec.role());
    return row -> (row / headDim * 3 + index) * headDim + row % headDim;
  }
}
