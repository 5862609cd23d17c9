package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All weights of a model, in memory, to be replaced one by one. Matrices are numbers until a method
 * has stored them.
 */
public final class ModelWeights implements WeightSource {
  private final Architecture architecture;
  private final Map<TensorSpec, Tensor> tensors;

  private ModelWeights(Architecture architecture, Map<TensorSpec, Tensor> tensors) {
    this.architecture = architecture;
    this.tensors = tensors;
  }

  /** Reads all weights of {@code source}, as F32. */
  public static ModelWeights read(Architecture architecture, WeightSource source) {
    ModelWeights weights = new ModelWeights(architecture, new LinkedHashMap<>());
    CheckpointLayout.of(architecture)
        .tensors()
        .forEach(
            spec -> {
              weights.put(spec, spec.isMatrix() ? numbers(spec, source) : source.vector(spec));
              source.release(spec);
            });
    return weights;
  }

  private static float[] numbers(TensorSpec spec, WeightSource source) {
    int columns = columns(spec);
    RowSource rows = source.matrix(spec);
    float[] numbers = new float[Math.multiplyExact(rows(spec), columns)];
    for (int row = 0; row < rows(spec); row++) {
      rows.read(row, numbers, row * columns);
    }
    return numbers;
  }

  /** Outputs of a matrix, or elements of a vector. */
  static int rows(TensorSpec spec) {
    return Math.toIntExact(spec.shape().getFirst());
  }

  /** Inputs of a matrix; 1 of a vector. */
  static int columns(TensorSpec spec) {
    return spec.isMatrix() ? Math.toIntExact(spec.shape().get(1)) : 1;
  }

  public Architecture architecture() {
    return architecture;
  }

  /** The same weights, of which some may be replaced without a change to these. */
  public ModelWeights copy() {
    return new ModelWeights(architecture, new LinkedHashMap<>(tensors));
  }

  /** The numbers of a tensor, row after row; a copy. */
  public float[] numbers(TensorSpec spec) {
    return numbers(tensors.get(spec));
  }

  static float[] numbers(Tensor tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.elements())];
    tensor.read(0, numbers, 0, numbers.length);
    return numbers;
  }

  /** Replaces a tensor by numbers. */
  public void put(TensorSpec spec, float[] numbers) {
    Tensor tensor = allocate(spec, DType.F32);
    DType.F32.codec().encode(numbers, 0, numbers.length, tensor.segment(), 0);
    tensors.put(spec, tensor);
  }

  /** Replaces a matrix by what {@code tensor} stores. */
  public void put(TensorSpec spec, Tensor tensor) {
    tensors.put(spec, tensor);
  }

  /** Memory for a tensor, which lives as long as it is reachable. */
  static Tensor allocate(TensorSpec spec, DType dtype) {
    return spec.isMatrix()
        ? Tensor.allocate(Arena.ofAuto(), dtype, rows(spec), columns(spec))
        : Tensor.allocate(Arena.ofAuto(), dtype, rows(spec));
  }

  /** A matrix as a file of {@code dtype} stores it: see {@link ModelExport#typeOf}. */
  static Tensor stored(TensorSpec spec, float[] numbers, DType dtype, Workers workers) {
    int columns = columns(spec);
    Tensor tensor = allocate(spec, ModelExport.typeOf(spec, dtype, Optional.empty()));
    tensor.encode(
        workers,
        (row, target, offset) -> System.arraycopy(numbers, row * columns, target, offset, columns));
    return tensor;
  }

  @Override
  public RowSource matrix(TensorSpec spec) {
    return tensors.get(spec).rowSource();
  }

  @Override
  public float[] vector(TensorSpec spec) {
    return numbers(spec);
  }
}
