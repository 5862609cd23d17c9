package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.LeftOutRuns;
import dev.ridgepoint.estimator.MeasuredRuns;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.operation.ExpertsTouched;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A measured closed loop and its prediction.
 *
 * @param device by the catalogue's name
 * @param model by the catalogue's name
 */
record ServedRun(
    String device,
    String model,
    ServingEngine engine,
    ServingLayout layout,
    double timeToFirstToken,
    double timePerOutputToken,
    ClosedLoopPoint predicted) {
  /** InferenceX draws lengths uniformly from 0.8 to 1.0 of what is asked for. */
  private static final double INFERENCE_X_LENGTH = 0.9;

  private static final Pattern EXPERT_PARALLEL = Pattern.compile("expert parallel (\\d+)");
  private static final int NODE = 8;

  /** A row of the collection with a time to the first token. */
  static ServedRun of(JsonNode run) {
    String model = run.get("model").stringValue();
    boolean isInferenceX = run.get("source").stringValue().contains("InferenceX");
    double length = isInferenceX ? INFERENCE_X_LENGTH : 1;
    ServingLayout layout = layout(run);
    String engine = run.get("engine").stringValue().split(" ")[0];
    Clients clients =
        new Clients(
            run.get("concurrency").intValue(),
            (int) Math.round(length * run.get("isl").intValue()),
            (int) Math.round(length * run.get("osl").intValue()));
    return of(
        run.get("device").stringValue(),
        model,
        run.get("weights").stringValue(),
        kvCache(run, engine),
        layout,
        engine(run, engine, layout.devices()),
        clients,
        run.get("ttft_s").doubleValue(),
        run.get("tpot_s").doubleValue());
  }

  static ServedRun of(
      String device,
      String model,
      String weights,
      Precision kvCache,
      ServingLayout layout,
      ServingEngine engine,
      Clients clients,
      double timeToFirstToken,
      double timePerOutputToken) {
    Replica replica =
        Replica.inWeightFormats(
            architecture(model),
            new ForwardOptions(
                formats(weights),
                KvCacheFormat.of(kvCache),
                Precision.BF16,
                ExpertsTouched.EXPECTED),
            DeviceCatalog.named(device),
            layout,
            Efficiency.SERVING.on(DeviceCatalog.named(device)));
    return new ServedRun(
        device,
        model,
        engine,
        layout,
        timeToFirstToken,
        timePerOutputToken,
        ClosedLoop.of(replica, engine, clients));
  }

  /** Some rows multiply tensor and expert parallelism, which share the devices: 8 is a node. */
  private static ServingLayout layout(JsonNode run) {
    int stated = run.get("tp").intValue();
    Matcher noted = EXPERT_PARALLEL.matcher(MeasuredRuns.text(run, "notes").orElse(""));
    int expertParallel = noted.find() ? Integer.parseInt(noted.group(1)) : 1;
    int devices = stated > NODE ? stated / expertParallel : stated;
    return new ServingLayout(devices, expertParallel);
  }

  /**
   * As InferenceX's scripts set it: FP8 beside weights of 8 bits or fewer, but for DeepSeek on
   * SGLang and H200, and the rows that it did not measure with SGLang.
   */
  private static Precision kvCache(JsonNode run, String engine) {
    boolean isDefault =
        engine.equals("sglang")
            && run.get("device").stringValue().startsWith("H200")
            && !run.get("model").stringValue().startsWith("Qwen");
    return isDefault || run.get("weights").stringValue().equals("bf16")
        ? Precision.BF16
        : Precision.FP8;
  }

  /**
   * InferenceX's scripts for Llama-70B on TensorRT-LLM wait up to 20 iterations for more prompts at
   * 1024/1024 tokens on fewer than 8 devices ({@code batch_wait_timeout_iters}).
   */
  private static ServingEngine engine(JsonNode run, String name, int devices) {
    ServingEngine engine = ServingEngine.named("run", name);
    boolean isWaiting =
        engine.equals(ServingEngine.TRTLLM)
            && run.get("model").stringValue().equals("Llama-3.1-70B")
            && run.get("isl").intValue() == 1024
            && run.get("osl").intValue() == 1024
            && devices < NODE;
    return isWaiting ? engine.withFurtherWaitSteps(20) : engine;
  }

  private static WeightFormats formats(String weights) {
    return switch (weights) {
      case "bf16" -> WeightFormats.of(Precision.BF16, Precision.BF16);
      case "nvfp4" -> WeightFormats.linearLayers(Precision.NVFP4, Precision.BF16);
      default -> WeightFormats.usual(Precision.FP8, Precision.BF16);
    };
  }

  private static Architecture architecture(String model) {
    return switch (model) {
      case "DeepSeek-R1" -> ModelCatalog.get("DeepSeek-V3"); // which it was trained from
      case "Qwen3.5-397B-A17B" -> qwen397();
      default -> ModelCatalog.get(model);
    };
  }

  /** The sizes of Qwen/Qwen3.5-397B-A17B in the config of its smaller sibling. */
  private static Architecture qwen397() {
    ObjectNode config = ModelCatalog.config("Qwen3.5-35B-A3B");
    config.remove("layer_types");
    config.put("hidden_size", 4096);
    config.put("num_hidden_layers", 60);
    config.put("num_attention_heads", 32);
    config.put("num_experts", 512);
    config.put("num_experts_per_tok", 10);
    config.put("moe_intermediate_size", 1024);
    config.put("shared_expert_intermediate_size", 1024);
    config.put("linear_num_value_heads", 64);
    return ConfigReader.of("Qwen3.5-397B-A17B", config);
  }

  /** The time per output token, with the terms of its prediction. */
  LeftOutRuns.Run perTokenRun() {
    return new LeftOutRuns.Run(
        device,
        family(),
        timePerOutputToken,
        predicted.decodeBound().seconds(),
        0,
        predicted.perToken().terms().stream()
            .mapToDouble(term -> term.value().doubleValue())
            .toArray());
  }

  /** The time to the first token; what is fitted to an engine are terms of its own. */
  LeftOutRuns.Run firstTokenRun() {
    ClosedLoopPoint.FirstToken first = predicted.firstToken();
    double[] terms = new double[2 * ServingEngine.KNOWN.size()];
    int own = ServingEngine.KNOWN.stream().map(ServingEngine::name).toList().indexOf(engine.name());
    terms[2 * own] = first.request();
    terms[2 * own + 1] = first.steps();
    return new LeftOutRuns.Run(
        device,
        family(),
        timeToFirstToken,
        predicted.promptBound().seconds(),
        first.total() - first.request() - first.steps(),
        terms);
  }

  private String family() {
    return model.startsWith("DeepSeek") ? "DeepSeek-V3" : model;
  }

  /** log(measured / predicted). */
  double perTokenResidual() {
    return Math.log(timePerOutputToken / predicted.perToken().total());
  }

  double firstTokenResidual() {
    return Math.log(timeToFirstToken / predicted.firstToken().total());
  }
}
