package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.TensorRole;
import java.util.function.IntUnaryOperator;

/**
 * Which rows of a file's tensors are whose where rotary pairs are stored as neighbours. Elsewhere
 * pair i of a head's rotary elements is element i of their first and of their second half.
 *
 * @param architecture whose layers are attention and a feed-forward
 */
record RotaryRows(Architecture architecture) {

  /** Row 2i of a head's rotary rows is row i here, row 2i + 1 is row i of the second half. */
  IntUnaryOperator neighbours(TensorSpec spec) {
    Part part = part(spec);
    return row -> part.reordered(row, i -> i % part.half * 2 + i / part.half);
  }

  /** The inverse of {@link #neighbours}. */
  IntUnaryOperator halves(TensorSpec spec) {
    Part part = part(spec);
    return row -> part.reordered(row, i -> i / 2 + i % 2 * part.half);
  }

  /**
   * The rotary rows of each head.
   *
   * @param headDim rows of a head
   * @param first of the rotary ones
   * @param half of their number
   */
  private record Part(int headDim, int first, int half) {
    int reordered(int row, IntUnaryOperator order) {
      int number = row % headDim - first;
      return number >= 0 && number < 2 * half ? row - number + order.applyAsInt(number) : row;
    }
  }

  private Part part(TensorSpec spec) {
    int half = rotaryDim() / 2;
    return switch (architecture.decoder().orElseThrow().layers().getFirst().attention()) {
      case GroupedQueryAttention grouped -> new Part(grouped.headDim(), 0, half);
      case LatentAttention latent -> {
        int first =
            spec.role() == TensorRole.KEY_VALUE_DOWN ? latent.keyValueLoraRank() : latent.keyDim();
        yield new Part(first + latent.positionDim(), first, half);
      }
    };
  }

  /** Of the layers that have positions: the others are stored as these are. */
  private int rotaryDim() {
    return architecture.decoder().orElseThrow().layers().stream()
        .mapToInt(layer -> layer.attention().rotaryDim())
        .max()
        .orElseThrow();
  }
}
