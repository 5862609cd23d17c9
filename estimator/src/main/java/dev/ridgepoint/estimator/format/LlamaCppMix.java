package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mixes that {@code llama-quantize} writes: a base format, more bits for the head, and for
 * values and down projections of some layers ({@code llama_tensor_get_type} in llama.cpp's {@code
 * src/llama-quant.cpp}, without an importance matrix). Falcon's own exceptions are left out.
 */
public enum LlamaCppMix {
  Q2_K_S,
  Q2_K,
  Q3_K_S,
  Q3_K_M,
  Q3_K_L,
  IQ4_XS,
  IQ4_NL,
  Q4_0,
  Q4_1,
  Q4_K_S,
  Q4_K_M,
  Q5_0,
  Q5_1,
  Q5_K_S,
  Q5_K_M,
  Q6_K,
  Q8_0;

  /** Layers of the models that llama.cpp calls 70B. */
  private static final int LAYERS_OF_70B = 80;

  /** Experts of Mixtral, whose attention is small beside them. */
  private static final int MIXTRAL_EXPERTS = 8;

  /** Families that llama.cpp stores queries, keys and values of in one matrix. */
  private static final Set<String> FUSED =
      Set.of("gpt2", "gpt_neox", "falcon", "bloom", "mpt", "gpt_bigcode", "phi3");

  /** The mix of a name, in any case of letters. */
  static Optional<LlamaCppMix> named(String name) {
    return Arrays.stream(values()).filter(mix -> mix.name().equalsIgnoreCase(name)).findFirst();
  }

  /** The formats of a model's weights; vectors are in F32. */
  public WeightFormats formats(Architecture architecture) {
    return new WeightFormats(
        name(),
        (tensor, layer) -> tensor.isMatrix() ? matrix(architecture, tensor, layer) : Precision.F32);
  }

  private Precision matrix(Architecture architecture, WeightTensor tensor, int layer) {
    if (tensor.component() == Component.ROUTER || tensor.component() == Component.POSITIONS) {
      return Precision.F32;
    }
    boolean isTiedHead = tensor.role() == TensorRole.TOKEN_EMBEDDING && architecture.isTied();
    if (tensor.component() == Component.HEAD || isTiedHead) {
      return this != Q8_0 && tensor.columns() % base().blockElements() == 0
          ? Precision.Q6_K
          : Precision.Q8_0;
    }
    Precision wanted =
        layer == PlacedWeight.NO_LAYER
            ? base()
            : inLayer(architecture, tensor.role(), layer).orElse(base());
    return tensor.columns() % wanted.blockElements() == 0
        ? wanted
        : fallback(wanted, tensor.columns());
  }

  /** What is in no way special. */
  private Precision base() {
    return switch (this) {
      case Q2_K_S, Q2_K -> Precision.Q2_K;
      case Q3_K_S, Q3_K_M, Q3_K_L -> Precision.Q3_K;
      case IQ4_XS -> Precision.IQ4_XS;
      case IQ4_NL -> Precision.IQ4_NL;
      case Q4_0 -> Precision.Q4_0;
      case Q4_1 -> Precision.Q4_1;
      case Q4_K_S, Q4_K_M -> Precision.Q4_K;
      case Q5_0 -> Precision.Q5_0;
      case Q5_1 -> Precision.Q5_1;
      case Q5_K_S, Q5_K_M -> Precision.Q5_K;
      case Q6_K -> Precision.Q6_K;
      case Q8_0 -> Precision.Q8_0;
    };
  }

  /** What deserves more bits, in the layers that get them. */
  private Precision finer() {
    return switch (this) {
      case Q2_K -> Precision.Q3_K;
      case Q2_K_S, Q3_K_M -> Precision.Q4_K;
      case Q3_K_L, IQ4_XS, IQ4_NL, Q4_K_S -> Precision.Q5_K;
      case Q4_K_M, Q5_K_M -> Precision.Q6_K;
      case Q3_K_S, Q4_0, Q4_1, Q5_0, Q5_1, Q5_K_S, Q6_K, Q8_0 -> base();
    };
  }

  private Optional<Precision> inLayer(Architecture architecture, TensorRole role, int layer) {
    List<Layer> layers = architecture.decoder().orElseThrow().layers();
    boolean isMixtral =
        layers.get(layer).feedForward() instanceof MixtureOfExperts experts
            && experts.numExperts() == MIXTRAL_EXPERTS;
    boolean isFused = FUSED.contains(architecture.modelType());
    return switch (role) {
      case QUERY -> isFused ? fused() : Optional.empty();
      case KEY -> isFused ? fused() : isMixtral ? Optional.of(Precision.Q8_0) : Optional.empty();
      case VALUE ->
          isFused ? fused() : Optional.of(isMixtral ? Precision.Q8_0 : value(layers, layer));
      case ATTENTION_OUTPUT -> output(isMixtral);
      case FEED_FORWARD_DOWN -> down(layer, layers.size());
      default -> Optional.empty();
    };
  }

  private Optional<Precision> output(boolean isMixtral) {
    return switch (this) {
      case Q2_K, Q3_K_M -> Optional.of(isMixtral ? Precision.Q5_K : finer());
      case Q3_K_L -> isMixtral ? Optional.empty() : Optional.of(finer());
      case Q3_K_S, IQ4_XS, IQ4_NL, Q4_K_S, Q4_K_M ->
          isMixtral ? Optional.of(Precision.Q5_K) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Precision> fused() {
    return switch (this) {
      case Q3_K_M, Q3_K_L -> Optional.of(Precision.Q4_K);
      case Q4_K_M -> Optional.of(Precision.Q5_K);
      case Q5_K_M -> Optional.of(Precision.Q6_K);
      default -> Optional.empty();
    };
  }

  private Precision value(List<Layer> layers, int layer) {
    int queriesPerKey =
        layers.get(layer).attentions().stream()
            .filter(GroupedQueryAttention.class::isInstance)
            .map(GroupedQueryAttention.class::cast)
            .mapToInt(grouped -> grouped.numAttentionHeads() / grouped.numKeyValueHeads())
            .findFirst()
            .orElse(1);
    Precision wanted =
        switch (this) {
          case Q2_K -> queriesPerKey >= 4 ? Precision.Q4_K : Precision.Q3_K;
          case Q2_K_S, IQ4_XS, IQ4_NL -> queriesPerKey >= 4 ? finer() : base();
          case Q3_K_L -> finer();
          case Q3_K_M -> layer < 2 ? Precision.Q5_K : Precision.Q4_K;
          case Q4_K_S -> layer < 4 ? finer() : base();
          case Q4_K_M, Q5_K_M -> hasMoreBits(layer, layers.size()) ? finer() : base();
          default -> base();
        };
    boolean is70B = layers.size() == LAYERS_OF_70B && queriesPerKey > 1;
    boolean isCoarse = wanted.equals(Precision.Q3_K) || wanted.equals(Precision.Q4_K);
    return is70B && isCoarse ? Precision.Q5_K : wanted;
  }

  private Optional<Precision> down(int layer, int layers) {
    boolean isFiner =
        switch (this) {
          case Q2_K, Q3_K_M, Q3_K_L -> true;
          case Q2_K_S, IQ4_XS, IQ4_NL, Q4_K_S -> layer < layers / 8;
          case Q4_K_M, Q5_K_M -> hasMoreBits(layer, layers);
          default -> false;
        };
    return this == Q3_K_M && layer < layers / 16
        ? Optional.of(Precision.Q5_K)
        : isFiner ? Optional.of(finer()) : Optional.empty();
  }

  /** The first and the last eighth, and every third between. */
  private static boolean hasMoreBits(int layer, int layers) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }

  /** For rows that super-blocks do not fill. */
  private static Precision fallback(Precision wanted, long columns) {
    if (wanted.blockElements() != Precision.SUPER_BLOCK
        || columns % Precision.Q8_0.blockElements() != 0) {
      return Precision.F16;
    }
    return wanted.bitsPerElement() < Precision.Q4_K.bitsPerElement()
        ? Precision.IQ4_NL
        : wanted.equals(Precision.Q4_K)
            ? Precision.Q5_0
            : wanted.equals(Precision.Q5_K) ? Precision.Q5_1 : Precision.Q8_0;
  }
}
