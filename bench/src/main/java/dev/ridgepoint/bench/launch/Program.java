package dev.ridgepoint.bench.launch;

import static dev.ridgepoint.bench.launch.Flag.Kind.COUNT;
import static dev.ridgepoint.bench.launch.Flag.Kind.COUNTS;
import static dev.ridgepoint.bench.launch.Flag.Kind.COUNT_OR_ZERO;
import static dev.ridgepoint.bench.launch.Flag.Kind.ENDPOINTS;
import static dev.ridgepoint.bench.launch.Flag.Kind.NUMBER;
import static dev.ridgepoint.bench.launch.Flag.Kind.PARTS;
import static dev.ridgepoint.bench.launch.Flag.Kind.SHARE;
import static dev.ridgepoint.bench.launch.Flag.Kind.SWITCH;
import static dev.ridgepoint.bench.launch.Flag.Kind.TEXT;

import dev.ridgepoint.bench.text.ShellCommand;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The programs that plans are carried out with, and every flag of theirs that a line may have: each
 * was looked up in the version and on the page named here. A line with any other flag, or a value
 * that its flag does not take, is not written.
 */
public enum Program {
  /**
   * {@code vllm/engine/arg_utils.py} at 99d7eb5d and {@code vllm/config/cache.py} at c1d86421;
   * {@code features/quantization/online} of v0.29.0 says that {@code fp8_per_tensor} quantises
   * while it loads; {@code serving/expert_parallel_deployment} of v0.12.0 how experts are shared
   * out.
   */
  VLLM(
      "vLLM",
      List.of("vllm", "serve"),
      "99d7eb5d",
      "https://docs.vllm.ai/en/stable/cli/serve/",
      List.of(
          Flag.of("--dtype", "auto", "half", "float16", "bfloat16", "float", "float32"),
          Flag.of("--quantization", "fp8_per_tensor", "fp8_per_block"),
          Flag.of("--kv-cache-dtype", "auto", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2"),
          Flag.of("--tensor-parallel-size", COUNT),
          Flag.of("--data-parallel-size", COUNT),
          Flag.of("--enable-expert-parallel", SWITCH),
          Flag.of("--max-model-len", COUNT),
          Flag.of("--max-num-seqs", COUNT),
          Flag.of("--max-num-batched-tokens", COUNT),
          Flag.of("--gpu-memory-utilization", SHARE))),

  /**
   * {@code docs/advanced_features/server_arguments.md} at 004813e1, and {@code
   * expert_parallelism.md} beside it.
   */
  SGLANG(
      "SGLang",
      List.of("python3", "-m", "sglang.launch_server"),
      "004813e1",
      "https://docs.sglang.io/docs/advanced_features/server_arguments",
      List.of(
          Flag.of("--model-path", TEXT),
          Flag.of("--dtype", "auto", "half", "float16", "bfloat16", "float", "float32"),
          Flag.of("--quantization", "fp8", "awq", "gptq", "w8a8_fp8", "mxfp4"),
          Flag.of("--kv-cache-dtype", "auto", "bf16", "bfloat16", "fp8_e4m3", "fp8_e5m2"),
          Flag.of("--tensor-parallel-size", COUNT),
          Flag.of("--data-parallel-size", COUNT),
          Flag.of("--enable-dp-attention", SWITCH),
          Flag.of("--ep-size", COUNT),
          Flag.of("--moe-a2a-backend", "none", "deepep", "mooncake"),
          Flag.of("--context-length", COUNT),
          Flag.of("--max-running-requests", COUNT),
          Flag.of("--mem-fraction-static", SHARE))),

  /** {@code tools/server/README.md} at 00dc8057. */
  LLAMA_SERVER(
      "llama.cpp",
      List.of("llama-server"),
      "00dc8057",
      "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
      List.of(
          Flag.of("--model", TEXT),
          Flag.of("--ctx-size", COUNT),
          Flag.of("--parallel", COUNT),
          Flag.of("--gpu-layers", "all", "auto"),
          Flag.of("--device", "none"),
          Flag.of("--flash-attn", "on", "off", "auto"),
          Flag.of("--split-mode", "none", "layer", "row", "tensor"),
          Flag.of("--tensor-split", COUNTS),
          Flag.of("--rpc", ENDPOINTS))),

  /**
   * {@code tools/rpc/README.md} at 038514c9; the name is that of its CMakeLists.txt at 06258e85.
   */
  RPC_SERVER(
      "ggml-rpc-server",
      List.of("ggml-rpc-server"),
      "06258e85",
      "https://github.com/ggml-org/llama.cpp/blob/master/tools/rpc/README.md",
      List.of(Flag.of("--host", TEXT), Flag.of("--port", COUNT))),

  /** {@code torch.distributed.run}. */
  TORCHRUN(
      "torchrun",
      List.of("torchrun"),
      "of PyTorch 2.11",
      "https://docs.pytorch.org/docs/stable/elastic/run.html",
      List.of(
          Flag.of("--standalone", SWITCH),
          Flag.of("--nnodes", COUNT),
          Flag.of("--nproc-per-node", COUNT),
          Flag.of("--rdzv-backend", "c10d"),
          Flag.of("--rdzv-endpoint", ENDPOINTS),
          Flag.of("--rdzv-id", TEXT))),

  /**
   * {@code megatron/training/arguments.py} at d98e8a64 (core 0.20.0), with the fields of {@code
   * TransformerConfig}, {@code TrainingConfig}, {@code DistributedInitConfig}, {@code
   * TokenizerConfig}, {@code ValidationConfig} and {@code CheckpointConfig} that it makes flags of.
   */
  MEGATRON(
      "Megatron-LM",
      List.of("pretrain_gpt.py"),
      "d98e8a64",
      "https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/training/arguments.py",
      List.of(
          Flag.of("--num-layers", COUNT),
          Flag.of("--hidden-size", COUNT),
          Flag.of("--ffn-hidden-size", COUNT),
          Flag.of("--num-attention-heads", COUNT),
          Flag.of("--group-query-attention", SWITCH),
          Flag.of("--num-query-groups", COUNT),
          Flag.of("--kv-channels", COUNT),
          Flag.of("--seq-length", COUNT),
          Flag.of("--max-position-embeddings", COUNT),
          Flag.of("--position-embedding-type", "learned_absolute", "rope", "none"),
          Flag.of("--rotary-base", COUNT),
          Flag.of("--rotary-percent", SHARE),
          Flag.of("--use-rope-scaling", SWITCH),
          Flag.of("--rope-scaling-factor", NUMBER),
          Flag.of("--normalization", "LayerNorm", "RMSNorm"),
          Flag.of("--norm-epsilon", NUMBER),
          Flag.of("--qk-layernorm", SWITCH),
          Flag.of("--swiglu", SWITCH),
          Flag.of("--squared-relu", SWITCH),
          Flag.of("--disable-bias-linear", SWITCH),
          Flag.of("--add-qkv-bias", SWITCH),
          Flag.of("--untie-embeddings-and-output-weights", SWITCH),
          Flag.of("--attention-dropout", NUMBER),
          Flag.of("--hidden-dropout", NUMBER),
          Flag.of("--attention-backend", "flash", "fused", "unfused", "local", "auto"),
          Flag.of("--tokenizer-type", "NullTokenizer", "HuggingFaceTokenizer"),
          Flag.of("--vocab-size", COUNT),
          Flag.of("--mock-data", SWITCH),
          Flag.of("--split", PARTS),
          Flag.of("--eval-iters", COUNT_OR_ZERO),
          Flag.of("--train-iters", COUNT),
          Flag.of("--lr", NUMBER),
          Flag.of("--micro-batch-size", COUNT),
          Flag.of("--global-batch-size", COUNT),
          Flag.of("--tensor-model-parallel-size", COUNT),
          Flag.of("--pipeline-model-parallel-size", COUNT),
          Flag.of("--num-virtual-stages-per-pipeline-rank", COUNT),
          Flag.of("--sequence-parallel", SWITCH),
          Flag.of("--use-distributed-optimizer", SWITCH),
          Flag.of("--use-megatron-fsdp", SWITCH),
          Flag.of(
              "--data-parallel-sharding-strategy",
              "no_shard",
              "optim",
              "optim_grads",
              "optim_grads_params"),
          Flag.of("--megatron-fsdp-main-grads-dtype", "fp32", "bf16", "fp16", "auto"),
          Flag.of("--ckpt-format", "torch", "torch_dist", "torch_dcp", "fsdp_dtensor"),
          Flag.of("--overlap-grad-reduce", SWITCH),
          Flag.of("--overlap-param-gather", SWITCH),
          Flag.of("--recompute-granularity", "full", "selective"),
          Flag.of("--recompute-method", "uniform", "block"),
          Flag.of("--recompute-num-layers", COUNT),
          Flag.of("--bf16", SWITCH),
          Flag.of("--fp16", SWITCH),
          Flag.of("--grad-reduce-in-bf16", SWITCH),
          Flag.of("--optimizer", "adam", "sgd"),
          Flag.of("--weight-decay", NUMBER),
          Flag.of("--sgd-momentum", NUMBER)));

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<String> words;

  private final String version;
  private final String page;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<Flag> flags;

  Program(String label, List<String> words, String version, String page, List<Flag> flags) {
    this.label = label;
    this.words = words;
    this.version = version;
    this.page = page;
    this.flags = flags;
  }

  /** What people call it. */
  public String label() {
    return label;
  }

  /** What a line of it begins with. */
  public List<String> words() {
    return words;
  }

  /** The version that the flags were checked against: a release or a commit. */
  public String version() {
    return version;
  }

  /** Where that version documents them. */
  public String page() {
    return page;
  }

  /** Its flags. */
  public List<Flag> flags() {
    return flags;
  }

  /** One line: which versions' flags commands have. */
  static String versions(List<ShellCommand> commands) {
    return "flags are those of "
        + Arrays.stream(values())
            .filter(program -> commands.stream().anyMatch(program::isIn))
            .map(program -> program.label + " " + program.version)
            .distinct()
            .collect(Collectors.joining(", "));
  }

  private boolean isIn(ShellCommand command) {
    return Collections.indexOfSubList(command.arguments(), words) >= 0;
  }

  /**
   * The flag of a name.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public Flag flag(String name) {
    return flags.stream()
        .filter(flag -> flag.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("%s has no flag %s".formatted(label, name)));
  }
}
