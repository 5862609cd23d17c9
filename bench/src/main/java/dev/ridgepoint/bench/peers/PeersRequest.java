package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.run.JmhMeasurement;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the user wants compared.
 *
 * @param kinds of workloads
 * @param sizes of square products
 * @param rows of projections
 * @param models presets, or folders or files with a config
 * @param prompt tokens of a prefill
 * @param context tokens cached before a decode step
 * @param dtypes storage formats of the weights of decode and prefill; products are F32
 * @param threads sizes of the team
 * @param engines names; all if empty
 * @param pairs how often each comparison is measured, in turns
 * @param quick whether a first look is enough
 */
public record PeersRequest(
    Set<Kind> kinds,
    List<Integer> sizes,
    List<Integer> rows,
    List<String> models,
    int prompt,
    int context,
    Set<DType> dtypes,
    Set<Integer> threads,
    Set<String> engines,
    int pairs,
    boolean quick) {

  /** Of a product: some engines make 5 GFLOP/s of it. */
  private static final double LONG_FLOPS = 5e10;

  /** Kinds of workloads. */
  public enum Kind {
    SQUARES,
    PROJECTIONS,
    PREFILL,
    DECODE
  }

  /**
   * @throws InvalidInputException if a number is not positive, a model is unknown, or a step
   *     exceeds a model's context
   */
  public PeersRequest {
    requirePositive("--size", sizes);
    requirePositive("--rows", rows);
    requirePositive("--prompt", List.of(prompt));
    requirePositive("--context", List.of(context));
    requirePositive("--pairs", List.of(pairs));
    for (String model : models) {
      int most = ModelSource.runnable(model).maxPositions();
      if (Math.max(prompt, context + 1) > most) {
        throw new InvalidInputException(
            model,
            String.format(
                Locale.ROOT, "attends to %d tokens, which --prompt or --context exceeds", most));
      }
    }
  }

  private static void requirePositive(String option, Collection<Integer> values) {
    for (int value : values) {
      if (value < 1) {
        throw new InvalidInputException(option, value + " is not positive");
      }
    }
  }

  /** All workloads that were asked for. */
  List<Workload> workloads() {
    List<Workload> workloads = new ArrayList<>();
    if (kinds.contains(Kind.SQUARES)) {
      sizes.forEach(n -> workloads.add(new Workload.Product("matmul", n, n, n)));
    }
    for (String model : models) {
      Architecture architecture = ModelSource.runnable(model);
      if (kinds.contains(Kind.PROJECTIONS)) {
        rows.forEach(m -> workloads.addAll(projections(model, architecture, m)));
      }
      if (kinds.contains(Kind.PREFILL)) {
        workloads.add(new Workload.Prefill(model, architecture, prompt));
      }
      if (kinds.contains(Kind.DECODE)) {
        workloads.add(new Workload.Decode(model, architecture, context));
      }
    }
    return workloads;
  }

  /** The two that a decoder spends most of its prefill in. */
  private static List<Workload> projections(String model, Architecture architecture, int rows) {
    int hidden = architecture.hiddenSize();
    Layer first = architecture.decoder().orElseThrow().layers().getFirst();
    int intermediate = ((DenseFeedForward) first.feedForward()).intermediateSize();
    return List.of(
        new Workload.Product(model + " gate_up", rows, hidden, 2 * intermediate),
        new Workload.Product(model + " down", rows, intermediate, hidden));
  }

  /**
   * How each of a pair is measured, in a JVM of its own. Benchmarks have called what is to be
   * compiled before; what may take seconds gets one iteration, since the pairs repeat it.
   */
  JmhMeasurement.Repetition repetition(Workload workload) {
    if (quick) {
      return new JmhMeasurement.Repetition(1, 1, 3, 100);
    }
    boolean isLong =
        switch (workload) {
          case Workload.Product product -> product.amount() > LONG_FLOPS;
          case Workload.Prefill _ -> true;
          case Workload.Decode _ -> false;
        };
    return new JmhMeasurement.Repetition(1, 1, isLong ? 1 : 5, 500);
  }
}
