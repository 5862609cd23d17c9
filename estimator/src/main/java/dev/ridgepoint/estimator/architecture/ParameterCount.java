package dev.ridgepoint.estimator.architecture;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The parameters of a model by component, each stored weight once: a tied output head counts with
 * the embedding. Rotary and ALiBi tables are no parameters.
 *
 * <p>Source: the tensor shapes of the family's modelling code in the transformers library. For a
 * Llama decoder, with h hiddenSize, a and k query and key/value heads of d elements, I
 * intermediateSize, L layers: embedding Vh; attention L(2had + 2hkd); feed-forward 3LhI; norms (2L
 * + 1)h; head Vh, or 0 when tied.
 *
 * @param components every component, those without parameters as 0
 * @param isTied whether the head's matrix is the embedding
 */
public record ParameterCount(Map<Component, Long> components, boolean isTied) {

  public ParameterCount {
    EnumMap<Component, Long> all = new EnumMap<>(Component.class);
    for (Component component : Component.values()) {
      all.put(component, components.getOrDefault(component, 0L));
    }
    components = Collections.unmodifiableMap(all);
  }

  /** All parameters. Modules that predict further tokens in training are not among them. */
  public static ParameterCount of(Architecture architecture) {
    return count(architecture.weights(), architecture.isTied(), WeightTensor::parameters);
  }

  /**
   * The parameters that one token passes: of experts, only those chosen for it. Both the embedding
   * and the head are counted, as Mixtral's and Qwen3's publishers do; see {@link
   * #withoutInputEmbedding()}.
   */
  public static ParameterCount active(Architecture architecture) {
    return count(architecture.weights(), architecture.isTied(), WeightTensor::activeParameters);
  }

  /** The parameters of the modules that predict further tokens, embedding and head shared. */
  public static ParameterCount ofNextTokenPrediction(Architecture architecture) {
    return count(
        architecture.nextTokenPredictionWeights(), architecture.isTied(), WeightTensor::parameters);
  }

  /** The parameters of one component. */
  public long of(Component component) {
    return components.get(component);
  }

  /** All parameters. */
  public long total() {
    return components.values().stream().reduce(0L, Math::addExact);
  }

  /**
   * Without an input embedding that is only looked up, as the publishers of gpt-oss and
   * DeepSeek-V2-Lite count active parameters. A tied embedding stays, because the head uses it.
   */
  public long withoutInputEmbedding() {
    return isTied ? total() : total() - of(Component.EMBEDDING);
  }

  /**
   * Without embeddings, positions and head: the N of Kaplan et al. 2020 (arXiv:2001.08361), norms
   * included.
   */
  public long nonEmbedding() {
    return total() - of(Component.EMBEDDING) - of(Component.POSITIONS) - of(Component.HEAD);
  }

  /** The share of a component in the total, 0 to 1. */
  public double share(Component component) {
    return (double) of(component) / total();
  }

  private static ParameterCount count(
      Iterable<WeightTensor> weights, boolean isTied, ToLongFunction<WeightTensor> parameters) {
    EnumMap<Component, Long> counts = new EnumMap<>(Component.class);
    for (WeightTensor tensor : weights) {
      counts.merge(tensor.component(), parameters.applyAsLong(tensor), Math::addExact);
    }
    return new ParameterCount(counts, isTied);
  }
}
