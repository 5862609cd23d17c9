package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLayout;
import dev.ridgepoint.estimator.serving.ServingLoad;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The command lines that serve as a plan says, one for each engine that can. */
public final class ServingLaunch {
  /** What the plan lets the engine take of the memory, as {@link Replica} has it. */
  private static final String MEMORY_SHARE = "0.9";

  /** Sequences at a time that an engine is told to expect at least, if they fit. */
  private static final int USUAL_SEQUENCES = 1024;

  /** vLLM's least default of tokens per step, which must not lie below its sequences. */
  private static final int LEAST_BATCHED_TOKENS = 2048;

  /** llama.cpp's {@code LLAMA_MAX_SEQ}. */
  private static final int MAX_SLOTS = 256;

  private static final int RPC_PORT = 50052;

  /** Shares of memory are written in thousandths. */
  private static final double THOUSANDTHS = 1e3;

  private final NamedModel model;
  private final DeploymentPlan plan;
  private final ServingLoad load;
  private final Replica replica;
  private final Checkpoint checkpoint;
  private final List<ShellCommand> commands = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private ServingLaunch(NamedModel model, DeploymentPlan plan, ServingLoad load, Replica replica) {
    this.model = model;
    this.plan = plan;
    this.load = load;
    this.replica = replica;
    checkpoint = Checkpoint.of(model);
  }

  /**
   * The lines of a plan for a load.
   *
   * @param replica of the plan
   */
  public static Launch of(
      NamedModel model, DeploymentPlan plan, ServingLoad load, Replica replica) {
    return new ServingLaunch(model, plan, load, replica).launch();
  }

  private Launch launch() {
    if (isOfMlx()) {
      notes.add("no line: of these engines none reads MLX's formats");
    } else {
      hubEngines();
      llamaCpp();
    }
    if (!commands.isEmpty()) {
      if (checkpoint.kind() == Checkpoint.Kind.NAME) {
        notes.add(
            "%s stands for your folder of the weights, or their repository"
                .formatted(checkpoint.location()));
      }
      notes.add(Program.versions(commands));
    }
    return new Launch(commands, notes);
  }

  /** The engines that load checkpoints as the Hugging Face Hub has them. */
  private void hubEngines() {
    if (checkpoint.kind() == Checkpoint.Kind.GGUF) {
      notes.add("vLLM and SGLang are left out: the weights are in a GGUF file");
      return;
    }
    if (!isForHubEngines(device())) {
      notes.add(
          "vLLM and SGLang are left out: %s is no GPU with memory of its own, of compute capability"
                  .formatted(device().name())
              + " 7.5 or newer");
      return;
    }
    vllm();
    sglang();
    if (isOf(ServingPrecision.FP8)) {
      notes.add("vLLM and SGLang make FP8 of 16-bit weights while they load them");
    }
    if (isOf(ServingPrecision.INT4)) {
      notes.add(
          "%s is to hold 4-bit weights in groups of 128, as GPTQ or AWQ writes them"
              .formatted(weights()));
    }
  }

  private void vllm() {
    int sequences = sequences();
    commands.add(
        new Line(Program.VLLM)
            .word(weights())
            .flag("--tensor-parallel-size", layout().tensorParallel())
            .flagIf(isGrouped(), "--data-parallel-size", layout().attentionGroups())
            .flagIf(layout().expertParallel() > 1, "--enable-expert-parallel")
            .flag("--dtype", dtype())
            .flagIf(isOf(ServingPrecision.FP8), "--quantization", "fp8_per_tensor")
            .flagIf(isCacheInFp8(), "--kv-cache-dtype", "fp8")
            .flag("--max-model-len", positions())
            .flag("--max-num-seqs", sequences)
            .flagIf(sequences > LEAST_BATCHED_TOKENS, "--max-num-batched-tokens", sequences)
            .flag("--gpu-memory-utilization", MEMORY_SHARE)
            .command(place()));
  }

  private void sglang() {
    commands.add(
        new Line(Program.SGLANG)
            .flag("--model-path", weights())
            .flag("--tensor-parallel-size", devices())
            .flagIf(isGrouped(), "--data-parallel-size", layout().attentionGroups())
            .flagIf(isGrouped(), "--enable-dp-attention")
            .flagIf(layout().expertParallel() > 1, "--ep-size", layout().expertParallel())
            .flagIf(isGrouped(), "--moe-a2a-backend", "deepep")
            .flag("--dtype", dtype())
            .flagIf(isOf(ServingPrecision.FP8), "--quantization", "fp8")
            .flagIf(isCacheInFp8(), "--kv-cache-dtype", "fp8_e4m3")
            .flag("--context-length", positions())
            .flag("--max-running-requests", sequences())
            .flag("--mem-fraction-static", staticShare())
            .command(place()));
  }

  private void llamaCpp() {
    if (checkpoint.kind() != Checkpoint.Kind.GGUF && !isOf(ServingPrecision.BF16)) {
      notes.add("llama.cpp is left out: it has no format of " + plan.choice().precision().name());
      return;
    }
    if (device().kind() == Device.Kind.ACCELERATOR) {
      notes.add("llama.cpp is left out: it does not run on " + device().name());
      return;
    }
    if (plan.point().batch() > MAX_SLOTS) {
      notes.add(
          String.format(
              Locale.ROOT,
              "llama.cpp is left out: it runs %d sequences at a time at most",
              MAX_SLOTS));
      return;
    }
    if (layout().expertParallel() > 1) {
      notes.add("llama.cpp is left out: it does not share out experts");
      return;
    }
    boolean isShared = devices() > 1;
    commands.add(
        llamaServer()
            .flagIf(isShared, "--split-mode", "tensor")
            .flagIf(isShared, "--tensor-split", equalParts())
            .command(place()));
    if (isShared) {
      acrossHosts();
    }
  }

  /** Its cache is in 16 bits by itself. */
  private Line llamaServer() {
    int slots = Math.min(sequences(), MAX_SLOTS);
    Line line =
        new Line(Program.LLAMA_SERVER)
            .flag("--model", ggufFile())
            .flag("--ctx-size", Math.multiplyExact((long) slots, (long) positions()))
            .flag("--parallel", slots)
            .flag("--flash-attn", "on");
    return device().kind() == Device.Kind.CPU
        ? line.flag("--device", "none")
        : line.flag("--gpu-layers", "all");
  }

  /** Devices in hosts of their own take whole layers: llama.cpp has no other way between hosts. */
  private void acrossHosts() {
    int hosts = devices();
    commands.add(
        new Line(Program.RPC_SERVER)
            .flag("--host", "0.0.0.0")
            .flag("--port", RPC_PORT)
            .command("on hosts 2 to " + hosts + ", if each device has a host of its own"));
    String others =
        IntStream.rangeClosed(2, hosts)
            .mapToObj(host -> String.format(Locale.ROOT, "host%d:%d", host, RPC_PORT))
            .collect(Collectors.joining(","));
    commands.add(
        llamaServer()
            .flag("--split-mode", "layer")
            .flag("--tensor-split", equalParts())
            .flag("--rpc", others)
            .command("on host 1, with these"));
    notes.add(
        "llama.cpp's split of tensors is experimental; between hosts it splits by layers, which"
            + " holds what the plan holds but answers one request as slowly as one device");
  }

  private Device device() {
    return plan.choice().device();
  }

  private ServingLayout layout() {
    return plan.choice().layout();
  }

  private int devices() {
    return layout().devices();
  }

  /** Whether groups of devices attend to sequences of their own. */
  private boolean isGrouped() {
    return layout().attentionGroups() > 1;
  }

  private int positions() {
    return Math.addExact(load.promptTokens(), load.outputTokens());
  }

  /** What fits, but no more than there is use for. */
  private int sequences() {
    return Math.min(plan.largestBatch(), Math.max(plan.point().batch(), USUAL_SEQUENCES));
  }

  private boolean isOf(ServingPrecision precision) {
    return plan.choice().precision().equals(precision);
  }

  private boolean isCacheInFp8() {
    return plan.choice().precision().options().kvCache().precision().equals(Precision.FP8);
  }

  private boolean isOfMlx() {
    return model.formats().map(formats -> formats.name().startsWith("MLX")).orElse(false);
  }

  /** What is not multiplied in 8 bits. */
  private String dtype() {
    ComputeDtype dtype = plan.choice().precision().computeDtype(device()).orElseThrow();
    return dtype == ComputeDtype.F16 ? "float16" : "bfloat16";
  }

  private String weights() {
    return isOf(ServingPrecision.INT4)
        ? checkpoint.location() + "-" + plan.choice().precision().name()
        : checkpoint.location();
  }

  private String ggufFile() {
    return checkpoint.kind() == Checkpoint.Kind.GGUF
        ? checkpoint.location()
        : checkpoint.location() + "-BF16.gguf";
  }

  private String equalParts() {
    return String.join(",", Collections.nCopies(devices(), "1"));
  }

  /** Of weights and cache; what a step needs besides comes on top. */
  private String staticShare() {
    InferenceMemory memory = replica.memory(sequences(), positions());
    double share =
        (double) (memory.weightBytes() + memory.kvReservedBytes())
            / device().memoryBytes().orElseThrow();
    return String.format(Locale.ROOT, "%.3f", Math.ceil(share * THOUSANDTHS) / THOUSANDTHS);
  }

  private String place() {
    String devices = String.format(Locale.ROOT, "on %d x %s", devices(), device().name());
    return plan.replicas() == 1
        ? devices
        : String.format(Locale.ROOT, "%s, once for each of %d replicas", devices, plan.replicas());
  }

  /**
   * GPUs that have memory of their own, AMD's or NVIDIA's since Turing (compute capability 7.5),
   * which multiplies integers of 8 bits faster than floats of 16.
   */
  private static boolean isForHubEngines(Device device) {
    Map<ComputeDtype, Double> peaks = device.peakFlopsPerSecond();
    boolean isTuringOrNewer =
        peaks.containsKey(ComputeDtype.BF16)
            || peaks.getOrDefault(ComputeDtype.INT8, 0.0)
                > peaks.getOrDefault(ComputeDtype.F16, Double.POSITIVE_INFINITY);
    return device.kind() == Device.Kind.GPU && !device.isMemoryShared() && isTuringOrNewer;
  }
}
