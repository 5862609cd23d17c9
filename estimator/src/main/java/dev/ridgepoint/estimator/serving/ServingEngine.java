package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program that serves models with continuous batching, as it is set up by itself.
 *
 * <p>The seconds and steps are fitted as {@link Efficiency#SERVING} is, those of the first token to
 * the same runs' time to it.
 *
 * @param name what people type
 * @param chunkTokens tokens that a step takes at most
 * @param isMixed whether a step that takes prompts decodes besides; otherwise decoding waits
 * @param isReserving whether room for the whole answer is kept from the start, in what the weights
 *     leave of the memory; otherwise it is taken as the answer grows, of all memory
 * @param stepSeconds what the engine's own work takes of a step, however few sequences it has
 * @param sequenceSeconds what it takes of a step for each sequence
 * @param requestSeconds from a client to the queue, and with the first token back
 * @param waitSteps decode steps that pass until the engine looks for new prompts, and until it
 *     hands out a first token
 */
public record ServingEngine(
    String name,
    int chunkTokens,
    boolean isMixed,
    boolean isReserving,
    double stepSeconds,
    double sequenceSeconds,
    double requestSeconds,
    double waitSteps) {

  /** The share of the memory, or of what weights leave of it, that each of the engines fills. */
  private static final double MEMORY_SHARE = 0.9;

  /**
   * vLLM 0.12: {@code max_num_batched_tokens} is 8192 for a server on devices of 70 GiB or more but
   * A100 ({@code vllm/engine/arg_utils.py}), prompts are chunked into decode steps, {@code
   * gpu_memory_utilization} is 0.9 (docs.vllm.ai, "Optimization and Tuning").
   */
  public static final ServingEngine VLLM =
      new ServingEngine("vllm", 8192, true, false, 6e-4, 5e-5, 0, 3.4);

  /**
   * SGLang 0.5: {@code chunked_prefill_size} is 8192 on devices of 35 to 160 GiB ({@code
   * python/sglang/srt/server_args.py}); batches of prompts alternate with decode steps unless
   * {@code --enable-mixed-chunk} is given (docs.sglang.ai, "Server Arguments").
   */
  public static final ServingEngine SGLANG =
      new ServingEngine("sglang", 8192, false, false, 0, 1.2e-5, 0.03, 25);

  /**
   * TensorRT-LLM 1.x: {@code max_num_tokens} is 8192, contexts and generation share a step
   * (in-flight batching), the scheduler's {@code GUARANTEED_NO_EVICT} keeps room for the whole
   * answer and the cache takes 0.9 of the free memory ({@code free_gpu_memory_fraction}, "Default
   * is 90%" in {@code tensorrt_llm/llmapi/llm_args.py}).
   */
  public static final ServingEngine TRTLLM =
      new ServingEngine("trtllm", 8192, true, true, 0, 3.5e-6, 0.05, 12);

  /** All that are known. */
  public static final List<ServingEngine> KNOWN = List.of(VLLM, SGLANG, TRTLLM);

  /**
   * The engine of a name, in any case of letters.
   *
   * @param source the flag that holds the name
   * @throws InvalidInputException if there is none
   */
  public static ServingEngine named(String source, String name) {
    return KNOWN.stream()
        .filter(engine -> engine.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "engine \"%s\" is unknown; known are %s"
                        .formatted(
                            StrictJson.cut(name),
                            KNOWN.stream()
                                .map(ServingEngine::name)
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * The same with more steps of waiting, such as TensorRT-LLM's {@code batch_wait_timeout_iters}.
   */
  public ServingEngine withFurtherWaitSteps(double steps) {
    return new ServingEngine(
        name,
        chunkTokens,
        isMixed,
        isReserving,
        stepSeconds,
        sequenceSeconds,
        requestSeconds,
        waitSteps + steps);
  }

  /** Memory of a device that it may fill, weights included. */
  long usableBytes(long deviceBytes, long weightBytes) {
    return isReserving
        ? weightBytes + (long) (MEMORY_SHARE * Math.max(0, deviceBytes - weightBytes))
        : (long) (MEMORY_SHARE * deviceBytes);
  }
}
