package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.IntegerPacking;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compresses a model by a method.
 *
 * @param original its weights, which stay as they are
 * @param calibration what it read
 */
public record Compressor(ModelWeights original, Calibration calibration, Workers workers) {
  private static final Progress SILENT = (done, total) -> {};

  /**
   * How far a method goes.
   *
   * @param grid what methods that store weights in fewer bits round them to
   * @param dense what these leave embedding and head in, and what others leave all matrices in
   * @param sparsity the share of weights that {@link Method#PRUNE} sets to zero
   * @param packing how a folder's integers will be published: matrices that it cannot hold are F16
   */
  public record Settings(
      Grid grid, DType dense, double sparsity, Optional<IntegerPacking> packing) {
    private boolean isPacked(TensorSpec matrix) {
      return packing.isEmpty() || packing.get().holds(matrix);
    }
  }

  /**
   * What a method makes of the model.
   *
   * @param method any but {@link Method#DISTIL}, which makes other weights: see {@link
   *     Distillation}
   * @param progress told of each step
   */
  public CompressedModel apply(Method method, Settings settings, Progress progress) {
    Grid grid = settings.grid();
    return switch (method) {
      case RTN -> rounded(original, settings, progress);
      case GPTQ -> quantised(original, settings, gptq(grid), progress);
      case AWQ -> {
        Awq awq = new Awq(calibration, grid, workers);
        ModelWeights scaled = awq.scaled(original, progress);
        yield quantised(
            scaled,
            settings,
            layer -> (spec, numbers) -> awq.rounded(layer, spec, numbers),
            SILENT);
      }
      case SMOOTHQUANT -> rounded(SmoothQuant.smoothed(original, calibration), settings, progress);
      case PRUNE ->
          pruned(settings, layer -> Pruning.share(settings.sparsity(), layer.inputs()), progress);
      case NM24 -> pruned(settings, layer -> Pruning.pattern(2, 4), progress);
      case DISTIL -> throw new IllegalArgumentException("a student has weights of its own");
    };
  }

  /** What becomes of the matrices of a layer. */
  private interface OfLayer<T> {
    T of(LinearLayer layer);
  }

  private interface OfMatrix {
    Tensor of(TensorSpec spec, float[] numbers);
  }

  private CompressedModel rounded(ModelWeights reference, Settings settings, Progress progress) {
    return quantised(reference, settings, layer -> nearest(settings.grid()), progress);
  }

  private OfMatrix nearest(Grid grid) {
    return (spec, numbers) -> RoundToNearest.rounded(spec, numbers, grid, workers);
  }

  /** Matrices whose rows are no whole blocks are in F16 whatever the method. */
  private OfLayer<OfMatrix> gptq(Grid grid) {
    return layer -> {
      if (layer.inputs() % BlockGrid.BLOCK != 0) {
        return nearest(grid);
      }
      Gptq gptq = Gptq.of(grid, calibration.of(layer));
      return (spec, numbers) -> gptq.rounded(spec, numbers, workers);
    };
  }

  /** Experts, which are not calibrated, are rounded to nearest. */
  private CompressedModel quantised(
      ModelWeights reference, Settings settings, OfLayer<OfMatrix> change, Progress progress) {
    ModelWeights weights = reference.copy();
    Set<TensorSpec> others = new HashSet<>(matricesOfLayers());
    OfLayer<OfMatrix> packed = layer -> packed(settings, change.of(layer));
    others.removeAll(changeLinears(weights, packed, progress));
    OfMatrix nearest = packed(settings, nearest(settings.grid()));
    others.forEach(spec -> weights.put(spec, nearest.of(spec, weights.numbers(spec))));
    DType dtype = settings.grid().blocks().dtype();
    return new CompressedModel(reference, weights, dtype, settings.dense(), settings.packing());
  }

  private OfMatrix packed(Settings settings, OfMatrix change) {
    return (spec, numbers) ->
        settings.isPacked(spec)
            ? change.of(spec, numbers)
            : ModelWeights.stored(spec, numbers, DType.F16, workers);
  }

  private CompressedModel pruned(Settings settings, OfLayer<Pruning> pruning, Progress progress) {
    ModelWeights weights = original.copy();
    changeLinears(
        weights,
        layer ->
            (spec, numbers) ->
                ModelWeights.stored(
                    spec,
                    pruning.of(layer).pruned(spec, numbers, calibration.of(layer)),
                    settings.dense(),
                    workers),
        progress);
    return new CompressedModel(
        original, weights, settings.dense(), settings.dense(), Optional.empty());
  }

  private Set<TensorSpec> changeLinears(
      ModelWeights weights, OfLayer<OfMatrix> change, Progress progress) {
    Set<TensorSpec> changed = new HashSet<>();
    List<LinearLayer> layers = calibration.layers();
    for (int done = 0; done < layers.size(); done++) {
      LinearLayer layer = layers.get(done);
      OfMatrix ofLayer = change.of(layer);
      for (TensorSpec spec : layer.matrices()) {
        weights.put(spec, ofLayer.of(spec, weights.numbers(spec)));
        changed.add(spec);
      }
      progress.steps(done + 1, layers.size());
    }
    return changed;
  }

  private List<TensorSpec> matricesOfLayers() {
    return CheckpointLayout.of(original.architecture())
        .tensors()
        .filter(spec -> spec.isMatrix() && spec.layer() != Operation.NO_LAYER)
        .toList();
  }
}
