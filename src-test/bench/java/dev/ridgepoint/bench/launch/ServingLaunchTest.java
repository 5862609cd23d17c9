package dev.ridgepoint.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.DeploymentSearch;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServiceLimits;
import dev.ridgepoint.estimator.serving.ServingLayout;
import dev.ridgepoint.estimator.serving.ServingLoad;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingLaunchTest {
  private static final List<ServingPrecision> PRECISIONS =
      List.of(ServingPrecision.BF16, ServingPrecision.FP8, ServingPrecision.INT4);
  private static final ServiceLimits LOOSE = new ServiceLimits(60, 60, 0.8, OptionalDouble.empty());

  /**
   * vLLM's least default of {@code max_num_batched_tokens}, for which it refuses more sequences.
   */
  private static final int BATCHED_TOKENS = 2048;

  /** Of every kind that differs in its lines. */
  private static final List<Device> DEVICES =
      Stream.of("V100", "T4", "L4", "A100", "H200", "MI300X", "RTX 4090", "Apple M2 Ultra (76c)")
          .map(DeviceCatalog::named)
          .toList();

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "tiny, 3, 100, 50",
    "Llama-3.1-8B, 10, 1000, 250",
    "Qwen2.5-0.5B, 200, 2, 2",
    "gpt2, 1, 900, 124",
    "Mixtral-8x7B, 5, 3000, 500",
    "gemma-3-27b-text, 1, 30000, 1000",
    "gpt-oss-20b, 50, 128, 1024",
    "DeepSeek-V3, 20, 500, 500",
    "Qwen3-Next-80B-A3B, 1, 100, 100"
  })
  void everyLineIsOneThatItsEngineTakes(String name, double rate, int prompt, int output) {
    NamedModel model = NamedModel.of(name, ModelCatalog.get(name));
    ServingLoad load = new ServingLoad(rate, prompt, output);
    Set<Program> seen = new HashSet<>();
    for (DeploymentPlan plan : plans(model, load, DEVICES, PRECISIONS)) {
      Launch launch = launch(model, plan, load);
      boolean isExplained = launch.notes().stream().anyMatch(note -> note.contains("left out"));
      assertFalse(launch.commands().isEmpty() && !isExplained, plan.summary());
      seen.addAll(check(launch, model, plan, load));
    }
    assertTrue(seen.contains(Program.VLLM) && seen.contains(Program.SGLANG), seen.toString());
  }

  @Test
  void aModelThatOneDeviceHoldsRunsOnEveryEngine() {
    NamedModel model = NamedModel.of("Llama-3.1-8B", ModelCatalog.get("Llama-3.1-8B"));
    ServingLoad load = new ServingLoad(1, 100, 100);
    Set<Program> seen = new HashSet<>();
    for (DeploymentPlan plan :
        plans(model, load, List.of(DeviceCatalog.named("H100")), List.of(ServingPrecision.BF16))) {
      seen.addAll(check(launch(model, plan, load), model, plan, load));
    }
    assertEquals(
        Set.of(Program.VLLM, Program.SGLANG, Program.LLAMA_SERVER, Program.RPC_SERVER), seen);
  }

  /** Whole experts on each device, with attention shared or in groups. */
  @ParameterizedTest
  @CsvSource({
    "8, 8, --tensor-parallel-size 8 --enable-expert-parallel",
    "1, 8, --tensor-parallel-size 1 --data-parallel-size 8 --enable-expert-parallel"
  })
  void expertsAreSharedOut(int tensor, int expert, String flags) {
    NamedModel model = NamedModel.of("DeepSeek-V3", ModelCatalog.get("DeepSeek-V3"));
    ServingLoad load = new ServingLoad(20, 500, 500);
    ServingLayout layout = new ServingLayout(tensor, expert);
    DeploymentPlan plan =
        plans(model, load, List.of(DeviceCatalog.named("H200")), List.of(ServingPrecision.FP8))
            .stream()
            .filter(each -> each.choice().layout().equals(layout))
            .findFirst()
            .orElseThrow();
    Launch launch = launch(model, plan, load);
    assertEquals(Set.of(Program.VLLM, Program.SGLANG), check(launch, model, plan, load));
    String vllm = launch.commands().getFirst().line();
    assertTrue(vllm.contains(flags), vllm);
  }

  @Test
  void whatVllmDoesNotRunOnRunsLlamaCppOrNothing() {
    NamedModel model = NamedModel.of("Llama-3.2-1B", ModelCatalog.get("Llama-3.2-1B"));
    ServingLoad load = new ServingLoad(0.01, 100, 10);
    Device processor = DeviceCatalog.named("AMD EPYC 9654").withMemoryBytes(1L << 38);
    Device apple = DeviceCatalog.named("Apple M2 Ultra (76c)");
    Device volta = DeviceCatalog.named("V100 SXM2 32GB");
    for (Device device : List.of(processor, apple, volta)) {
      assertEquals(Set.of(Program.LLAMA_SERVER), programsOn(device, model, load));
    }
    assertEquals(Set.of(), programsOn(DeviceCatalog.named("Gaudi 2"), model, load));
  }

  /** Of one device alone. */
  private static Set<Program> programsOn(Device device, NamedModel model, ServingLoad load) {
    DeploymentPlan plan =
        plans(model, load, List.of(device), List.of(ServingPrecision.BF16)).stream()
            .filter(each -> each.choice().layout().devices() == 1)
            .findFirst()
            .orElseThrow();
    return check(launch(model, plan, load), model, plan, load);
  }

  @Test
  void aGgufFileIsServedByLlamaCppAsItIs() throws IOException {
    Path file = Files.createFile(folder.resolve("it's Q4_K_M.gguf"));
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    WeightFormats formats = WeightFormats.named("test", "Q4_K_M", architecture, Precision.F32);
    NamedModel model = new NamedModel(file.toString(), architecture, Optional.of(formats));
    ServingLoad load = new ServingLoad(1, 100, 100);
    DeploymentPlan plan =
        plans(
                model,
                load,
                List.of(DeviceCatalog.named("L4")),
                List.of(ServingPrecision.of(formats)))
            .getFirst();
    Launch launch = launch(model, plan, load);
    assertEquals(Set.of(Program.LLAMA_SERVER), check(launch, model, plan, load));
    ParsedLine line = ParsedLine.of(launch.commands().getFirst(), Program.LLAMA_SERVER);
    assertEquals(file.toString(), line.text("--model"));
  }

  @Test
  void aFolderIsNamedAsItIs() throws IOException {
    Path config = Files.createFile(folder.resolve("config.json"));
    NamedModel model = NamedModel.of(config.toString(), ModelCatalog.get("Llama-3.1-8B"));
    ServingLoad load = new ServingLoad(1, 100, 100);
    DeploymentPlan plan =
        plans(model, load, List.of(DeviceCatalog.named("H100")), List.of(ServingPrecision.BF16))
            .getFirst();
    ShellCommand vllm = launch(model, plan, load).commands().getFirst();
    assertEquals(List.of(folder.toString()), ParsedLine.of(vllm, Program.VLLM).words());
  }

  private static List<DeploymentPlan> plans(
      NamedModel model, ServingLoad load, List<Device> devices, List<ServingPrecision> precisions) {
    List<DeploymentPlan> plans =
        DeploymentSearch.of(
                model.architecture(), load, LOOSE, devices, precisions, Efficiency.PUBLISHED)
            .plans();
    assertFalse(plans.isEmpty());
    return plans;
  }

  private static Launch launch(NamedModel model, DeploymentPlan plan, ServingLoad load) {
    Replica replica = plan.choice().replica(model.architecture(), Efficiency.PUBLISHED);
    return ServingLaunch.of(model, plan, load, replica);
  }

  /** Reads all lines, and returns whose they are. */
  private static Set<Program> check(
      Launch launch, NamedModel model, DeploymentPlan plan, ServingLoad load) {
    for (ShellCommand command : launch.commands()) {
      switch (programOf(command)) {
        case VLLM -> checkVllm(ParsedLine.of(command, Program.VLLM), model, plan, load);
        case SGLANG -> checkSglang(ParsedLine.of(command, Program.SGLANG), model, plan, load);
        case RPC_SERVER -> ParsedLine.of(command, Program.RPC_SERVER);
        default -> checkLlamaCpp(ParsedLine.of(command, Program.LLAMA_SERVER), plan, load);
      }
    }
    return launch.commands().stream().map(ServingLaunchTest::programOf).collect(Collectors.toSet());
  }

  private static Program programOf(ShellCommand command) {
    return List.of(Program.VLLM, Program.SGLANG, Program.LLAMA_SERVER, Program.RPC_SERVER).stream()
        .filter(program -> command.arguments().getFirst().equals(program.words().getFirst()))
        .findFirst()
        .orElseThrow();
  }

  private static void checkVllm(
      ParsedLine line, NamedModel model, DeploymentPlan plan, ServingLoad load) {
    assertEquals(1, line.words().size(), line.command().line());
    ServingLayout layout = plan.choice().layout();
    long groups = line.number("--data-parallel-size", 1);
    assertEquals(layout.tensorParallel(), line.number("--tensor-parallel-size"));
    assertEquals(layout.expertParallel() > 1, line.has("--enable-expert-parallel"));
    checkDevices(line.number("--tensor-parallel-size") * groups, model, plan);
    checkLength(line.number("--max-model-len"), model, load);
    long sequences = line.number("--max-num-seqs");
    checkSequences(sequences, plan);
    assertTrue(line.number("--max-num-batched-tokens", BATCHED_TOKENS) >= sequences);
    assertEquals("0.9", line.text("--gpu-memory-utilization"));
    boolean isFp8 = plan.choice().precision().equals(ServingPrecision.FP8);
    assertEquals(isFp8, line.has("--quantization"));
    assertEquals(isFp8, line.has("--kv-cache-dtype"));
  }

  private static void checkSglang(
      ParsedLine line, NamedModel model, DeploymentPlan plan, ServingLoad load) {
    ServingLayout layout = plan.choice().layout();
    assertEquals(layout.attentionGroups(), line.number("--data-parallel-size", 1));
    assertEquals(layout.attentionGroups() > 1, line.has("--enable-dp-attention"));
    assertEquals(layout.expertParallel(), line.number("--ep-size", 1));
    checkDevices(line.number("--tensor-parallel-size"), model, plan);
    checkLength(line.number("--context-length"), model, load);
    long sequences = line.number("--max-running-requests");
    checkSequences(sequences, plan);
    boolean isFp8 = plan.choice().precision().equals(ServingPrecision.FP8);
    assertEquals(isFp8, line.has("--quantization"));
    assertEquals(isFp8, line.has("--kv-cache-dtype"));
    double share = Double.parseDouble(line.text("--mem-fraction-static"));
    Replica replica = plan.choice().replica(model.architecture(), Efficiency.PUBLISHED);
    InferenceMemory memory =
        replica.memory(Math.toIntExact(sequences), load.promptTokens() + load.outputTokens());
    long device = plan.choice().device().memoryBytes().orElseThrow();
    assertTrue(share * device >= memory.weightBytes() + memory.kvReservedBytes(), plan.summary());
    assertTrue(share <= 0.901, plan.summary());
  }

  private static void checkLlamaCpp(ParsedLine line, DeploymentPlan plan, ServingLoad load) {
    long slots = line.number("--parallel");
    assertTrue(slots <= 256 && slots >= plan.point().batch(), plan.summary());
    assertEquals(slots * (load.promptTokens() + load.outputTokens()), line.number("--ctx-size"));
    int devices = plan.choice().layout().devices();
    assertEquals(devices > 1, line.has("--split-mode"), line.command().line());
    if (devices > 1) {
      assertEquals(devices, line.text("--tensor-split").split(",").length);
      boolean isAcrossHosts = line.has("--rpc");
      assertEquals(isAcrossHosts ? "layer" : "tensor", line.text("--split-mode"));
      assertTrue(!isAcrossHosts || line.text("--rpc").split(",").length == devices - 1);
    }
    boolean isCpu = plan.choice().device().kind() == Device.Kind.CPU;
    assertEquals(isCpu, line.has("--device"));
    assertEquals(!isCpu, line.has("--gpu-layers"));
  }

  private static void checkDevices(long devices, NamedModel model, DeploymentPlan plan) {
    assertEquals(plan.devices(), plan.replicas() * devices);
    model.architecture().decoder().orElseThrow().layers().stream()
        .flatMap(layer -> layer.attentions().stream())
        .forEach(attention -> checkHeads(attention, plan.choice().layout().tensorParallel()));
  }

  /** What vLLM and SGLang ask of the heads. */
  private static void checkHeads(Attention attention, long devices) {
    assertEquals(0, attention.numAttentionHeads() % devices);
    if (attention instanceof GroupedQueryAttention grouped) {
      int groups = grouped.numKeyValueHeads();
      assertTrue(groups % devices == 0 || devices % groups == 0);
    }
  }

  private static void checkLength(long length, NamedModel model, ServingLoad load) {
    assertTrue(length >= load.promptTokens() + load.outputTokens());
    assertTrue(length <= model.architecture().maxPositions());
  }

  private static void checkSequences(long sequences, DeploymentPlan plan) {
    assertTrue(sequences >= plan.point().batch(), plan.summary());
    assertTrue(sequences <= plan.largestBatch(), plan.summary());
  }
}
