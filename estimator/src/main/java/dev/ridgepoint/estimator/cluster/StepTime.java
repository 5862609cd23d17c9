package dev.ridgepoint.estimator.cluster;

import dev.ridgepoint.estimator.cluster.Traffic.Kind;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingFlops;
import dev.ridgepoint.estimator.training.TrainingFlops.Mask;
import dev.ridgepoint.estimator.training.TrainingModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time of one optimizer step: (m + (p - 1) / v) times one micro-batch on the slowest stage,
 * which is the last, because it has the head, plus what communication does not hide. A bound:
 * norms, softmax, the optimizer's own work and the loading of data are not in it. For the published
 * run of GPT-3 on 384 A100 (Narayanan et al. 2021, table 2), with matrix products as fast as any
 * measured on that device, it is 1.4 times too fast.
 *
 * @param computeSeconds matrix products of all micro-batches
 * @param tensorSeconds sums within layers of all micro-batches
 * @param bubbleSeconds waiting for the pipeline to fill and to drain
 * @param pipelineSeconds messages between stages that do not hide
 * @param dataSeconds messages between replicas that do not hide
 * @param modelFlops of all devices, without what is computed again
 * @param clusterPeakFlopsPerSecond of all devices
 */
public record StepTime(
    double computeSeconds,
    double tensorSeconds,
    double bubbleSeconds,
    double pipelineSeconds,
    double dataSeconds,
    double modelFlops,
    double clusterPeakFlopsPerSecond) {

  /** The step of a layout that uses all devices of the cluster. */
  static StepTime of(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      Cluster cluster,
      Overlap overlap) {
    Mask mask = options.flashAttention() ? Mask.CAUSAL : Mask.FULL;
    TrainingFlops flops = TrainingFlops.perSequence(model, batch.sequenceLength(), mask);
    double perLayer =
        3.0 * flops.layerForwardFlops()
            + flops.layerRecomputedFlops(options.checkpointing(), options.flashAttention());
    double stageLayers = (double) model.numHiddenLayers() / layout.pipelineParallel();
    double stageFlops =
        (stageLayers * perLayer + 3.0 * flops.headFlops())
            * batch.microBatch()
            / layout.tensorParallel();
    double computePerMicroBatch =
        stageFlops / (cluster.peakFlopsPerSecond() * cluster.kernelEfficiency());

    List<Traffic> traffic = new StepTraffic(model, batch, layout, options, cluster, overlap).all();
    double compute = computePerMicroBatch * batch.microBatches();
    double tensor = exposed(traffic, Kind.TENSOR);
    PipelineSchedule schedule =
        new PipelineSchedule(
            layout.pipelineParallel(), batch.microBatches(), layout.chunksPerStage());
    double stretch = schedule.microBatchTimes() / batch.microBatches() - 1;
    double sequences = (double) batch.microBatch() * batch.microBatches() * layout.dataParallel();
    return new StepTime(
        compute,
        tensor,
        (compute + tensor) * stretch,
        exposed(traffic, Kind.PIPELINE),
        exposed(traffic, Kind.DATA),
        sequences * flops.modelFlops().doubleValue(),
        cluster.peakFlopsPerSecond() * layout.devices());
  }

  private static double exposed(List<Traffic> traffic, Kind kind) {
    return traffic.stream()
        .filter(message -> message.kind() == kind)
        .mapToDouble(Traffic::exposedSeconds)
        .sum();
  }

  /** All of it. */
  public double seconds() {
    return computeSeconds + tensorSeconds + bubbleSeconds + pipelineSeconds + dataSeconds;
  }

  /** MFU: the share of the peak that the model's own FLOPs get. */
  public double modelFlopsUtilization() {
    return modelFlops / (clusterPeakFlopsPerSecond * seconds());
  }

  /** The time with its terms. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("compute", computeSeconds);
    inputs.put("tensor", tensorSeconds);
    inputs.put("bubble", bubbleSeconds);
    inputs.put("pipeline", pipelineSeconds);
    inputs.put("data", dataSeconds);
    return new Derivation(
        "time of a training step",
        seconds(),
        "s",
        "compute + tensor + bubble + pipeline + data",
        inputs,
        List.of(
            new Derivation.Term("matrix products", computeSeconds),
            new Derivation.Term("tensor-parallel sums", tensorSeconds),
            new Derivation.Term("pipeline bubble", bubbleSeconds),
            new Derivation.Term("between stages", pipelineSeconds),
            new Derivation.Term("between replicas", dataSeconds)),
        "Narayanan et al. 2021, arXiv:2104.04473, sections 2 and 3");
  }
}
