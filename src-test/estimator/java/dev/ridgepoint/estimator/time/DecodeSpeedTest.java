package dev.ridgepoint.estimator.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.LlamaCppMix;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Predicted against published speeds. {@code decode-runs.csv} is what the constants were fitted to;
 * {@code other-decode-runs.csv} has other devices, and played no part.
 */
class DecodeSpeedTest {
  /** Prompts were short; the files do not say how short. */
  private static final int PROMPT_TOKENS = 50;

  /** Repetitions that differ by more were disturbed: other programs, heat. */
  private static final double MOST_SPREAD = 0.1;

  /** A published run and its prediction. */
  private record Run(
      String name, double measured, double lowest, double highest, DecodeSpeed predicted) {
    double error() {
      return Math.abs(predicted.tokensPerSecond() / measured - 1);
    }

    boolean isResident() {
      return predicted.hostShare() == 0;
    }

    boolean isSteady() {
      return (highest - lowest) / measured <= MOST_SPREAD;
    }

    boolean isCovered() {
      return measured >= predicted.lowestTokensPerSecond()
          && measured <= predicted.highestTokensPerSecond();
    }
  }

  @Test
  void publishedRunsAreMetWithinFifteenPercent() {
    List<Run> runs = calibrationRuns();
    assertEquals(70, runs.size());
    assertAtMost(0.08, meanError(runs));
    List<Run> resident = runs.stream().filter(Run::isResident).toList();
    assertEquals(62, resident.size());
    assertAtMost(0.06, meanError(resident));
    assertAtMost(0.21, meanError(runs.stream().filter(run -> !run.isResident()).toList()));
  }

  @Test
  void disturbedRunsAreFewAndChangeLittle() {
    List<Run> steady = calibrationRuns().stream().filter(Run::isSteady).toList();
    assertEquals(57, steady.size());
    assertAtMost(0.08, meanError(steady));
  }

  @Test
  void theIntervalCoversNineOfTen() {
    List<Run> runs = calibrationRuns();
    double covered = runs.stream().filter(Run::isCovered).count();
    assertTrue(covered / runs.size() >= 0.9, covered + " of " + runs.size());
  }

  // Mostly older versions of llama.cpp; those of December 2023 launch too slowly for an A100 or
  // H100.
  @Test
  void otherDevicesAreMetToo() {
    List<Run> runs = otherRuns();
    assertEquals(38, runs.size());
    assertAtMost(0.20, meanError(runs));
    double covered = runs.stream().filter(Run::isCovered).count();
    assertTrue(covered / runs.size() >= 0.85, covered + " of " + runs.size());
  }

  // ggml-org/llama.cpp issue 26484: files of one model in GB, and tokens per second on four cores
  // of
  // a Raspberry Pi 5. The model is not named, so its bytes are taken from the file.
  @ParameterizedTest
  @CsvSource({"0.339, 30.39", "0.355, 28.39", "0.398, 25.77", "0.42, 23.23", "0.531, 19.87"})
  void aProcessorReadsAtItsShareOfTheBandwidth(double gigabytes, double tokensPerSecond) {
    Device raspberry = DeviceCatalog.named("Raspberry Pi 5");
    DecodeSpeed speed =
        speed(
            raspberry,
            ModelCatalog.get("SmolLM2-360M"),
            LlamaCppMix.Q4_K_M.formats(ModelCatalog.get("SmolLM2-360M")),
            1,
            0);
    assertEquals(0, speed.unpackSeconds());
    assertEquals(
        speed.weightSeconds() + speed.cacheSeconds() + speed.operationSeconds(),
        speed.time().seconds());
    double efficiency = DecodeCalibration.of(raspberry).memoryEfficiency();
    double seconds =
        gigabytes * 1e9 / (raspberry.memoryBytesPerSecond() * efficiency)
            + speed.operationSeconds();
    assertEquals(1, 1 / seconds / tokensPerSecond, 0.14);
  }

  @Test
  void theTermsAreWhatTheySay() {
    Architecture architecture = ModelCatalog.get("Llama-3.1-8B");
    DecodeSpeed speed = speed("RTX 5070", "Llama-3.1-8B", "Q4_K_M");
    // 4.8944 bits of 8,030,261,248 weights, but of the embedding (Q4_K: 144 bytes for 256) one row
    // of 128,256; keys and values of 1001 positions of 131,072 bytes.
    double weightBytes = 8_030_261_248L * 4.8944 / 8 - 128_255 * 16 * 144;
    double cacheBytes = 1001 * 131_072;
    assertEquals(weightBytes / (672e9 * 0.86), speed.weightSeconds(), 1e-6);
    assertEquals(cacheBytes / (672e9 * 0.66), speed.cacheSeconds(), 1e-6);
    // 32 layers of 10 operations, embedding, final norm and head.
    assertEquals(323 * 4.7e-6, speed.operationSeconds(), 1e-12);
    assertEquals(0, speed.hostShare());
    assertEquals(
        speed.weightSeconds() + speed.cacheSeconds() + speed.operationSeconds(),
        speed.time().seconds(),
        1e-15);
    assertEquals(1 / speed.time().seconds(), speed.tokensPerSecond());
    assertEquals(speed.tokensPerSecond(), speed.derivation().value());
    assertEquals(
        weightBytes,
        speed.derivation().inputs().get("weightBytes").doubleValue(),
        1e-4 * weightBytes);
    DecodeSpeed batch =
        speed(
            DeviceCatalog.named("RTX 5070"),
            architecture,
            LlamaCppMix.Q4_K_M.formats(architecture),
            4,
            0);
    assertTrue(batch.tokensPerSecond() > 3.5 * speed.tokensPerSecond());
  }

  @Test
  void whatDoesNotFitACardIsLeftToItsHost() {
    DecodeSpeed resident = speed("RTX 4090", "Qwen3-32B", "Q4_K_M");
    DecodeSpeed half = speed("RTX 5070", "Qwen3-32B", "Q4_K_M");
    assertEquals(0, resident.hostShare());
    assertEquals(0.45, half.hostShare(), 0.02);
    assertTrue(half.time().seconds() > 4 * resident.time().seconds());
    assertTrue(
        half.highestTokensPerSecond() / half.lowestTokensPerSecond()
            > resident.highestTokensPerSecond() / resident.lowestTokensPerSecond());
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> speed("Apple M1", "Qwen3-32B", "Q4_K_M"));
    assertEquals(
        "Apple M1 (8c): has 12.9 GB of usable memory, but the weights take 19.8 GB",
        refusal.getMessage());
  }

  // A device with one pipe for integers and floats takes twice as long to unpack.
  @ParameterizedTest
  @CsvSource({"Q4_K_M, true", "Q8_0, false", "BF16, false"})
  void unpackingBindsWhereThePipeIsShared(String mix, boolean binds) {
    DecodeSpeed speed = speed("Apple M1 Max", "Llama-3.1-8B", mix);
    assertEquals(binds, speed.unpackSeconds() > speed.weightSeconds());
  }

  private static DecodeSpeed speed(String device, String model, String mix) {
    Architecture architecture = ModelCatalog.get(model);
    return speed(
        DeviceCatalog.named(device),
        architecture,
        WeightFormats.named("mix", mix, architecture, Precision.F32),
        1,
        1000);
  }

  /** As llama.cpp decodes: keys and values in F16, latents expanded in the cache. */
  private static DecodeSpeed speed(
      Device device, Architecture architecture, WeightFormats weights, int batch, int context) {
    Step step = Step.decode(batch, context);
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

  private static double meanError(List<Run> runs) {
    return runs.stream().mapToDouble(Run::error).average().orElseThrow();
  }

  private static void assertAtMost(double limit, double error) {
    assertTrue(error <= limit, "mean error " + error);
  }

  private static List<Run> calibrationRuns() {
    return lines("decode-runs.csv").stream()
        .map(
            fields -> {
              Device device = DeviceCatalog.named(fields.get("device"));
              if (device.isMemoryShared()) {
                long gibibytes = Long.parseLong(fields.get("memoryGiB"));
                device = device.withMemoryBytes((gibibytes << 30) / 4 * 3);
              }
              int context =
                  PROMPT_TOKENS + (int) (Double.parseDouble(fields.get("outputTokens")) / 2);
              return run(device, fields, context, fields.get("lowest"), fields.get("highest"));
            })
        .toList();
  }

  private static List<Run> otherRuns() {
    return lines("other-decode-runs.csv").stream()
        .map(
            fields ->
                run(
                    device(fields),
                    fields,
                    Integer.parseInt(fields.get("context")),
                    fields.get("tokensPerSecond"),
                    fields.get("tokensPerSecond")))
        .toList();
  }

  private static Device device(Map<String, String> fields) {
    return new Device(
        fields.get("device"),
        Device.Kind.GPU,
        Map.of(ComputeDtype.F32, Double.valueOf(fields.get("peakF32"))),
        OptionalLong.empty(),
        Boolean.parseBoolean(fields.get("shared")),
        Double.parseDouble(fields.get("bytesPerSecond")),
        Boolean.parseBoolean(fields.get("onePipe")),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        fields.get("source"),
        Optional.empty(),
        Optional.empty());
  }

  private static Run run(
      Device device, Map<String, String> fields, int context, String lowest, String highest) {
    Architecture architecture = ModelCatalog.get(fields.get("model"));
    WeightFormats formats =
        WeightFormats.named("run", fields.get("quantisation"), architecture, Precision.F32);
    return new Run(
        fields.get("device") + " " + fields.get("model"),
        Double.parseDouble(fields.get("tokensPerSecond")),
        Double.parseDouble(lowest),
        Double.parseDouble(highest),
        speed(device, architecture, formats, 1, context));
  }

  private static List<Map<String, String>> lines(String resource) {
    try (InputStream in = DecodeSpeedTest.class.getResourceAsStream(resource)) {
      List<String[]> rows =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(",", -1))
              .toList();
      String[] header = rows.getFirst();
      return rows.stream()
          .skip(1)
          .map(
              row -> {
                assertEquals(header.length, row.length, String.join(",", row));
                Map<String, String> fields = new HashMap<>();
                for (int i = 0; i < header.length; i++) {
                  fields.put(header[i], row[i]);
                }
                return fields;
              })
          .map(Map::copyOf)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
