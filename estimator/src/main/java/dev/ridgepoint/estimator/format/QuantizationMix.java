package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which format each matrix of a checkpoint has: quantisers spend more bits on some than others. */
@FunctionalInterface
public interface QuantizationMix {
  /** Stands for a place outside the layers. */
  int NO_LAYER = -1;

  /**
   * The format of a matrix.
   *
   * @param architecture the model
   * @param tensor the matrix
   * @param layer the layer that it is in, from 0, or {@link #NO_LAYER}
   */
  Precision formatOf(Architecture architecture, WeightTensor tensor, int layer);

  /** All matrices in one format. */
  static QuantizationMix of(Precision precision) {
    return (architecture, tensor, layer) -> precision;
  }

  /**
   * MLX's affine quantisation: groups of 64 integers with a scale and an offset of 16 bits each,
   * for all matrices (the defaults of {@code mlx.nn.quantize}).
   *
   * @param bits of an integer, 2 to 8
   */
  static QuantizationMix mlx(int bits) {
    return of(mlxPrecision(bits));
  }

  /** Experts in MXFP4, as gpt-oss is published, and everything else by {@code others}. */
  static QuantizationMix mxfp4Experts(QuantizationMix others) {
    return (architecture, tensor, layer) ->
        tensor.owner() == WeightTensor.Owner.EXPERT
            ? Precision.MXFP4
            : others.formatOf(architecture, tensor, layer);
  }

  /**
   * The mix of a name, in any case of letters: llama.cpp's such as {@code Q4_K_M} (see {@link
   * LlamaCppMix}); MLX's {@code 4bit} and {@code MXFP4-Q4}; llama.cpp's {@code MXFP4}, which has
   * all but the experts in Q8_0; or one {@link Precision} for all matrices.
   *
   * @param source the flag or file that holds the name
   * @throws InvalidInputException if there is none
   */
  static QuantizationMix named(String source, String name) {
    Matcher mlx = Pattern.compile("(MXFP4-Q)?([2-8])(BIT)?").matcher(name.toUpperCase(Locale.ROOT));
    if (mlx.matches() && (mlx.group(1) == null) != (mlx.group(3) == null)) {
      QuantizationMix affine = mlx(Integer.parseInt(mlx.group(2)));
      return mlx.group(1) == null ? affine : mxfp4Experts(affine);
    }
    if (name.equalsIgnoreCase("MXFP4")) {
      return mxfp4Experts(of(Precision.Q8_0));
    }
    return LlamaCppMix.named(name)
        .<QuantizationMix>map(mix -> mix)
        .orElseGet(() -> of(Precision.named(source, name)));
  }

  private static Precision mlxPrecision(int bits) {
    if (bits < 2 || bits > Byte.SIZE) {
      throw new IllegalArgumentException("bits must lie in 2..8, but is " + bits);
    }
    int group = 64;
    int scaleAndOffsetBytes = 4;
    return new Precision(
        "MLX-%dBIT".formatted(bits), group, bits * group / 8 + scaleAndOffsetBytes);
  }
}
