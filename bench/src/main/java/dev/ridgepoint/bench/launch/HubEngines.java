package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The command lines of vLLM and SGLang, which load checkpoints as the Hugging Face Hub has them.
 */
record HubEngines(PlannedServing serving) {
  /** What the plan lets the engine take of the memory, as {@link Replica} has it. */
  private static final String MEMORY_SHARE = "0.9";

  /** vLLM's least default of tokens per step, which must not lie below its sequences. */
  private static final int LEAST_BATCHED_TOKENS = 2048;

  /** Shares of memory are written in thousandths. */
  private static final double THOUSANDTHS = 1e3;

  Launch launch() {
    if (serving.checkpoint().kind() == Checkpoint.Kind.GGUF) {
      return Launch.none("vLLM and SGLang are left out: the weights are in a GGUF file");
    }
    if (!isServing(serving.device())) {
      return Launch.none(
          "vLLM and SGLang are left out: %s is no GPU with memory of its own, of compute capability"
                  .formatted(serving.device().name())
              + " 7.5 or newer");
    }
    List<String> notes = new ArrayList<>();
    if (serving.isOf(ServingPrecision.FP8)) {
      notes.add("vLLM and SGLang make FP8 of 16-bit weights while they load them");
    }
    if (serving.isOf(ServingPrecision.INT4)) {
      notes.add(
          "%s is to hold 4-bit weights in groups of 128, as GPTQ or AWQ writes them"
              .formatted(weights()));
    }
    return new Launch(List.of(vllm(), sglang()), notes);
  }

  private ShellCommand vllm() {
    int sequences = serving.sequences();
    return new Line(Program.VLLM)
        .word(weights())
        .flag("--tensor-parallel-size", serving.layout().tensorParallel())
        .flagIf(serving.isGrouped(), "--data-parallel-size", serving.layout().attentionGroups())
        .flagIf(serving.layout().expertParallel() > 1, "--enable-expert-parallel")
        .flag("--dtype", dtype())
        .flagIf(serving.isOf(ServingPrecision.FP8), "--quantization", "fp8_per_tensor")
        .flagIf(isCacheInFp8(), "--kv-cache-dtype", "fp8")
        .flag("--max-model-len", serving.positions())
        .flag("--max-num-seqs", sequences)
        .flagIf(sequences > LEAST_BATCHED_TOKENS, "--max-num-batched-tokens", sequences)
        .flag("--gpu-memory-utilization", MEMORY_SHARE)
        .command(serving.place());
  }

  private ShellCommand sglang() {
    return new Line(Program.SGLANG)
        .flag("--model-path", weights())
        .flag("--tensor-parallel-size", serving.devices())
        .flagIf(serving.isGrouped(), "--data-parallel-size", serving.layout().attentionGroups())
        .flagIf(serving.isGrouped(), "--enable-dp-attention")
        .flagIf(
            serving.layout().expertParallel() > 1, "--ep-size", serving.layout().expertParallel())
        .flagIf(serving.isGrouped(), "--moe-a2a-backend", "deepep")
        .flag("--dtype", dtype())
        .flagIf(serving.isOf(ServingPrecision.FP8), "--quantization", "fp8")
        .flagIf(isCacheInFp8(), "--kv-cache-dtype", "fp8_e4m3")
        .flag("--context-length", serving.positions())
        .flag("--max-running-requests", serving.sequences())
        .flag("--mem-fraction-static", staticShare())
        .command(serving.place());
  }

  private boolean isCacheInFp8() {
    return serving
        .plan()
        .choice()
        .precision()
        .options()
        .kvCache()
        .precision()
        .equals(Precision.FP8);
  }

  /** What is not multiplied in 8 bits. */
  private String dtype() {
    ComputeDtype dtype =
        serving.plan().choice().precision().computeDtype(serving.device()).orElseThrow();
    return dtype == ComputeDtype.F16 ? "float16" : "bfloat16";
  }

  private String weights() {
    return serving.isOf(ServingPrecision.INT4)
        ? serving.checkpoint().location() + "-" + serving.plan().choice().precision().name()
        : serving.checkpoint().location();
  }

  /** Of weights and cache; what a step needs besides comes on top. */
  private String staticShare() {
    InferenceMemory memory = serving.replica().memory(serving.sequences(), serving.positions());
    double share =
        (double) (memory.weightBytes() + memory.kvReservedBytes())
            / serving.device().memoryBytes().orElseThrow();
    return String.format(Locale.ROOT, "%.3f", Math.ceil(share * THOUSANDTHS) / THOUSANDTHS);
  }

  /**
   * GPUs that have memory of their own, AMD's or NVIDIA's since Turing (compute capability 7.5),
   * which multiplies integers of 8 bits faster than floats of 16.
   */
  private static boolean isServing(Device device) {
    Map<ComputeDtype, Double> peaks = device.peakFlopsPerSecond();
    boolean isTuringOrNewer =
        peaks.containsKey(ComputeDtype.BF16)
            || peaks.getOrDefault(ComputeDtype.INT8, 0.0)
                > peaks.getOrDefault(ComputeDtype.F16, Double.POSITIVE_INFINITY);
    return device.kind() == Device.Kind.GPU && !device.isMemoryShared() && isTuringOrNewer;
  }
}
