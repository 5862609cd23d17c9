package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.List;

/**
 * Compresses a model by a method.
 *
 * @param original its weights, which stay as they are
 * @param calibration what it read
 */
public record Compressor(ModelWeights original, Calibration calibration, Workers workers) {

  /**
   * What a method makes of the model.
   *
   * @param dtype what to store matrices as
   * @param sparsity the share of weights that {@link Method#PRUNE} sets to zero
   * @param progress told of each step
   */
  public CompressedModel apply(Method method, DType dtype, double sparsity, Progress progress) {
    return switch (method) {
      case RTN -> new CompressedModel(original, original, dtype);
      case GPTQ -> new CompressedModel(original, gptq(BlockGrid.of(dtype), progress), dtype);
      case AWQ -> {
        ModelWeights scaled = new Awq(calibration, dtype, workers).scaled(original, progress);
        yield new CompressedModel(scaled, scaled, dtype);
      }
      case SMOOTHQUANT -> {
        ModelWeights smoothed = SmoothQuant.smoothed(original, calibration);
        yield new CompressedModel(smoothed, smoothed, dtype);
      }
      case PRUNE ->
          new CompressedModel(
              original,
              eachMatrix(
                  progress,
                  (weights, spec, inputs) ->
                      prune(weights, spec, inputs, Pruning.share(sparsity, inputs.width()))),
              dtype);
      case NM24 ->
          new CompressedModel(
              original,
              eachMatrix(
                  progress,
                  (weights, spec, inputs) -> prune(weights, spec, inputs, Pruning.pattern(2, 4))),
              dtype);
    };
  }

  private interface Change {
    void apply(ModelWeights weights, TensorSpec spec, LayerInputs inputs);
  }

  private ModelWeights eachMatrix(Progress progress, Change change) {
    ModelWeights weights = original.copy();
    List<LinearLayer> layers = calibration.layers();
    for (int done = 0; done < layers.size(); done++) {
      LinearLayer layer = layers.get(done);
      layer.matrices().forEach(spec -> change.apply(weights, spec, calibration.of(layer)));
      progress.steps(done + 1, layers.size());
    }
    return weights;
  }

  private static void prune(
      ModelWeights weights, TensorSpec spec, LayerInputs inputs, Pruning pruning) {
    weights.put(spec, pruning.pruned(spec, weights.numbers(spec), inputs));
  }

  /** Matrices whose rows are no whole blocks stay as they are. */
  private ModelWeights gptq(BlockGrid grid, Progress progress) {
    ModelWeights weights = original.copy();
    List<LinearLayer> layers = calibration.layers();
    for (int done = 0; done < layers.size(); done++) {
      LinearLayer layer = layers.get(done);
      if (layer.inputs() % BlockGrid.BLOCK == 0) {
        Gptq gptq = Gptq.of(grid, calibration.of(layer));
        layer
            .matrices()
            .forEach(spec -> weights.put(spec, gptq.rounded(spec, weights.numbers(spec), workers)));
      }
      progress.steps(done + 1, layers.size());
    }
    return weights;
  }
}
