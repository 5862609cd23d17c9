package dev.ridgepoint.estimator.architecture;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A short convolution between two gates (LFM2, arXiv:2511.23404): {@code y = C conv(B x)}, with B,
 * C and x projected from the token.
 *
 * @param channels elements of each of the three
 * @param kernelSize positions that the convolution sees
 * @param bias whether the convolution and the projections have biases
 */
public record GatedConvolution(int channels, int kernelSize, boolean bias)
    implements RecurrentMixer {
  /**
   * @throws IllegalArgumentException one line with the field and its value
   */
  public GatedConvolution {
    Limits.requireSize("conv_dim", channels, Limits.MAX_WIDTH);
  }

  @Override
  public Optional<CausalConvolution> convolution() {
    return Optional.of(new CausalConvolution(channels, kernelSize, bias));
  }

  @Override
  public long recurrentStateElements() {
    return 0;
  }

  @Override
  public long tokenElements() {
    return 6L * channels;
  }

  @Override
  public List<WeightTensor> weights(int hiddenSize) {
    Stream<WeightTensor> projections =
        Stream.of(
            WeightTensor.matrix(TensorRole.MIXER_INPUT, 3L * channels, hiddenSize),
            WeightTensor.vector(TensorRole.MIXER_INPUT, WeightTensor.Part.BIAS, 3L * channels),
            WeightTensor.matrix(TensorRole.MIXER_OUTPUT, hiddenSize, channels),
            WeightTensor.vector(TensorRole.MIXER_OUTPUT, WeightTensor.Part.BIAS, hiddenSize));
    return Stream.concat(
            projections.filter(tensor -> bias || tensor.isMatrix()),
            convolution().orElseThrow().weights().stream())
        .toList();
  }
}
