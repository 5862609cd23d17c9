package dev.ridgepoint.estimator.architecture;

import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import java.util.ArrayList;
import java.util.List;

/** What a layer does besides mixing tokens and feeding forward. */
public sealed interface LayerAddition {
  /** The weights, for a residual stream of {@code hiddenSize}. */
  List<WeightTensor> weights(int hiddenSize);

  /**
   * A token's row of a table of the layer's own, gated by the residual stream and projected back to
   * it (Gemma 3n and 4; {@link PerLayerEmbedding} holds the tables).
   *
   * @param width elements of the row
   * @param activation of the gate
   */
  record PerLayerInput(int width, Activation activation) implements LayerAddition {
    public PerLayerInput {
      Limits.requireSize("hidden_size_per_layer_input", width, Limits.MAX_WIDTH);
    }

    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      List<WeightTensor> weights = new ArrayList<>();
      weights.add(WeightTensor.matrix(TensorRole.PER_LAYER_GATE, width, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.PER_LAYER_PROJECTION, hiddenSize, width));
      weights.addAll(Norm.RMS.weights(TensorRole.PER_LAYER_POST_NORM, hiddenSize));
      return weights;
    }
  }

  /** A number that the layer's output is multiplied with (Gemma 4). */
  record OutputScale() implements LayerAddition {
    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      return List.of(WeightTensor.vector(TensorRole.LAYER_SCALE, Part.WEIGHT, 1));
    }
  }

  /**
   * A low-rank path beside the mixer (LAuReL, Menghani et al. 2024, arXiv:2411.07501; Gemma 3n).
   *
   * @param rank width of the path
   */
  record LowRankResidual(int rank) implements LayerAddition {
    public LowRankResidual {
      Limits.requireSize("laurel_rank", rank, Limits.MAX_WIDTH);
    }

    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      List<WeightTensor> weights = new ArrayList<>();
      weights.add(WeightTensor.matrix(TensorRole.LAUREL_DOWN, rank, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.LAUREL_UP, hiddenSize, rank));
      weights.addAll(Norm.RMS.weights(TensorRole.LAUREL_NORM, hiddenSize));
      return weights;
    }
  }

  /**
   * Several residual streams, of which the layer works on one and predicts and corrects the others
   * (AltUp, Baykal et al. 2023, arXiv:2301.13310; Gemma 3n).
   *
   * @param streams how many
   */
  record AlternatingUpdates(int streams) implements LayerAddition {
    public AlternatingUpdates {
      Limits.requireSize("altup_num_inputs", streams, Limits.MAX_EXPERTS);
    }

    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      long coefficients = (long) streams * streams;
      List<WeightTensor> weights = new ArrayList<>();
      weights.addAll(Norm.RMS.weights(TensorRole.ALTUP_ROUTER_NORM, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.ALTUP_ROUTER, streams, hiddenSize));
      weights.add(WeightTensor.matrix(TensorRole.ALTUP_PREDICTION, coefficients, streams));
      weights.add(WeightTensor.matrix(TensorRole.ALTUP_CORRECTION, streams, streams));
      weights.add(WeightTensor.vector(TensorRole.ALTUP_SCALE, Part.WEIGHT, hiddenSize));
      return weights;
    }
  }

  /**
   * Norms around routed experts and a shared one that run side by side, before their router, and a
   * factor for each expert (Gemma 4).
   *
   * @param numExperts experts to choose from
   */
  record ExpertNorms(int numExperts) implements LayerAddition {
    @Override
    public List<WeightTensor> weights(int hiddenSize) {
      List<WeightTensor> weights = new ArrayList<>();
      weights.addAll(Norm.RMS.weights(TensorRole.EXPERTS_NORM, hiddenSize));
      weights.addAll(Norm.RMS.weights(TensorRole.POST_EXPERTS_NORM, hiddenSize));
      weights.addAll(Norm.RMS.weights(TensorRole.POST_SHARED_EXPERT_NORM, hiddenSize));
      weights.addAll(Norm.RMS.weights(TensorRole.ROUTER_NORM, hiddenSize));
      weights.add(WeightTensor.vector(TensorRole.EXPERT_SCALES, Part.WEIGHT, numExperts));
      return weights;
    }
  }
}
