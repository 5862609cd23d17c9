package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.MeasuredRuns;
import dev.ridgepoint.estimator.architecture.Architecture;
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
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Decode steps of one sequence against measured ones of llama.cpp and its like; skipped where they
 * are not beside the sources. Rows of models and mixes that the catalogue does not have, of
 * memories that are not known, of several devices and of less than four threads are left out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeasuredDecodeTest {
  /** A device of which only the memory counts: nothing that it computes takes time. */
  private static final double ANY_PEAK = 1e15;

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

  private record Run(String kind, String device, double measured, DecodeSpeed predicted) {
    double error() {
      return Math.abs(predicted.tokensPerSecond() / measured - 1);
    }

    boolean isCovered() {
      return measured >= predicted.lowestTokensPerSecond()
          && measured <= predicted.highestTokensPerSecond();
    }
  }

  private List<Run> runs;

  @BeforeAll
  void read() {
    assumeTrue(
        MeasuredRuns.isPresent(), "shared/facts/measured_runs.json is not beside the sources");
    runs = MeasuredRuns.all().stream().flatMap(run -> predicted(run).stream()).toList();
  }

  @ParameterizedTest
  @CsvSource({"apple gpu, 29, 0.10", "cpu, 18, 0.16", "consumer gpu, 64, 0.13"})
  void eachKindIsMetInTheMedian(String kind, int number, double most) {
    double[] errors = of(kind).stream().mapToDouble(Run::error).toArray();
    assertEquals(number, errors.length);
    double median = MeasuredRuns.quantile(errors, 0.5);
    assertTrue(median <= most, "median " + median);
  }

  @Test
  void aboutNineOfTenLieInTheInterval() {
    long covered = runs.stream().filter(Run::isCovered).count();
    double share = (double) covered / runs.size();
    assertTrue(share >= 0.85 && share <= 0.95, "covered " + share);
  }

  private List<Run> of(String kind) {
    return runs.stream().filter(run -> run.kind.equals(kind)).toList();
  }

  private static Optional<Run> predicted(JsonNode run) {
    String model = run.get("model").stringValue();
    String known = SAME_SHAPES.getOrDefault(model, model);
    boolean isOneStream =
        !run.get("device_kind").stringValue().equals("datacentre gpu")
            && !run.get("decode_tok_s").isNull();
    boolean isOneDevice = run.get("tp").isNull() || run.get("tp").intValue() == 1;
    boolean hasThreads =
        run.get("threads").isNull() || run.get("threads").intValue() >= FEWEST_THREADS;
    Optional<Device> device = device(run);
    if (!isOneStream
        || !isOneDevice
        || !hasThreads
        || device.isEmpty()
        || !ModelCatalog.has(known)) {
      return Optional.empty();
    }
    Architecture architecture = ModelCatalog.get(known);
    return formats(run.get("weights").stringValue(), architecture)
        .map(
            formats ->
                new Run(
                    run.get("device_kind").stringValue(),
                    run.get("device").stringValue(),
                    run.get("decode_tok_s").doubleValue(),
                    speed(device.get(), architecture, formats, context(run))));
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

  private static Optional<WeightFormats> formats(String name, Architecture architecture) {
    String mix =
        switch (name) {
          case "Q4_K_XL" -> "Q4_K_M"; // some tensors are wider
          case "MLX-8bit" -> "8bit";
          case "MLX-4bit" -> "4bit";
          default -> name;
        };
    try {
      return Optional.of(WeightFormats.named("run", mix, architecture, Precision.F32));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  /** Of the catalogue with unlimited memory, or else by the bandwidth alone. */
  private static Optional<Device> device(JsonNode run) {
    String name = run.get("device").stringValue();
    try {
      return Optional.of(DeviceCatalog.named(name).withMemoryBytes(Long.MAX_VALUE));
    } catch (InvalidInputException e) {
      return run.get("memory_bandwidth_gb_s").isNull()
          ? Optional.empty()
          : Optional.of(device(run, name));
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

  private static DecodeSpeed speed(
      Device device, Architecture architecture, WeightFormats weights, int context) {
    Step step = Step.decode(1, context);
    ForwardOptions options =
        ForwardOptions.of(new DataFormats(weights, Precision.F16), step)
            .withLatentForm(LatentForm.EXPANDED_CACHE);
    ComputeDtype dtype =
        device.peakFlopsPerSecond().containsKey(ComputeDtype.F16)
            ? ComputeDtype.F16
            : ComputeDtype.F32;
    return new DatasheetTime(device, dtype, architecture, options)
        .decode(OperationList.of(architecture, options, step), step);
  }
}
