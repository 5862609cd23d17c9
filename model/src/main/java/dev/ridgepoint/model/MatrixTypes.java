package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.Storage;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the matrices of a model are packed as: one type for all, or each as a file stores it. */
public final class MatrixTypes {
  private final Function<TensorSpec, DType> rule;
  private final List<DType> all;
  private final Map<Conversion, Long> conversions;

  /**
   * What becomes of matrices that the engine multiplies in another type than they are stored in.
   *
   * @param stored what they are stored as
   * @param isExact whether the other type holds their numbers as they are
   */
  private record Conversion(String stored, DType packed, boolean isExact) {
    String line(long matrices) {
      return String.format(
          Locale.ROOT,
          "%,d matrices in %s are converted to %s, which %s: no kernel multiplies them as they are",
          matrices,
          stored,
          packed,
          isExact ? "holds them exactly" : "rounds them");
    }
  }

  private MatrixTypes(
      Function<TensorSpec, DType> rule, List<DType> all, Map<Conversion, Long> conversions) {
    this.rule = rule;
    this.all = all;
    this.conversions = conversions;
  }

  /** One type for all, which needs rows of whole blocks. */
  public static MatrixTypes all(DType type) {
    return new MatrixTypes(spec -> type, List.of(type), Map.of());
  }

  /**
   * The type in which a checkpoint stores each matrix that its architecture needs. Of types that
   * the engine has no panels of, it is the narrowest that holds all of their numbers exactly: see
   * {@link PanelFormats#packed}. Matrices of another architecture's shapes have the types of those
   * in their places, as of one with fewer layers.
   *
   * @param checkpoint is read here alone, and may be closed afterwards
   */
  public static MatrixTypes stored(Checkpoint checkpoint) {
    Map<TensorSpec, DType> types = new LinkedHashMap<>();
    Map<Conversion, Long> conversions = new LinkedHashMap<>();
    checkpoint
        .layout()
        .tensors()
        .filter(TensorSpec::isMatrix)
        .forEach(
            spec -> {
              Storage stored = checkpoint.storage(spec);
              DType packed = PanelFormats.packed(stored.dtype());
              types.put(spec, packed);
              if (!stored.name().equals(packed.name())) {
                Conversion conversion = new Conversion(stored.name(), packed, stored.isExact());
                conversions.merge(conversion, 1L, Long::sum);
              }
            });
    return of(types, conversions);
  }

  /** As {@code types} names it for each matrix, which must have panels of the type. */
  public static MatrixTypes of(Map<TensorSpec, DType> types) {
    return of(types, Map.of());
  }

  private static MatrixTypes of(Map<TensorSpec, DType> types, Map<Conversion, Long> conversions) {
    Map<TensorSpec, DType> ofAnyShape = new HashMap<>();
    types.forEach((spec, type) -> ofAnyShape.put(spec.ofAnyShape(), type));
    return new MatrixTypes(spec -> ofAnyShape.get(spec.ofAnyShape()), byBytes(types), conversions);
  }

  private static List<DType> byBytes(Map<TensorSpec, DType> types) {
    Map<DType, Long> bytes = new LinkedHashMap<>();
    types.forEach(
        (spec, type) ->
            bytes.merge(
                type,
                type.bytes(Math.multiplyExact(spec.shape().get(0), spec.shape().get(1))),
                Math::addExact));
    return bytes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The type of a matrix.
   *
   * @throws IllegalArgumentException if none is known of it
   */
  DType of(TensorSpec matrix) {
    DType type = rule.apply(matrix);
    if (type == null) {
      throw new IllegalArgumentException("no type is known of " + matrix.name());
    }
    return type;
  }

  /** All types that there are, the one of most bytes first. */
  public List<DType> all() {
    return all;
  }

  /** A line about each way of storing that is converted. */
  public List<String> conversions() {
    return conversions.entrySet().stream()
        .map(each -> each.getKey().line(each.getValue()))
        .toList();
  }

  /** What they are called together: the names of all types, that of most bytes first. */
  public String name() {
    return all.stream().map(DType::name).collect(Collectors.joining("+"));
  }

  /** The same for the estimator; vectors are F32. */
  public WeightFormats formats() {
    return new WeightFormats(
        name(),
        (tensor, layer) ->
            tensor.isMatrix()
                ? Precision.named(name(), of(TensorSpec.of(layer, tensor, 0)).name())
                : Precision.F32);
  }
}
