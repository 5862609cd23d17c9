package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.Comparator;
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
  private final Map<DType, Long> converted;

  private MatrixTypes(
      Function<TensorSpec, DType> rule, List<DType> all, Map<DType, Long> converted) {
    this.rule = rule;
    this.all = all;
    this.converted = converted;
  }

  /** One type for all, which needs rows of whole blocks. */
  public static MatrixTypes all(DType type) {
    return new MatrixTypes(spec -> type, List.of(type), Map.of());
  }

  /**
   * The type in which a checkpoint stores each matrix. Of types that the engine has no panels of,
   * it is the narrowest that holds all of their numbers exactly: see {@link PanelFormats#packed}.
   *
   * @param checkpoint stays open as long as this is used
   */
  public static MatrixTypes stored(Checkpoint checkpoint) {
    Map<TensorSpec, DType> types = new LinkedHashMap<>();
    Map<DType, Long> converted = new LinkedHashMap<>();
    checkpoint
        .layout()
        .tensors()
        .filter(TensorSpec::isMatrix)
        .forEach(
            spec -> {
              DType stored = checkpoint.dtype(spec);
              DType packed = PanelFormats.packed(stored);
              types.put(spec, packed);
              if (packed != stored) {
                converted.merge(stored, 1L, Long::sum);
              }
            });
    return new MatrixTypes(
        spec -> PanelFormats.packed(checkpoint.dtype(spec)), byBytes(types), converted);
  }

  /** As {@code types} names it for each matrix, which must have panels of the type. */
  public static MatrixTypes of(Map<TensorSpec, DType> types) {
    return new MatrixTypes(types::get, byBytes(types), Map.of());
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

  /** The type of a matrix. */
  DType of(TensorSpec matrix) {
    return rule.apply(matrix);
  }

  /** All types that there are, the one of most bytes first. */
  public List<DType> all() {
    return all;
  }

  /** How many matrices of each stored type are converted because the engine has no panels of it. */
  Map<DType, Long> converted() {
    return converted;
  }

  /** A line about each stored type that is converted. */
  public List<String> conversions() {
    return converted.entrySet().stream()
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "%,d matrices in %s are converted to %s, which holds them exactly: no kernel"
                        + " multiplies %s",
                    each.getValue(),
                    each.getKey(),
                    PanelFormats.packed(each.getKey()),
                    each.getKey()))
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
