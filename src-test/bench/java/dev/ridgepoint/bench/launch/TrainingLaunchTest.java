package dev.ridgepoint.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.cluster.Cluster;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.cluster.Overlap;
import dev.ridgepoint.estimator.cluster.PlanSearch;
import dev.ridgepoint.estimator.cluster.TrainingPlan;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.Offload;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingPrecision;
import dev.ridgepoint.estimator.training.ZeroStage;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLaunchTest {
  private static final Link LINK = new Link("link", 300e9, 0);

  @ParameterizedTest
  @CsvSource({
    "tiny, 1, 8, 512, 4, 80",
    "Llama-3.1-8B, 16, 8, 2048, 64, 80",
    "Llama-3.1-70B, 64, 8, 4096, 128, 80",
    "Llama-3.1-8B, 4, 8, 8192, 12, 80",
    "Llama-2-7B, 24, 8, 4096, 96, 24",
    "Qwen2.5-7B, 8, 8, 1024, 8, 40",
    "Qwen3-8B, 32, 4, 4096, 32, 40",
    "gpt2-xl, 8, 8, 1024, 16, 16",
    "starcoder2-7b, 16, 8, 2048, 16, 80",
    "Mistral-7B-v0.1, 8, 8, 8192, 16, 80",
    "Phi-3-medium, 40, 8, 4096, 40, 80"
  })
  void everyLineIsOneThatMegatronTakes(
      String name, int devices, int perNode, int sequence, int globalBatch, long gigabytes) {
    NamedModel model = NamedModel.of(name, ModelCatalog.get(name));
    Cluster cluster = cluster(devices, perNode, gigabytes);
    Overlap overlap = new Overlap(0.5, 0);
    List<TrainingPlan> plans =
        plans(model, cluster, sequence, globalBatch, MemoryOptions.DEFAULT, overlap);
    int lines = 0;
    for (TrainingPlan plan : plans) {
      Launch launch = TrainingLaunch.of(model, plan, cluster, overlap, OptionalDouble.empty());
      if (launch.commands().isEmpty()) {
        assertTrue(launch.notes().getFirst().startsWith("no line: Megatron-LM cuts no "));
      } else {
        lines++;
        check(launch.commands().getFirst(), model, plan, cluster, sequence, globalBatch);
      }
    }
    assertTrue(lines > 0);
  }

  /** Whatever the search may find: it shows the best of every cut alone. */
  @ParameterizedTest
  @EnumSource(ZeroStage.class)
  void everyStageCheckpointingAndPrecisionHasItsFlags(ZeroStage zero) {
    NamedModel model = NamedModel.of("Llama-3.1-8B", ModelCatalog.get("Llama-3.1-8B"));
    Cluster cluster = cluster(16, 8, 80);
    TrainingPlan best =
        plans(model, cluster, 2048, 64, MemoryOptions.DEFAULT, Overlap.NONE).getFirst();
    for (Checkpointing checkpointing : Checkpointing.values()) {
      for (TrainingPrecision precision : TrainingPrecision.values()) {
        MemoryOptions options =
            MemoryOptions.DEFAULT
                .with(zero)
                .with(checkpointing, 2)
                .with(precision)
                .withFlashAttention(precision != TrainingPrecision.FP32);
        TrainingPlan plan =
            new TrainingPlan(best.layout(), best.batch(), options, best.memory(), best.time());
        Launch launch =
            TrainingLaunch.of(model, plan, cluster, Overlap.NONE, OptionalDouble.of(1e12));
        ParsedLine line = check(launch.commands().getFirst(), model, plan, cluster, 2048, 64);
        assertEquals((long) Math.ceil(1e12 / (64 * 2048)), line.number("--train-iters"));
        boolean isHalf = precision != TrainingPrecision.FP32;
        assertEquals(isHalf, line.has("--bf16") ^ line.has("--fp16"));
        assertEquals(precision == TrainingPrecision.MIXED_BF16, line.has("--grad-reduce-in-bf16"));
        assertEquals(isHalf ? "flash" : "unfused", line.text("--attention-backend"));
      }
    }
  }

  @Test
  void whatMegatronCannotDoIsSaid() {
    assertNone("Qwen2.5-0.5B", cluster(12, 8, 80), MemoryOptions.DEFAULT, "no whole nodes of 8");
    Cluster node = cluster(8, 8, 80);
    MemoryOptions usual = MemoryOptions.DEFAULT;
    assertNone("Qwen2.5-0.5B", node, usual.with(Offload.OPTIMIZER), "keeps gradients on the host");
    assertNone("Qwen2.5-0.5B", node, usual.with(Optimizer.ADAM_8BIT), "no optimizer adam-8bit");
    assertNone("Qwen2.5-0.5B", node, usual.with(TrainingPrecision.FP32), "needs 16 bits");
    assertNone("bloom-560m", node, usual, "such an embedding");
    assertNone("opt-125m", node, usual, "such a feed-forward");
  }

  private static void assertNone(
      String name, Cluster cluster, MemoryOptions options, String expected) {
    NamedModel model = NamedModel.of(name, ModelCatalog.get(name));
    TrainingPlan plan = plans(model, cluster, 512, 48, options, Overlap.NONE).getFirst();
    Launch launch = TrainingLaunch.of(model, plan, cluster, Overlap.NONE, OptionalDouble.empty());
    assertEquals(List.of(), launch.commands());
    assertTrue(launch.notes().getFirst().contains(expected), launch.notes().toString());
  }

  private static Cluster cluster(int devices, int perNode, long gigabytes) {
    return new Cluster("GPU", devices, perNode, gigabytes << 30, 312e12, 1, LINK, LINK);
  }

  private static List<TrainingPlan> plans(
      NamedModel model,
      Cluster cluster,
      int sequence,
      int globalBatch,
      MemoryOptions options,
      Overlap overlap) {
    TrainingModel trained = TrainingModel.of(model.name(), model.architecture());
    PlanSearch.Task task = new PlanSearch.Task(trained, sequence, globalBatch, options, overlap);
    List<TrainingPlan> plans = PlanSearch.of(task, cluster).plans();
    assertFalse(plans.isEmpty());
    return plans;
  }

  /** What Megatron-LM asserts of its arguments, and that they are those of the plan. */
  private static ParsedLine check(
      ShellCommand command,
      NamedModel model,
      TrainingPlan plan,
      Cluster cluster,
      int sequence,
      int globalBatch) {
    ParsedLine line = ParsedLine.of(command, Program.TORCHRUN, Program.MEGATRON);
    ParallelLayout layout = plan.layout();
    long devices = line.number("--nnodes") * line.number("--nproc-per-node");
    long tensor = line.number("--tensor-model-parallel-size");
    long pipeline = line.number("--pipeline-model-parallel-size");
    assertEquals(cluster.devices(), devices);
    assertEquals(0, devices % (tensor * pipeline));
    long data = devices / (tensor * pipeline);
    assertEquals(layout.dataParallel(), data);
    assertEquals(line.number("--nnodes") == 1, line.has("--standalone"));
    assertEquals(line.number("--nnodes") > 1, line.has("--rdzv-endpoint"));

    long perReplica = line.number("--micro-batch-size") * data;
    assertEquals(globalBatch, line.number("--global-batch-size"));
    assertEquals(0, globalBatch % perReplica);
    assertEquals(plan.batch().microBatches(), globalBatch / perReplica);

    long layers = line.number("--num-layers");
    assertEquals(model.architecture().decoder().orElseThrow().layers().size(), layers);
    long chunks = line.number("--num-virtual-stages-per-pipeline-rank", 1);
    assertEquals(layout.chunksPerStage(), chunks);
    assertEquals(0, layers % (pipeline * chunks));
    assertTrue(chunks == 1 || pipeline > 1);
    assertTrue(chunks == 1 || plan.batch().microBatches() % pipeline == 0);

    long heads = line.number("--num-attention-heads");
    long groups = line.number("--num-query-groups", heads);
    assertEquals(0, heads % tensor);
    assertEquals(0, heads % groups);
    assertTrue(groups % tensor == 0 || tensor % groups == 0);
    assertEquals(0, line.number("--ffn-hidden-size") % tensor);
    assertEquals(tensor > 1, line.has("--sequence-parallel"));
    assertEquals(sequence, line.number("--seq-length"));
    assertEquals(0, sequence % tensor);
    assertTrue(line.number("--max-position-embeddings") >= sequence);

    checkStates(line, plan, tensor);
    checkRecomputation(line, plan);
    return line;
  }

  private static void checkStates(ParsedLine line, TrainingPlan plan, long tensor) {
    ZeroStage zero = plan.options().zero();
    boolean isFsdp = line.has("--use-megatron-fsdp");
    assertEquals(zero.number() >= 2, isFsdp);
    assertEquals(zero.number() >= 1, line.has("--use-distributed-optimizer"));
    assertEquals(isFsdp, line.has("--ckpt-format"));
    if (isFsdp) {
      assertEquals("fsdp_dtensor", line.text("--ckpt-format"));
      assertEquals(
          zero == ZeroStage.WEIGHTS ? "optim_grads_params" : "optim_grads",
          line.text("--data-parallel-sharding-strategy"));
    }
    assertTrue(!line.has("--overlap-param-gather") || line.has("--overlap-grad-reduce"));
    assertTrue(!line.has("--overlap-param-gather") || line.has("--use-distributed-optimizer"));
    assertEquals(
        tensor > 1 && !isFsdp,
        line.command().environment().containsKey("CUDA_DEVICE_MAX_CONNECTIONS"));
  }

  private static void checkRecomputation(ParsedLine line, TrainingPlan plan) {
    Checkpointing checkpointing = plan.options().checkpointing();
    assertEquals(checkpointing != Checkpointing.NONE, line.has("--recompute-granularity"));
    boolean isFull = checkpointing == Checkpointing.FULL;
    assertEquals(isFull, line.has("--recompute-method"));
    assertEquals(isFull, line.has("--recompute-num-layers"));
    if (checkpointing != Checkpointing.NONE) {
      assertEquals(isFull ? "full" : "selective", line.text("--recompute-granularity"));
    }
  }
}
