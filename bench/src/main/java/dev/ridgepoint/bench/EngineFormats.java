package dev.ridgepoint.bench;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.model.support.CachedHeads;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The formats that the engine stores weights, keys and values in, as flags name them. */
public final class EngineFormats {
  /** The names, for the help of flags. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names(DType.encoded()).iterator();
    }
  }

  /** The names of those that synthetic weights are drawn in, for the help of flags. */
  public static final class SyntheticNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names(synthetic()).iterator();
    }
  }

  private EngineFormats() {}

  /** Those with panels: what numbers are not rounded to is drawn bit by bit. */
  public static List<DType> synthetic() {
    return Arrays.stream(DType.values()).filter(type -> PanelFormats.packed(type) == type).toList();
  }

  /**
   * The format of a name, in any case of letters.
   *
   * @throws InvalidInputException naming {@code flag}, if there is none
   */
  public static DType named(String flag, String name) {
    return named(flag, name, DType.encoded());
  }

  /**
   * The format of cached keys and values of a name.
   *
   * @throws InvalidInputException naming {@code flag}, if there is none, or heads of the model are
   *     no whole number of its blocks
   */
  public static DType ofKeysAndValues(String flag, String name, Architecture architecture) {
    List<DType> types = KvLayout.dtypes();
    DType type =
        types.stream()
            .filter(each -> each.name().equalsIgnoreCase(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        flag,
                        "must be %s, but is %s"
                            .formatted(String.join(" or ", names(types)), name)));
    brokenHeads(type, architecture)
        .ifPresent(
            problem -> {
              throw new InvalidInputException(flag, problem);
            });
    return type;
  }

  /** Why heads of a model cannot be cached in blocks of a type, if they cannot. */
  public static Optional<String> brokenHeads(DType type, Architecture architecture) {
    return architecture.decoder().orElseThrow().layers().stream()
        .map(layer -> CachedHeads.of(layer.attention()))
        .flatMap(
            cached ->
                Stream.of(
                    brokenBlocks(
                        type, cached.areLatents() ? "kv_lora_rank" : "head_dim", cached.valueDim()),
                    brokenBlocks(type, "kv_lora_rank + qk_rope_head_dim", cached.keyDim())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> brokenBlocks(DType type, String field, long elements) {
    return elements % type.blockElements() == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%s stores blocks of %d, of which %s %d is no multiple",
                name(type),
                type.blockElements(),
                field,
                elements));
  }

  private static DType named(String flag, String name, List<DType> types) {
    return types.stream()
        .filter(type -> type.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    flag,
                    "the engine stores weights as %s, not as \"%s\""
                        .formatted(String.join(", ", names(types)), name)));
  }

  /**
   * As {@link #named}, for all matrices of a model.
   *
   * @throws InvalidInputException also if rows of a matrix are no whole number of its blocks
   */
  public static DType named(String flag, String name, Architecture architecture) {
    return fitting(flag, named(flag, name), architecture);
  }

  /** As {@link #named(String, String, Architecture)}, for synthetic weights. */
  public static DType synthetic(String flag, String name, Architecture architecture) {
    return fitting(flag, named(flag, name, synthetic()), architecture);
  }

  private static DType fitting(String flag, DType type, Architecture architecture) {
    broken(type, architecture)
        .flatMap(tensor -> brokenBlocks(type, field(tensor.role()), tensor.columns()))
        .ifPresent(
            problem -> {
              throw new InvalidInputException(flag, problem);
            });
    return type;
  }

  /** Whether rows of all of a model's matrices are whole numbers of a format's blocks. */
  public static boolean fits(DType type, Architecture architecture) {
    return broken(type, architecture).isEmpty();
  }

  private static Optional<WeightTensor> broken(DType type, Architecture architecture) {
    return OperationList.ofEngine(architecture).stream()
        .flatMap(operation -> operation.weights().stream())
        .filter(tensor -> tensor.isMatrix() && tensor.columns() % type.blockElements() != 0)
        .findFirst();
  }

  /** What a config says of a role's inputs. */
  private static String field(TensorRole role) {
    return switch (role.inputs()) {
      case QUERY_HEADS -> "num_attention_heads x head_dim";
      case INTERMEDIATE -> "intermediate_size";
      case LATENT ->
          switch (role) {
            case QUERY_UP -> "q_lora_rank";
            case KEY_UP -> "qk_nope_head_dim"; // it is multiplied with queries
            default -> "kv_lora_rank";
          };
      default -> "hidden_size";
    };
  }

  private static List<String> names(List<DType> types) {
    return types.stream().map(EngineFormats::name).toList();
  }

  /** What flags call a format: {@code q4_0}. */
  public static String name(DType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
