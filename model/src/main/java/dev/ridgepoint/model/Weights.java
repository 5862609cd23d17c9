package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.ExpertWeights;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import dev.ridgepoint.model.support.EngineSupport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The weights of a decoder's operations, packed for the engine. Matrices that an operation
 * multiplies at once, as those of queries, keys and values, are one where they have one type, or
 * else one for each run of a type; vectors are F32 whatever the matrices are.
 */
public final class Weights {
  private final Architecture architecture;
  private final List<Operation> operations;
  private final Map<List<TensorSpec>, List<PackedMatrix>> matrices = new HashMap<>();
  private final Map<TensorSpec, float[]> vectors = new HashMap<>();

  private Weights(Architecture architecture) {
    this.architecture = architecture;
    operations = OperationList.ofEngine(architecture);
  }

  /** Told how far loading has come. */
  @FunctionalInterface
  public interface Progress {
    /** {@code done} of {@code total} matrices are packed. */
    void matrices(int done, int total);
  }

  /**
   * Reads and packs all weights.
   *
   * @param architecture one that the engine runs: see {@link EngineSupport}
   * @param types what matrices are packed as
   * @param arena owns the packed weights
   * @throws InvalidInputException if a type cannot hold a matrix, as F16 what is beyond 65504
   */
  public static Weights load(
      Architecture architecture,
      WeightSource source,
      MatrixTypes types,
      Arena arena,
      Workers workers,
      Progress progress) {
    Weights weights = new Weights(architecture);
    // First: a page of the file that a vector is on brings those around it, of matrices, with it.
    weights.loadVectors(source);
    SequencedMap<List<TensorSpec>, Integer> groups = new LinkedHashMap<>();
    for (Operation operation : weights.operations) {
      matrixSpecs(operation).forEach(specs -> groups.put(specs, heads(operation)));
    }
    groups.forEach(
        (specs, heads) -> {
          List<PackedMatrix> packed =
              runs(specs, types).stream()
                  .flatMap(
                      run -> pack(run, heads, source, types.of(run.getFirst()), arena, workers))
                  .toList();
          weights.matrices.put(specs, packed);
          specs.forEach(source::release);
          progress.matrices(weights.matrices.size(), groups.size());
        });
    return weights;
  }

  /** How many matrices an operation needs each of its tensors cut into. */
  private static int heads(Operation operation) {
    return operation instanceof AbsorbLatents absorb ? absorb.attention().numAttentionHeads() : 1;
  }

  private void loadVectors(WeightSource source) {
    for (Operation operation : operations) {
      CheckpointLayout.tensors(operation)
          .filter(spec -> !spec.isMatrix())
          .forEach(spec -> vectors.put(spec, vector(spec, source, architecture)));
    }
  }

  private static float[] vector(TensorSpec spec, WeightSource source, Architecture architecture) {
    float[] vector = source.vector(spec);
    boolean isWeight = spec.part() == WeightTensor.Part.WEIGHT;
    if (architecture.numerics().normWeightsAreOffsets() && spec.role().isNorm() && isWeight) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] += 1;
      }
    }
    return vector;
  }

  /** Neighbours of one type together. */
  private static List<List<TensorSpec>> runs(List<TensorSpec> specs, MatrixTypes types) {
    List<List<TensorSpec>> runs = new ArrayList<>();
    for (TensorSpec spec : specs) {
      if (runs.isEmpty() || types.of(runs.getLast().getFirst()) != types.of(spec)) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(spec);
    }
    return runs;
  }

  /**
   * Packs tensors [outputs, inputs] of the same inputs as one matrix, one below the other, or as
   * one for as many outputs of each head.
   */
  private static Stream<PackedMatrix> pack(
      List<TensorSpec> parts,
      int heads,
      WeightSource source,
      DType dtype,
      Arena arena,
      Workers workers) {
    int outputs = parts.stream().mapToInt(Weights::outputs).reduce(0, Math::addExact) / heads;
    int inputs = Math.toIntExact(parts.getFirst().shape().get(1));
    RowSource rows = joined(parts, source);
    try {
      List<PackedMatrix> packed = new ArrayList<>();
      for (int head = 0; head < heads; head++) {
        RowSource ofHead = rows.from(head * outputs);
        packed.add(PackedMatrix.pack(arena, workers, dtype, outputs, inputs, ofHead));
      }
      return packed.stream();
    } catch (IllegalArgumentException e) {
      String names = parts.stream().map(TensorSpec::name).collect(Collectors.joining(", "));
      throw new InvalidInputException(names, e.getMessage(), e);
    }
  }

  private static int outputs(TensorSpec matrix) {
    return Math.toIntExact(matrix.shape().getFirst());
  }

  /** The rows of several matrices, one below the other. */
  private static RowSource joined(List<TensorSpec> parts, WeightSource source) {
    RowSource[] rows = parts.stream().map(source::matrix).toArray(RowSource[]::new);
    int[] firstRows = new int[rows.length];
    for (int part = 1; part < rows.length; part++) {
      firstRows[part] = firstRows[part - 1] + outputs(parts.get(part - 1));
    }
    return new RowSource() {
      @Override
      public void read(int row, float[] target, int offset) {
        int part = part(row);
        rows[part].read(row - firstRows[part], target, offset);
      }

      @Override
      public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
        int part = part(row);
        rows[part].encode(row - firstRows[part], count, dtype, target, offset);
      }

      private int part(int row) {
        int part = rows.length - 1;
        while (row < firstRows[part]) {
          part--;
        }
        return part;
      }
    };
  }

  public Architecture architecture() {
    return architecture;
  }

  /** What a decoder of these weights executes in every step. */
  public List<Operation> operations() {
    return operations;
  }

  /**
   * The matrix of an operation that multiplies or gathers, in parts of one type each, one below the
   * other; one that is tied is shared.
   */
  List<PackedMatrix> matrix(Operation operation) {
    return matrices.get(matrixSpecs(operation).findFirst().orElseThrow());
  }

  /** The matrix of each head. */
  List<PackedMatrix> heads(AbsorbLatents operation) {
    return matrix(operation);
  }

  /** The weights of a projection of all experts. */
  ExpertWeights experts(ExpertLinear operation) {
    return new ExpertWeights(
        matrixSpecs(operation).map(matrices::get).toList(),
        operation.biases().isEmpty()
            ? List.of()
            : CheckpointLayout.copies(operation)
                .mapToObj(expert -> joined(operation, operation.biases(), expert))
                .toList());
  }

  /** A vector of an operation. */
  float[] vector(Operation operation, WeightTensor tensor) {
    return vectors.get(TensorSpec.of(operation.layer(), tensor, 0));
  }

  /** Vectors of an operation, one after the other; null if there are none. */
  float[] joined(Operation operation, List<WeightTensor> tensors) {
    return tensors.isEmpty() ? null : joined(operation, tensors, 0);
  }

  private float[] joined(Operation operation, List<WeightTensor> tensors, int copy) {
    float[] all = new float[0];
    for (WeightTensor tensor : tensors) {
      float[] next = vectors.get(TensorSpec.of(operation.layer(), tensor, copy));
      int start = all.length;
      all = Arrays.copyOf(all, start + next.length);
      System.arraycopy(next, 0, all, start, next.length);
    }
    return all;
  }

  /** The tensors of each matrix that an operation multiplies with or gathers from. */
  private static Stream<List<TensorSpec>> matrixSpecs(Operation operation) {
    List<WeightTensor> matrices =
        operation.weights().stream().filter(WeightTensor::isMatrix).toList();
    return matrices.isEmpty()
        ? Stream.empty()
        : CheckpointLayout.copies(operation)
            .mapToObj(
                copy ->
                    matrices.stream()
                        .map(tensor -> TensorSpec.of(operation.layer(), tensor, copy))
                        .toList());
  }
}
