package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.cluster.Cluster;
import dev.ridgepoint.estimator.cluster.Overlap;
import dev.ridgepoint.estimator.cluster.TrainingPlan;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.Offload;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingPrecision;
import dev.ridgepoint.estimator.training.ZeroStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The command line that trains as a plan says: torchrun with Megatron-LM's {@code pretrain_gpt.py},
 * on made-up data until real ones are put in their place. ZeRO-1 is its distributed optimizer,
 * ZeRO-2 and 3 are its FSDP.
 */
public final class TrainingLaunch {
  /** Enough to see how long a step takes. */
  private static final long TRIAL_STEPS = 20;

  private static final String HEAD = "node0:29500";

  private final MegatronModel model;
  private final TrainingPlan plan;
  private final Cluster cluster;
  private final Overlap overlap;

  private TrainingLaunch(NamedModel model, TrainingPlan plan, Cluster cluster, Overlap overlap) {
    this.model = new MegatronModel(model.architecture());
    this.plan = plan;
    this.cluster = cluster;
    this.overlap = overlap;
  }

  /**
   * The line of a plan.
   *
   * @param tokens of the whole run; empty for a trial
   */
  public static Launch of(
      NamedModel model,
      TrainingPlan plan,
      Cluster cluster,
      Overlap overlap,
      OptionalDouble tokens) {
    return new TrainingLaunch(model, plan, cluster, overlap).launch(tokens);
  }

  private Launch launch(OptionalDouble tokens) {
    Optional<String> lacking =
        model.lacking().map("Megatron-LM has no flag for "::concat).or(this::impossible);
    if (lacking.isPresent()) {
      return Launch.none("no line: " + lacking.get());
    }
    Line line = torchrun().starting(Program.MEGATRON);
    model.addTo(line, plan.batch().sequenceLength());
    addData(line, tokens);
    addLayout(line);
    addStates(line);
    addPrecision(line);
    addRecomputation(line);
    String place =
        nodes() == 1 ? "on the node" : String.format(Locale.ROOT, "on each of %d nodes", nodes());
    ShellCommand command = line.command(place, environment());
    return new Launch(List.of(command), notes(command, tokens));
  }

  private List<String> notes(ShellCommand command, OptionalDouble tokens) {
    List<String> notes = new ArrayList<>();
    notes.add(
        (tokens.isPresent() ? "trains" : "tries " + TRIAL_STEPS + " steps")
            + " on made-up tokens: put --data-path, a tokenizer and your learning rate in place of"
            + " --mock-data, NullTokenizer and --lr");
    if (nodes() > 1) {
      notes.add("node0 stands for the first node's name");
    }
    if (!model.leftOut().isEmpty()) {
      notes.add("left out of the line: " + String.join(", ", model.leftOut()));
    }
    notes.add(Program.versions(List.of(command)));
    return notes;
  }

  /** What Megatron-LM cannot do, or its launcher. */
  private Optional<String> impossible() {
    MemoryOptions options = plan.options();
    if (cluster.devices() > cluster.devicesPerNode()
        && cluster.devices() % cluster.devicesPerNode() != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "torchrun starts as many processes on each node, and %d devices are no whole nodes of"
                  + " %d",
              cluster.devices(),
              cluster.devicesPerNode()));
    }
    int tensorParallel = plan.layout().tensorParallel();
    Optional<String> unshared = model.unshared(tensorParallel);
    if (unshared.isPresent()) {
      return unshared.map(
          what ->
              String.format(
                  Locale.ROOT, "Megatron-LM cuts no %s among %d devices", what, tensorParallel));
    }
    if (plan.layout().sequenceParallel() && plan.batch().sequenceLength() % tensorParallel != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "Megatron-LM cuts no sequence of %d tokens among %d devices",
              plan.batch().sequenceLength(),
              tensorParallel));
    }
    if (options.offload() != Offload.NONE) {
      return Optional.of("Megatron-LM has no flag that keeps gradients on the host");
    }
    if (options.flashAttention() && options.precision() == TrainingPrecision.FP32) {
      return Optional.of("Megatron-LM's flash attention needs 16 bits; --no-flash is for 32");
    }
    return switch (options.optimizer()) {
      case SGD, MOMENTUM, ADAM, ADAMW -> Optional.empty();
      case ADAFACTOR, ADAFACTOR_MOMENTUM, ADAM_8BIT ->
          Optional.of("Megatron-LM has no optimizer " + options.optimizer().label());
    };
  }

  private int nodes() {
    return Math.ceilDiv(cluster.devices(), cluster.devicesPerNode());
  }

  private Line torchrun() {
    int nodes = nodes();
    Line line = new Line(Program.TORCHRUN);
    if (nodes == 1) {
      line.flag("--standalone");
    } else {
      line.flag("--rdzv-backend", "c10d").flag("--rdzv-endpoint", HEAD).flag("--rdzv-id", "ridge");
    }
    return line.flag("--nnodes", nodes).flag("--nproc-per-node", cluster.devices() / nodes);
  }

  /** What GPUs before Blackwell need for tensor parallelism, and FSDP must not have. */
  private Map<String, String> environment() {
    return plan.layout().tensorParallel() > 1 && !isFullySharded()
        ? Map.of("CUDA_DEVICE_MAX_CONNECTIONS", "1")
        : Map.of();
  }

  private void addData(Line line, OptionalDouble tokens) {
    TrainingBatch batch = plan.batch();
    long steps =
        tokens.isPresent()
            ? (long)
                Math.ceil(tokens.getAsDouble() / ((double) globalBatch() * batch.sequenceLength()))
            : TRIAL_STEPS;
    line.flag("--tokenizer-type", "NullTokenizer")
        .flag("--mock-data")
        .flag("--split", "99,1,0")
        .flag("--eval-iters", 0)
        .flag("--train-iters", steps)
        .flag("--lr", "1e-4")
        .flag("--micro-batch-size", batch.microBatch())
        .flag("--global-batch-size", globalBatch());
  }

  private long globalBatch() {
    TrainingBatch batch = plan.batch();
    return (long) batch.microBatch() * batch.microBatches() * plan.layout().dataParallel();
  }

  private void addLayout(Line line) {
    ParallelLayout layout = plan.layout();
    line.flag("--tensor-model-parallel-size", layout.tensorParallel())
        .flag("--pipeline-model-parallel-size", layout.pipelineParallel())
        .flagIf(
            layout.chunksPerStage() > 1,
            "--num-virtual-stages-per-pipeline-rank",
            layout.chunksPerStage())
        .flagIf(layout.sequenceParallel(), "--sequence-parallel");
  }

  private boolean isFullySharded() {
    ZeroStage zero = plan.options().zero();
    return zero == ZeroStage.GRADIENTS || zero == ZeroStage.WEIGHTS;
  }

  private void addStates(Line line) {
    ZeroStage zero = plan.options().zero();
    boolean isShared = zero != ZeroStage.NONE;
    boolean hides = overlap.dataParallel() > 0 && plan.layout().dataParallel() > 1;
    line.flagIf(isShared, "--use-distributed-optimizer");
    if (isFullySharded()) {
      line.flag("--use-megatron-fsdp")
          .flag(
              "--data-parallel-sharding-strategy",
              zero == ZeroStage.WEIGHTS ? "optim_grads_params" : "optim_grads")
          .flag("--ckpt-format", "fsdp_dtensor");
    }
    line.flagIf(hides, "--overlap-grad-reduce").flagIf(hides && isShared, "--overlap-param-gather");
    switch (plan.options().optimizer()) {
      case SGD -> line.flag("--optimizer", "sgd").flag("--sgd-momentum", "0.0");
      case MOMENTUM -> line.flag("--optimizer", "sgd").flag("--sgd-momentum", "0.9");
      case ADAM -> line.flag("--optimizer", "adam").flag("--weight-decay", "0.0");
      default -> line.flag("--optimizer", "adam");
    }
  }

  private void addPrecision(Line line) {
    switch (plan.options().precision()) {
      case FP32 -> {} // is what it does by itself
      case MIXED_FP16 -> line.flag("--fp16");
      case MIXED_BF16 -> line.flag("--bf16").flag("--grad-reduce-in-bf16");
      case MIXED_BF16_FP32_GRADIENTS ->
          line.flag("--bf16").flagIf(isFullySharded(), "--megatron-fsdp-main-grads-dtype", "fp32");
    }
    line.flag("--attention-backend", plan.options().flashAttention() ? "flash" : "unfused");
  }

  private void addRecomputation(Line line) {
    switch (plan.options().checkpointing()) {
      case NONE -> {}
      case SELECTIVE -> line.flag("--recompute-granularity", "selective");
      case FULL ->
          line.flag("--recompute-granularity", "full")
              .flag("--recompute-method", "uniform")
              .flag("--recompute-num-layers", plan.options().layersPerCheckpoint());
    }
  }
}
