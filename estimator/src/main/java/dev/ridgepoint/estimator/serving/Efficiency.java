package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.requireNotNegative;
import static dev.ridgepoint.estimator.input.Checks.requireShare;

import dev.ridgepoint.estimator.hardware.Device;

/**
 * How near to a datasheet software comes. Measure your own where you can: these numbers are what
 * separates a bound from an estimate.
 *
 * @param flopsUtilization MFU, the share of the peak that compute-bound matrix products reach
 * @param bandwidthUtilization MBU, the share of the bandwidth that reading their weights reaches
 * @param expertBandwidthUtilization the same of experts, whose rows are few and scattered
 * @param attentionFlopsUtilization the share of the 16-bit peak that attention over prompts reaches
 * @param attentionBandwidthUtilization the share of the bandwidth that reading caches reaches
 * @param linkUtilization the share of the link's bandwidth that collectives reach
 * @param operationSeconds what each operation takes however small it is: its launch from a graph,
 *     its first and its last wave
 * @param hostOperationSeconds what the host takes to launch an operation that is in no graph, as
 *     those of steps with prompts are
 * @param hopSeconds latency of one round of a collective between devices of a node, software
 *     included
 */
public record Efficiency(
    double flopsUtilization,
    double bandwidthUtilization,
    double expertBandwidthUtilization,
    double attentionFlopsUtilization,
    double attentionBandwidthUtilization,
    double linkUtilization,
    double operationSeconds,
    double hostOperationSeconds,
    double hopSeconds) {

  /**
   * MFU 0.542: a model of 530 billion parameters in training with tensor parallelism on A100
   * (Korthikanti et al. 2022, arXiv:2205.05198, abstract); the best published prefill is 0.76 (Pope
   * et al. 2022, arXiv:2211.05102, abstract: PaLM 540B on TPU v4). MBU 0.685: Llama-2-7B at batch 1
   * reads 1,397.31 of an A100's 2,039 GB/s (gpt-fast, README, "Benchmarks"), all that is not
   * reading included. 1.6 microseconds per round: what the same table leaves to each of the 160
   * all-reduces of 14 rounds that a token of Llama-2-70B takes on eight A100, at 62.5 tokens/s.
   */
  public static final Efficiency PUBLISHED = of(0.542, 1397.31 / 2039, 1.6e-6);

  /**
   * As vLLM, SGLang and TensorRT-LLM reach on H100, H200 and B200: fitted at once, with the
   * engines' own times (see {@link ServingEngine}), to the time per output token of 247 closed
   * loops with 5 models (ai-dynamo/aiconfigurator, {@code silicon_sample.csv}, InferenceX's among
   * them), so as to make the logarithm of predicted / measured least; hops are held near {@link
   * #PUBLISHED}. Nothing is fitted to a device, a model or a run. The test of all runs says what is
   * reached; gpt-fast on A100, which played no part, is met by its own test.
   */
  public static final Efficiency SERVING =
      new Efficiency(0.75, 0.93, 0.75, 0.44, 0.78, 0.62, 6e-6, 54e-6, 2e-6);

  /** The datasheet itself: a bound that nothing passes. */
  public static final Efficiency BOUND = of(1, 1, 0);

  public Efficiency {
    requireShare("efficiency", "flopsUtilization", flopsUtilization);
    requireShare("efficiency", "bandwidthUtilization", bandwidthUtilization);
    requireShare("efficiency", "expertBandwidthUtilization", expertBandwidthUtilization);
    requireShare("efficiency", "attentionFlopsUtilization", attentionFlopsUtilization);
    requireShare("efficiency", "attentionBandwidthUtilization", attentionBandwidthUtilization);
    requireShare("efficiency", "linkUtilization", linkUtilization);
    requireNotNegative("efficiency", "operationSeconds", operationSeconds);
    requireNotNegative("efficiency", "hostOperationSeconds", hostOperationSeconds);
    requireNotNegative("efficiency", "hopSeconds", hopSeconds);
  }

  /**
   * The same on a device, but no more of its peak than large matrix products have been measured to
   * reach there.
   */
  public Efficiency on(Device device) {
    return new Efficiency(
        Math.min(flopsUtilization, device.matmulEfficiency().orElse(1)),
        bandwidthUtilization,
        expertBandwidthUtilization,
        attentionFlopsUtilization,
        attentionBandwidthUtilization,
        linkUtilization,
        operationSeconds,
        hostOperationSeconds,
        hopSeconds);
  }

  /** The same share of the peak and of the bandwidth for all, and nothing besides but hops. */
  public static Efficiency of(
      double flopsUtilization, double bandwidthUtilization, double hopSeconds) {
    return new Efficiency(
        flopsUtilization,
        bandwidthUtilization,
        bandwidthUtilization,
        flopsUtilization,
        bandwidthUtilization,
        1,
        0,
        0,
        hopSeconds);
  }
}
