package dev.ridgepoint.estimator.cluster;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.cluster.Traffic.Kind;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingModel;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of one device in one optimizer step. Devices are numbered with tensor parallelism
 * fastest, then data, then pipeline (Narayanan et al. 2021, arXiv:2104.04473, section 3), so that
 * what talks most is nearest.
 */
public final class StepTraffic {
  private final TrainingModel model;
  private final TrainingBatch batch;
  private final ParallelLayout layout;
  private final MemoryOptions options;
  private final Cluster cluster;
  private final Overlap overlap;

  /**
   * @param batch of one replica
   */
  public StepTraffic(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      Cluster cluster,
      Overlap overlap) {
    this.model = model;
    this.batch = batch;
    this.layout = layout;
    this.options = options;
    this.cluster = cluster;
    this.overlap = overlap;
  }

  /** Everything that a device of a middle stage says, and the first's embedding. */
  public List<Traffic> all() {
    List<Traffic> traffic = new ArrayList<>(tensorParallel());
    traffic.addAll(pipelineParallel());
    traffic.addAll(dataParallel());
    return traffic;
  }

  /**
   * Two sums of b s h activations per layer forward and two backward; full checkpointing says the
   * forward ones again. With sequence parallelism each sum is a reduce-scatter and an all-gather,
   * together as many bytes, and the backward pass gathers two inputs again, behind its computation.
   * One more sum each way for embedding and head. Sources: Shoeybi et al. 2019, arXiv:1909.08053,
   * section 3; Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2.
   */
  public List<Traffic> tensorParallel() {
    int ranks = layout.tensorParallel();
    if (ranks == 1) {
      return List.of();
    }
    Link link = cluster.linkFor(ranks);
    long passes = multiplyExact(stageLayers(), (long) batch.microBatches());
    long perLayer = options.checkpointing() == Checkpointing.FULL ? 6 : 4;
    long sums = multiplyExact(passes, perLayer) + 2L * batch.microBatches();
    long bytes = activationBytes();
    if (!layout.sequenceParallel()) {
      return List.of(
          new Traffic(
              Kind.TENSOR, "layer outputs", Collective.ALL_REDUCE, ranks, bytes, sums, link, 0));
    }
    return List.of(
        new Traffic(
            Kind.TENSOR, "layer outputs", Collective.REDUCE_SCATTER, ranks, bytes, sums, link, 0),
        new Traffic(
            Kind.TENSOR, "layer inputs", Collective.ALL_GATHER, ranks, bytes, sums, link, 0),
        new Traffic(
            Kind.TENSOR,
            "inputs for weight gradients",
            Collective.ALL_GATHER,
            ranks,
            bytes,
            multiplyExact(2, passes),
            link,
            1));
  }

  /**
   * b s h activations to the next stage and as many gradients to the one before, for every chunk of
   * every micro-batch; with sequence parallelism each rank sends its share. The gradients of a tied
   * embedding are summed over the first and the last stage. Source: Narayanan et al. 2021,
   * arXiv:2104.04473, sections 3.2 and 4.1.
   */
  public List<Traffic> pipelineParallel() {
    if (layout.pipelineParallel() == 1) {
      return List.of();
    }
    long bytes = activationBytes();
    long share = layout.sequenceParallel() ? ceilDiv(bytes, (long) layout.tensorParallel()) : bytes;
    long count = 2L * batch.microBatches() * layout.chunksPerStage();
    Link link = cluster.linkFor(layout.devices());
    List<Traffic> traffic = new ArrayList<>();
    traffic.add(
        new Traffic(
            Kind.PIPELINE,
            "activations and their gradients",
            Collective.POINT_TO_POINT,
            2,
            share,
            count,
            link,
            overlap.pipelineParallel()));
    if (model.isTied()) {
      long table = model.embeddingTensors().getFirst().elements();
      long elements = ceilDiv(table, (long) layout.tensorParallel());
      traffic.add(
          new Traffic(
              Kind.PIPELINE,
              "gradients of the tied embedding",
              Collective.ALL_REDUCE,
              2,
              multiplyExact(elements, (long) options.precision().gradientBytes()),
              1,
              link,
              overlap.pipelineParallel()));
    }
    return traffic;
  }

  /**
   * With P parameters on the stage: without ZeRO one sum of gradients; ZeRO-1 scatters the sum and
   * gathers the new weights, as many bytes; ZeRO-2 scatters after every micro-batch, because it has
   * no room to add them up; ZeRO-3 also gathers the weights for every forward and every backward
   * pass. Source: Rajbhandari et al. 2020, arXiv:1910.02054, section 7.
   */
  public List<Traffic> dataParallel() {
    int ranks = layout.dataParallel();
    if (ranks == 1) {
      return List.of();
    }
    long parameters = model.largestDeviceParameters(layout);
    long gradients = multiplyExact(parameters, (long) options.precision().gradientBytes());
    long weights = multiplyExact(parameters, (long) options.precision().weightBytes());
    long passes = batch.microBatches();
    return switch (options.zero()) {
      case NONE -> List.of(data("gradients", Collective.ALL_REDUCE, gradients, 1));
      case OPTIMIZER ->
          List.of(
              data("gradients", Collective.REDUCE_SCATTER, gradients, 1),
              data("new weights", Collective.ALL_GATHER, weights, 1));
      case GRADIENTS ->
          List.of(
              data("gradients", Collective.REDUCE_SCATTER, gradients, passes),
              data("new weights", Collective.ALL_GATHER, weights, 1));
      case WEIGHTS ->
          List.of(
              data("gradients", Collective.REDUCE_SCATTER, gradients, passes),
              data("weights, forward and backward", Collective.ALL_GATHER, weights, 2 * passes));
    };
  }

  private Traffic data(String name, Collective collective, long bytes, long count) {
    int ranks = layout.dataParallel();
    Link link = cluster.linkFor(multiplyExact((long) ranks, (long) layout.tensorParallel()));
    return new Traffic(
        Kind.DATA, name, collective, ranks, bytes, count, link, overlap.dataParallel());
  }

  /**
   * What a mixture of experts over {@code ranks} ranks says in one layer for one micro-batch:
   * tokens to their experts and back, forward and backward. Routing is taken as even. Source:
   * Lepikhin et al. 2020, arXiv:2006.16668, section 3.
   *
   * @param tokens of one rank
   * @param expertsPerToken copies of each token
   * @param elementBytes of an activation
   */
  public static Traffic expertParallel(
      int ranks, long tokens, int expertsPerToken, int hiddenSize, int elementBytes, Link link) {
    long elements = multiplyExact(multiplyExact(tokens, (long) expertsPerToken), (long) hiddenSize);
    return new Traffic(
        Kind.EXPERT,
        "tokens to experts and back",
        Collective.ALL_TO_ALL,
        ranks,
        multiplyExact(elements, (long) elementBytes),
        4,
        link,
        0);
  }

  /** b s h in the activations' precision. */
  private long activationBytes() {
    long elements = multiplyExact(batch.microBatchTokens(), (long) model.hiddenSize());
    return multiplyExact(elements, (long) options.precision().activationBytes());
  }

  private long stageLayers() {
    return model.numHiddenLayers() / layout.pipelineParallel();
  }
}
