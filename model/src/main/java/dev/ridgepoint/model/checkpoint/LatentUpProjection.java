package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.TensorRole;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Where files have the projection from a latent to keys, which the engine multiplies with queries
 * and so needs as {@link LatentAttention#absorbedKeyUp}, and that to values.
 */
record LatentUpProjection(LatentAttention attention) {

  /** Those of an architecture that has them, in all layers alike. */
  static LatentUpProjection of(Architecture architecture) {
    return new LatentUpProjection(
        (LatentAttention) architecture.decoder().orElseThrow().layers().getFirst().attention());
  }

  /** Whether a tensor is one of both. */
  static boolean has(TensorSpec spec) {
    return spec.role() == TensorRole.KEY_UP || spec.role() == TensorRole.VALUE_UP;
  }

  /** In one tensor that has for each head the rows of its key and then those of its value. */
  TensorPlace joined(TensorSpec spec, String name) {
    int rank = attention.keyValueLoraRank();
    int keyDim = attention.keyDim();
    int valueDim = attention.valueDim();
    int both = keyDim + valueDim;
    List<Long> shape = List.of(attention.expandedWidth(), (long) rank);
    return spec.role() == TensorRole.KEY_UP
        ? TensorPlace.transposed(name, shape, row -> row % rank, row -> row / rank * both)
        : new TensorPlace(
            name, shape, row -> row / valueDim * both + keyDim + row % valueDim, false);
  }

  /** The rows of the tensor that has both. */
  RowSource joined(RowSource keys, RowSource values) {
    int rank = attention.keyValueLoraRank();
    int keyDim = attention.keyDim();
    int valueDim = attention.valueDim();
    int both = keyDim + valueDim;
    return (row, target, offset) -> {
      int head = row / both;
      int element = row % both;
      if (element >= keyDim) {
        values.read(head * valueDim + element - keyDim, target, offset);
        return;
      }
      float[] key = new float[keyDim];
      for (int i = 0; i < rank; i++) {
        keys.read(head * rank + i, key, 0);
        target[offset + i] = key[element];
      }
    };
  }

  /** In a tensor of its own, [heads, outputs of a head, inputs]. */
  TensorPlace alone(TensorSpec spec, String name) {
    long heads = attention.numAttentionHeads();
    long rank = attention.keyValueLoraRank();
    List<Long> shape =
        spec.role() == TensorRole.KEY_UP
            ? List.of(heads, rank, (long) attention.keyDim())
            : List.of(heads, (long) attention.valueDim(), rank);
    return new TensorPlace(name, shape, IntUnaryOperator.identity(), false);
  }
}
