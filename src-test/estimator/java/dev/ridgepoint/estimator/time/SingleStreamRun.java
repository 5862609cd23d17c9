package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.LeftOutRuns;
import dev.ridgepoint.estimator.MeasuredRuns;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A published speed of llama.cpp or its like with one stream, and its prediction. Rows of models
 * and mixes that the catalogue does not have, of memories or peaks that are not known, of several
 * devices, and of processors whose threads cannot draw what the memory gives are left out.
 *
 * @param kind of device
 * @param predicted seconds of the step
 * @param run its measured seconds, and of what the prediction is made
 */
record SingleStreamRun(String kind, PredictedTime predicted, LeftOutRuns.Run run) {
  /** Decoding on cards has constants that these runs played no part in. */
  private static final String FITTED_ELSEWHERE = "consumer gpu";

  /** A device of which only the memory counts: nothing that it computes takes time. */
  private static final double ANY_PEAK = 1e15;

  /** A processor's thread cannot draw more: with fewer threads they bind, and not the memory. */
  private static final double MOST_GIGABYTES_PER_THREAD = 30;

  /** Nor does a small core's thread unpack as fast as a small memory reads. */
  private static final int FEWEST_THREADS = 4;

  /** The mean of llama-bench's tg128 has half of them cached. */
  private static final int USUAL_OUTPUT = 128;

  private static final Map<String, String> SAME_SHAPES =
      Map.of(
          "Qwen3.6-27B", "Qwen3.5-27B",
          "Qwen3.6-35B-A3B", "Qwen3.5-35B-A3B",
          "Llama-3-70B", "Llama-3.1-70B",
          "Mistral-Small-3.2-24B", "Mistral-Small-3.1-24B",
          "LFM2.5-1.2B", "LFM2-1.2B");

  /** |predicted / measured - 1| of the speed. */
  double error() {
    return Math.abs(run.measured() / predicted.seconds() - 1);
  }

  /** All decode steps. */
  static List<SingleStreamRun> decodes() {
    return MeasuredRuns.all().stream()
        .filter(run -> isUsed(run, "decode_tok_s"))
        .flatMap(run -> decode(run).stream())
        .toList();
  }

  /** All prompts on GPUs of the catalogue, whose peaks are known. */
  static List<SingleStreamRun> prompts() {
    return MeasuredRuns.all().stream()
        .filter(run -> isUsed(run, "prefill_tok_s") && !run.get("isl").isNull())
        .filter(run -> run.get("isl").intValue() > 0)
        .flatMap(run -> prompt(run).stream())
        .toList();
  }

  private static boolean isUsed(JsonNode run, String speed) {
    boolean isOneDevice = run.get("tp").isNull() || run.get("tp").intValue() == 1;
    return !run.get("device_kind").stringValue().equals("datacentre gpu")
        && !run.get(speed).isNull()
        && isOneDevice
        && !isBoundByThreads(run)
        && ModelCatalog.has(model(run));
  }

  private static boolean isBoundByThreads(JsonNode run) {
    if (!run.get("device_kind").stringValue().equals("cpu")) {
      return false;
    }
    double gigabytes = device(run).map(device -> device.memoryBytesPerSecond() / 1e9).orElse(0.0);
    return run.get("threads").isNull()
        ? MeasuredRuns.text(run, "memory").orElse("").contains("unified")
        : run.get("threads").intValue()
            < Math.max(FEWEST_THREADS, gigabytes / MOST_GIGABYTES_PER_THREAD);
  }

  private static String model(JsonNode run) {
    String model = run.get("model").stringValue();
    return SAME_SHAPES.getOrDefault(model, model);
  }

  private static Optional<SingleStreamRun> decode(JsonNode run) {
    Step step = Step.decode(1, context(run));
    return device(run)
        .flatMap(
            device ->
                formats(run)
                    .map(
                        formats ->
                            time(device, run, formats, step)
                                .decode(operations(run, formats, step), step)))
        .map(
            speed ->
                of(
                    run,
                    1 / run.get("decode_tok_s").doubleValue(),
                    speed.time(),
                    !run.get("device_kind").stringValue().equals(FITTED_ELSEWHERE)));
  }

  private static Optional<SingleStreamRun> prompt(JsonNode run) {
    int tokens = run.get("isl").intValue();
    Step step = Step.prefill(tokens);
    return catalogued(run)
        .flatMap(
            device ->
                formats(run)
                    .flatMap(
                        formats ->
                            time(device, run, formats, step)
                                .prompt(operations(run, formats, step))))
        .map(time -> of(run, tokens / run.get("prefill_tok_s").doubleValue(), time, true));
  }

  /**
   * @param isFitted whether the constants were fitted to runs of its kind, among them these
   */
  private static SingleStreamRun of(
      JsonNode run, double seconds, PredictedTime time, boolean isFitted) {
    String device = run.get("device").stringValue();
    return new SingleStreamRun(
        run.get("device_kind").stringValue(),
        time,
        isFitted
            ? new LeftOutRuns.Run(device, model(run), seconds, 0, 0, time.seconds())
            : new LeftOutRuns.Run(device, model(run), seconds, 0, time.seconds()));
  }

  private static int context(JsonNode run) {
    int output = run.get("osl").isNull() ? USUAL_OUTPUT : run.get("osl").intValue();
    boolean isAfterPrompt = MeasuredRuns.text(run, "notes").orElse("").contains("+tg");
    int before =
        isAfterPrompt
            ? run.get("isl").intValue()
            : run.get("depth").isNull() ? 0 : run.get("depth").intValue();
    return before + output / 2;
  }

  private static Optional<WeightFormats> formats(JsonNode run) {
    String name = run.get("weights").stringValue();
    String mix =
        switch (name) {
          case "Q4_K_XL" -> "Q4_K_M"; // some tensors are wider
          case "MLX-8bit" -> "8bit";
          case "MLX-4bit" -> "4bit";
          default -> name;
        };
    try {
      return Optional.of(
          WeightFormats.named("run", mix, ModelCatalog.get(model(run)), Precision.F32));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  /** Of the catalogue, or else by the bandwidth alone. */
  private static Optional<Device> device(JsonNode run) {
    return catalogued(run)
        .or(
            () ->
                run.get("memory_bandwidth_gb_s").isNull()
                    ? Optional.empty()
                    : Optional.of(device(run, run.get("device").stringValue())));
  }

  /** With unlimited memory: some rows are of more than the usual. */
  private static Optional<Device> catalogued(JsonNode run) {
    try {
      Device device = DeviceCatalog.named(run.get("device").stringValue());
      return Optional.of(device.withMemoryBytes(Long.MAX_VALUE));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private static Device device(JsonNode run, String name) {
    String kind = run.get("device_kind").stringValue();
    return new Device(
        name,
        kind.equals("cpu") ? Device.Kind.CPU : Device.Kind.GPU,
        Map.of(ComputeDtype.F32, ANY_PEAK),
        OptionalLong.empty(),
        !kind.contains("consumer") && !kind.equals("cpu"),
        1e9 * run.get("memory_bandwidth_gb_s").doubleValue(),
        false,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "run",
        Optional.empty(),
        Optional.empty());
  }

  private static List<OperationCost> operations(JsonNode run, WeightFormats formats, Step step) {
    return OperationList.of(ModelCatalog.get(model(run)), options(formats, step), step);
  }

  private static ForwardOptions options(WeightFormats formats, Step step) {
    return ForwardOptions.of(new DataFormats(formats, Precision.F16), step)
        .withLatentForm(LatentForm.EXPANDED_CACHE);
  }

  private static DatasheetTime time(Device device, JsonNode run, WeightFormats formats, Step step) {
    ComputeDtype dtype =
        device.peakFlopsPerSecond().containsKey(ComputeDtype.F16)
            ? ComputeDtype.F16
            : ComputeDtype.F32;
    return new DatasheetTime(device, dtype, ModelCatalog.get(model(run)), options(formats, step));
  }
}
