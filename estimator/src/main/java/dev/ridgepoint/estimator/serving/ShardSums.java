package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.cluster.Collective;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;

/**
 * What tensor-parallel devices tell each other in a step: they sum the rows of the residual stream
 * twice per layer and once behind the embedding, and gather the logits. Nothing hides behind that.
 * Shoeybi et al. 2019, arXiv:1909.08053, section 3.
 *
 * @param shard what one device has
 * @param activations format of what is sent
 * @param device every one of them
 * @param layout how the devices share the model
 * @param link between the devices
 */
record ShardSums(
    Architecture shard, Precision activations, Device device, ServingLayout layout, Link link) {
  private static final int SUMS_PER_LAYER = 2;

  /** PCIe 5.0 with 16 lanes; what is faster joins all devices at once. */
  private static final double BUS_BYTES_PER_SECOND = 64e9;

  double seconds(Step step) {
    int devices = layout.tensorParallel();
    long rowBytes = activations.rowBytes(shard.hiddenSize());
    long vocabulary = Math.multiplyExact((long) shard.embedding().vocabSize(), (long) devices);
    long logitBytes = activations.rowBytes(vocabulary);
    long streamBytes = Math.multiplyExact(step.totalNewTokens(), rowBytes);
    return (sums() + 1) * sumSeconds(streamBytes)
        + Collective.ALL_GATHER.seconds(
            devices, Math.multiplyExact(step.totalLogits(), logitBytes), link);
  }

  /** Behind the mixer and the feed-forward of each layer; not where tokens are exchanged. */
  private int sums() {
    List<Layer> layers = shard.decoder().orElseThrow().layers();
    long exchanged =
        layout.attentionGroups() == 1
            ? 0
            : layers.stream()
                .filter(layer -> layer.feedForward() instanceof MixtureOfExperts)
                .count();
    return Math.toIntExact(SUMS_PER_LAYER * layers.size() - exchanged);
  }

  /**
   * One round while messages are short, two from where those are faster; around a ring where more
   * than two devices share a bus, as vLLM does it ({@code custom_all_reduce.py}).
   */
  private double sumSeconds(long bytes) {
    int devices = layout.tensorParallel();
    boolean isBus = device.linkBytesPerSecond().orElseThrow() <= BUS_BYTES_PER_SECOND;
    return isBus && devices > 2
        ? Collective.ALL_REDUCE.seconds(devices, bytes, link)
        : Math.min(
            Collective.ONE_SHOT_ALL_REDUCE.seconds(devices, bytes, link),
            Collective.TWO_SHOT_ALL_REDUCE.seconds(devices, bytes, link));
  }
}
