package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.List;

/**
 * Predicts or corrects the residual streams of a token (AltUp, Baykal et al. 2023,
 * arXiv:2301.13310). A router gives a number per stream: norm, product, tanh. From these come n x n
 * coefficients, which mix the streams and are added to them; or n of them, which weigh what the
 * layer has changed in the stream that it worked on.
 *
 * @param streams the n
 * @param width elements of a stream
 * @param predicts whether before the layer's parts, or behind them
 * @param weights of router and coefficients, and of a correction the scale of its output
 */
public record AlternateStreams(
    String name, int layer, int streams, long width, boolean predicts, List<WeightTensor> weights)
    implements Operation {
  public AlternateStreams {
    weights = List.copyOf(weights);
  }

  @Override
  public Cost cost(StepWork work) {
    long tokens = work.tokens();
    CostCounter counter =
        work.counter()
            .flops(Norm.RMS.flops(tokens, width))
            .multiplyAdds(tokens, streams, width)
            .flops(tokens, streams)
            .weights(layer, weights)
            .activations(2, tokens, streams, width);
    if (predicts) {
      return counter
          .multiplyAdds(tokens, streams, streams, streams)
          .multiplyAdds(tokens, streams, streams, width)
          .flops(tokens, streams, width)
          .cost();
    }
    // Coefficients and their offset; what has changed; its weighted sum; the scaled output.
    return counter
        .multiplyAdds(tokens, streams, streams)
        .flops(tokens, streams)
        .flops(tokens, width)
        .multiplyAdds(tokens, streams, width)
        .flops(tokens, width)
        .cost();
  }
}
