package dev.ridgepoint.estimator.format;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The format of each weight of a model, by its role and layer: from a file, from the name of a mix,
 * or one for all. What is stored, what a step reads and what fits are all counted with it.
 */
public final class WeightFormats {
  /** Groups of the usual checkpoints of GPTQ and AWQ. */
  private static final int USUAL_GROUP = 128;

  /** What configs have for a group that is a whole row. */
  static final int WHOLE_ROW = -1;

  /** Groups of {@code mlx.nn.quantize}. */
  static final int USUAL_MLX_GROUP = 64;

  private final String name;
  private final Rule rule;

  /** Which format a weight has. */
  @FunctionalInterface
  public interface Rule {
    /**
     * The format of a weight.
     *
     * @param tensor a matrix, or a vector such as a norm's weight or a bias
     * @param layer the layer that it is in, from 0, or {@link PlacedWeight#NO_LAYER}
     */
    Precision of(WeightTensor tensor, int layer);
  }

  /**
   * Where a weight stands.
   *
   * @param layer from 0, or {@link PlacedWeight#NO_LAYER}
   */
  public record Place(
      TensorRole role, WeightTensor.Part part, WeightTensor.Owner owner, int layer) {}

  /**
   * @param name what people call it
   */
  public WeightFormats(String name, Rule rule) {
    this.name = Objects.requireNonNull(name, "name");
    this.rule = Objects.requireNonNull(rule, "rule");
  }

  /** All matrices in one format, vectors in F32, as this project's engine has them. */
  public static WeightFormats of(Precision matrices) {
    return of(matrices, Precision.F32);
  }

  /** All matrices in one format, norm weights and biases in another. */
  public static WeightFormats of(Precision matrices, Precision vectors) {
    Objects.requireNonNull(matrices, "matrices");
    Objects.requireNonNull(vectors, "vectors");
    return new WeightFormats(
        matrices.name(), (tensor, layer) -> tensor.isMatrix() ? matrices : vectors);
  }

  /**
   * The linear layers in one format and all else in another: what quantisers of Hugging Face
   * checkpoints do, who leave embedding, head, routers, norms and biases as they were.
   */
  public static WeightFormats linearLayers(Precision linear, Precision others) {
    Objects.requireNonNull(linear, "linear");
    Objects.requireNonNull(others, "others");
    return new WeightFormats(
        linear.name(), (tensor, layer) -> isLinearLayer(tensor) ? linear : others);
  }

  /**
   * Whether a matrix is a projection of a mixer or of a feed-forward. What scores positions or
   * experts is none: nobody quantises it.
   */
  static boolean isLinearLayer(WeightTensor tensor) {
    return tensor.isMatrix()
        && tensor.role() != TensorRole.INDEX_WEIGHTS
        && switch (tensor.component()) {
          case ATTENTION, RECURRENCE, FEED_FORWARD -> true;
          case EMBEDDING, POSITIONS, ROUTER, NORMS, HEAD -> false;
        };
  }

  /** The same, or the output head. */
  static boolean isLinearLayerOrHead(WeightTensor tensor) {
    return isLinearLayer(tensor) || (tensor.isMatrix() && tensor.role() == TensorRole.OUTPUT_HEAD);
  }

  /**
   * The formats of a checkpoint's tensors.
   *
   * @param name what people call them together
   * @param otherwise of what is not among them
   */
  public static WeightFormats ofTensors(
      String name, Map<Place, Precision> tensors, WeightFormats otherwise) {
    Map<Place, Precision> formats = Map.copyOf(tensors);
    return new WeightFormats(
        name,
        (tensor, layer) -> {
          Place place = new Place(tensor.role(), tensor.part(), tensor.owner(), layer);
          Precision format = formats.get(place);
          return format != null ? format : otherwise.of(tensor, layer);
        });
  }

  /**
   * MLX's affine quantisation: groups of 64 integers with a scale and an offset of 16 bits each,
   * for all matrices (the defaults of {@code mlx.nn.quantize}).
   *
   * @param bits of an integer, 2 to 8
   */
  public static WeightFormats mlx(int bits) {
    return of(mlxAffine(bits, USUAL_MLX_GROUP), Precision.BF16);
  }

  /**
   * MLX's integers in groups of {@code group}.
   *
   * @throws IllegalArgumentException unless bits lie in 2..8
   */
  static Precision mlxAffine(int bits, int group) {
    if (bits < 2 || bits > Byte.SIZE) {
      throw new IllegalArgumentException("bits must lie in 2..8, but is " + bits);
    }
    int scaleAndOffsetBytes = 4;
    int bytes = bits * group / Byte.SIZE + scaleAndOffsetBytes;
    return new Precision(String.format(Locale.ROOT, "MLX-%dBIT", bits), group, bytes);
  }

  /** Experts in MXFP4, as gpt-oss is published, and everything else as {@code others}. */
  public static WeightFormats mxfp4Experts(WeightFormats others) {
    return new WeightFormats(
        "MXFP4",
        (tensor, layer) ->
            tensor.owner() == WeightTensor.Owner.EXPERT && tensor.isMatrix()
                ? Precision.MXFP4
                : others.of(tensor, layer));
  }

  /**
   * What is meant by one format's name: the linear layers alone in 8-bit floats, plain 8-bit
   * integers and grouped integers, since only such files are published, all else in 16 bits; all
   * matrices in any other.
   *
   * @param vectors format of norms and biases beside matrices that are all in one
   */
  public static WeightFormats usual(Precision precision, Precision vectors) {
    boolean isOfLinearLayers =
        precision.isGrouped()
            || precision.equals(Precision.FP8)
            || precision.equals(Precision.NVFP4)
            || precision.equals(Precision.INT8);
    return isOfLinearLayers ? linearLayers(precision, Precision.BF16) : of(precision, vectors);
  }

  /**
   * The mix of a name, in any case of letters: llama.cpp's such as {@code Q4_K_M} (see {@link
   * LlamaCppMix}), its {@code MXFP4} with all but the experts in Q8_0; MLX's {@code 4bit} and
   * {@code MXFP4-Q4}; {@code AWQ} and {@code GPTQ} with 4 bits in groups of 128; or one {@link
   * Precision} (see {@link #usual}).
   *
   * @param source the flag or file that holds the name
   * @param architecture the model, by which llama.cpp decides
   * @param vectors format of norms and biases beside matrices that are all in one
   * @throws InvalidInputException if there is none
   */
  public static WeightFormats named(
      String source, String name, Architecture architecture, Precision vectors) {
    String upper = name.toUpperCase(Locale.ROOT);
    Matcher mlx = Pattern.compile("(MXFP4-Q)?([2-8])(BIT)?").matcher(upper);
    if (mlx.matches() && (mlx.group(1) == null) != (mlx.group(3) == null)) {
      WeightFormats affine = mlx(Integer.parseInt(mlx.group(2)));
      return (mlx.group(1) == null ? affine : mxfp4Experts(affine)).withName(upper);
    }
    return switch (upper) {
      case "MXFP4" -> mxfp4Experts(LlamaCppMix.Q8_0.formats(architecture));
      case "AWQ" -> linearLayers(awq(4, USUAL_GROUP), Precision.F16).withName(upper);
      case "GPTQ" -> linearLayers(gptq(4, USUAL_GROUP), Precision.F16).withName(upper);
      default ->
          LlamaCppMix.named(name)
              .map(mix -> mix.formats(architecture))
              .orElseGet(() -> usual(Precision.named(source, name), vectors));
    };
  }

  /**
   * AWQ's integers: a scale and a zero point for each group, or for each row where the group is
   * {@link #WHOLE_ROW}.
   */
  public static Precision awq(int bits, int group) {
    if (group != WHOLE_ROW) {
      return Precision.grouped(bits, group, true);
    }
    int rowsOfWholeBytes = Byte.SIZE;
    return symmetric(bits, group)
        .with(new Precision.Scale(rowsOfWholeBytes, Precision.Scale.ALL, bits));
  }

  /** Integers with a scale for each group, or for each row, and no zero point. */
  public static Precision symmetric(int bits, int group) {
    return group != WHOLE_ROW
        ? Precision.grouped(bits, group, false)
        : new Precision(String.format(Locale.ROOT, "INT%d", bits), Byte.SIZE, bits)
            .with(Precision.Scale.perRow(Short.BYTES));
  }

  /** GPTQ's integers, which it stores with zero points always, and with a group for each input. */
  public static Precision gptq(int bits, int group) {
    return awq(bits, group).with(new Precision.Scale(Precision.Scale.ALL, 1, Integer.BYTES));
  }

  /** What people call it. */
  public String name() {
    return name;
  }

  /** The same under another name. */
  public WeightFormats withName(String other) {
    return new WeightFormats(other, rule);
  }

  /** The same with all matrices changed, such as pruned. */
  public WeightFormats mapMatrices(UnaryOperator<Precision> change) {
    return new WeightFormats(
        name,
        (tensor, layer) -> tensor.isMatrix() ? change.apply(of(tensor, layer)) : of(tensor, layer));
  }

  /**
   * The format of a weight.
   *
   * @param layer the layer that it is in, from 0, or {@link PlacedWeight#NO_LAYER}
   */
  public Precision of(WeightTensor tensor, int layer) {
    return rule.of(tensor, layer);
  }

  /**
   * Bytes of one copy of a weight.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long bytes(WeightTensor tensor, int layer) {
    return of(tensor, layer).matrixBytes(tensor.rows(), tensor.columns());
  }

  /**
   * Bytes of all weights of a model, each stored once.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long storedBytes(Architecture architecture) {
    long bytes = 0;
    for (PlacedWeight weight : PlacedWeight.all(architecture)) {
      bytes = addExact(bytes, storedBytes(weight));
    }
    return bytes;
  }

  /** Bytes of all copies of a weight within its layer. */
  public long storedBytes(PlacedWeight weight) {
    return multiplyExact(weight.tensor().copies(), bytes(weight.tensor(), weight.layer()));
  }

  /** What people call it. */
  @Override
  public String toString() {
    return name;
  }
}
