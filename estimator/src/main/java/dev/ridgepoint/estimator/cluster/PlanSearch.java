package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.ZeroStage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tries every way to cut a cluster into data, tensor and pipeline parallelism, and for each every
 * ZeRO stage, kind of checkpointing, micro-batch that is a power of two, and schedule.
 *
 * @param plans the best of every cut that fits, fastest first
 * @param rejections the cuts that do not work, each with its reason
 */
public record PlanSearch(List<TrainingPlan> plans, List<Rejection> rejections) {
  private static final double GIGA = 1e9;

  private static final Comparator<TrainingPlan> FASTEST_THEN_SMALLEST =
      Comparator.<TrainingPlan>comparingDouble(plan -> plan.time().seconds())
          .thenComparingLong(plan -> plan.memory().deviceBytes());

  /**
   * A cut that does not work.
   *
   * @param layout the cut
   * @param reason one line
   */
  public record Rejection(ParallelLayout layout, String reason) {}

  /**
   * What is to be trained.
   *
   * @param sequenceLength tokens of one sequence
   * @param globalBatch sequences of one optimizer step, over all replicas
   * @param options precision, optimizer and attention; the search chooses the rest
   * @param overlap what communication is assumed to hide
   */
  public record Task(
      TrainingModel model,
      int sequenceLength,
      int globalBatch,
      MemoryOptions options,
      Overlap overlap) {
    public Task {
      requirePositive("task", "sequenceLength", sequenceLength);
      requirePositive("task", "globalBatch", globalBatch);
    }
  }

  public PlanSearch {
    plans = List.copyOf(plans);
    rejections = List.copyOf(rejections);
  }

  /** All cuts of the cluster. */
  public static PlanSearch of(Task task, Cluster cluster) {
    List<TrainingPlan> plans = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (int tensor : divisors(cluster.devices())) {
      int rest = cluster.devices() / tensor;
      for (int pipeline : divisors(rest)) {
        ParallelLayout layout =
            new ParallelLayout(rest / pipeline, tensor, pipeline, tensor > 1, 1);
        Optional<String> mismatch = mismatch(task, layout);
        if (mismatch.isPresent()) {
          rejections.add(new Rejection(layout, mismatch.get()));
          continue;
        }
        List<TrainingPlan> candidates = candidates(task, layout, cluster);
        candidates.stream()
            .filter(plan -> plan.memory().deviceBytes() <= cluster.memoryBytes())
            .min(FASTEST_THEN_SMALLEST)
            .ifPresentOrElse(
                plans::add, () -> rejections.add(tooLarge(layout, candidates, cluster)));
      }
    }
    plans.sort(FASTEST_THEN_SMALLEST);
    return new PlanSearch(plans, rejections);
  }

  private static Optional<String> mismatch(Task task, ParallelLayout layout) {
    int heads = task.model().numAttentionHeads();
    int layers = task.model().numHiddenLayers();
    if (heads % layout.tensorParallel() != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d attention heads cannot be shared by %d devices",
              heads,
              layout.tensorParallel()));
    }
    if (layers % layout.pipelineParallel() != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d layers cannot be shared by %d stages",
              layers,
              layout.pipelineParallel()));
    }
    if (task.globalBatch() % layout.dataParallel() != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d sequences cannot be shared by %d replicas",
              task.globalBatch(),
              layout.dataParallel()));
    }
    return Optional.empty();
  }

  private static Rejection tooLarge(
      ParallelLayout layout, List<TrainingPlan> candidates, Cluster cluster) {
    long least =
        candidates.stream().mapToLong(plan -> plan.memory().deviceBytes()).min().orElseThrow();
    return new Rejection(
        layout,
        String.format(
            Locale.ROOT,
            "needs %.1f GB per device at the least, has %.1f GB",
            least / GIGA,
            cluster.memoryBytes() / GIGA));
  }

  private static List<TrainingPlan> candidates(Task task, ParallelLayout cut, Cluster cluster) {
    int sequences = task.globalBatch() / cut.dataParallel();
    List<TrainingPlan> candidates = new ArrayList<>();
    for (int micro = 1; micro <= sequences && sequences % micro == 0; micro *= 2) {
      TrainingBatch batch = new TrainingBatch(task.sequenceLength(), micro, sequences / micro);
      for (ParallelLayout layout : schedules(task.model(), cut, batch)) {
        for (MemoryOptions options : options(task, layout)) {
          candidates.add(
              new TrainingPlan(
                  layout,
                  batch,
                  options,
                  TrainingMemory.peak(task.model(), batch, layout, options),
                  StepTime.of(task.model(), batch, layout, options, cluster, task.overlap())));
        }
      }
    }
    return candidates;
  }

  /** Plain, and interleaved with every number of chunks; that needs m to be a multiple of p. */
  private static List<ParallelLayout> schedules(
      TrainingModel model, ParallelLayout cut, TrainingBatch batch) {
    List<ParallelLayout> schedules = new ArrayList<>(List.of(cut));
    int stages = cut.pipelineParallel();
    if (stages > 1 && batch.microBatches() % stages == 0) {
      for (int chunks : divisors(model.numHiddenLayers() / stages)) {
        if (chunks > 1) {
          schedules.add(
              new ParallelLayout(
                  cut.dataParallel(),
                  cut.tensorParallel(),
                  stages,
                  cut.sequenceParallel(),
                  chunks));
        }
      }
    }
    return schedules;
  }

  private static List<MemoryOptions> options(Task task, ParallelLayout layout) {
    List<MemoryOptions> choices = new ArrayList<>();
    for (ZeroStage zero : ZeroStage.values()) {
      if (zero == ZeroStage.NONE || layout.dataParallel() > 1) {
        for (Checkpointing checkpointing : Checkpointing.values()) {
          choices.add(task.options().with(zero).with(checkpointing, 1));
        }
      }
    }
    return choices;
  }

  private static List<Integer> divisors(int number) {
    List<Integer> divisors = new ArrayList<>();
    for (int divisor = 1; divisor <= number; divisor++) {
      if (number % divisor == 0) {
        divisors.add(divisor);
      }
    }
    return divisors;
  }
}
