package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.inference.Workspace;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaTest {
  /**
   * gpt-fast, README, "Benchmarks": batch 1, a prompt of 5 tokens, on A100 80GB. Neither the device
   * nor the program played a part in the efficiency.
   */
  @ParameterizedTest
  @CsvSource({
    "Llama-2-7B, 1, 104.9, 0.07",
    "Llama-2-7B, 2, 168.84, 0.07",
    "Llama-2-7B, 4, 254.02, 0.03",
    "Llama-2-7B, 8, 328.43, 0.03",
    "Llama-2-70B, 2, 21.32, 0.14",
    "Llama-2-70B, 4, 38.01, 0.13",
    "Llama-2-70B, 8, 62.50, 0.12"
  })
  void decodeSpeedsAreNearPublishedOnes(
      String model, int devices, double tokensPerSecond, double tolerance) {
    double seconds =
        ServingModels.replica(model, ServingModels.A100, devices, Efficiency.SERVING)
            .meanDecodeSeconds(1, 5, 199);
    assertEquals(tokensPerSecond, 1 / seconds, tolerance * tokensPerSecond);
  }

  @ParameterizedTest
  @CsvSource({
    "Llama-2-7B, 1, 1, 100, 300",
    "Llama-2-70B, 8, 64, 1000, 200",
    "gemma-3-1b, 1, 16, 400, 300",
    "Mixtral-8x7B, 4, 8, 2000, 100",
    "DeepSeek-V2-Lite, 2, 32, 500, 200"
  })
  void theMeanOverAllPositionsIsThatOfTheSteps(
      String model, int devices, int batch, int context, int steps) {
    Replica replica = ServingModels.replica(model, ServingModels.H100, devices, Efficiency.SERVING);
    double sum = 0;
    for (int step = 0; step < steps; step++) {
      sum += replica.decodeSeconds(Collections.nCopies(batch, context + step));
    }
    double mean = sum / steps;
    assertEquals(mean, replica.meanDecodeSeconds(batch, context, steps), 1e-9 * mean);
  }

  @Test
  void derivationsAddUpToTheTimes() {
    Replica replica =
        ServingModels.replica("Llama-2-70B", ServingModels.A100, 4, Efficiency.SERVING);
    Derivation prefill = replica.prefillDerivation(1000, 3);
    assertEquals(replica.prefillSeconds(1000, 3), prefill.value());
    assertEquals(prefill.value().doubleValue(), sum(prefill), 1e-15);
    Derivation decode = replica.decodeDerivation(8, 1000, 200);
    assertEquals(replica.meanDecodeSeconds(8, 1000, 200), decode.value());
    assertEquals(decode.value().doubleValue(), sum(decode), 1e-15);
    assertTrue(decode.terms().stream().allMatch(term -> term.value().doubleValue() > 0));
    assertEquals(
        replica.largestBatch(1000, 200), replica.largestBatchDerivation(1000, 200).value());
  }

  private static double sum(Derivation derivation) {
    return derivation.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum();
  }

  @Test
  void sequencesOfOneStepNeedNotBeEquallyLong() {
    Replica replica = ServingModels.replica("Llama-2-7B", ServingModels.A100, 1, Efficiency.BOUND);
    // Attention is linear in the positions attended, all else does not see them.
    assertEquals(
        replica.decodeSeconds(List.of(500, 500)), replica.decodeSeconds(List.of(100, 900)), 1e-15);
  }

  @Test
  void aBoundIsTheRoofline() {
    Replica replica = ServingModels.replica("Llama-2-7B", ServingModels.A100, 1, Efficiency.BOUND);
    // Weights but the embedding, of which one row is read; 1000 positions of cache; activations
    // are the rest, below 1 %.
    double bytes = 2.0 * (6_738_415_616L - 32_000L * 4096) + 1001 * 524_288.0;
    double seconds = replica.decodeSeconds(List.of(1000));
    assertTrue(seconds >= bytes / 2039e9 && seconds <= 1.01 * bytes / 2039e9);
    // 27.63 TFLOP of products; norms, rotation and activations are memory-bound and come on top.
    double products = 27.63e12 / 312e12;
    double prefill = replica.prefillSeconds(2048, 1);
    assertTrue(prefill >= products && prefill <= 1.07 * products);
  }

  @Test
  void prefillOfManyPromptsTakesAsLongAsMany() {
    Replica replica =
        ServingModels.replica("Llama-2-7B", ServingModels.A100, 1, Efficiency.SERVING);
    double one = replica.prefillSeconds(2048, 1);
    assertEquals(8 * one, replica.prefillSeconds(2048, 8), 0.02 * 8 * one);
  }

  @ParameterizedTest
  @CsvSource({"Llama-2-7B, 1", "Llama-2-70B, 4", "Mixtral-8x7B, 2"})
  void oneMoreSequenceDoesNotFit(String model, int devices) {
    Replica replica = ServingModels.replica(model, ServingModels.H100, devices, Efficiency.SERVING);
    int batch = replica.largestBatch(1000, 500);
    long prefill =
        Workspace.bytes(
            TensorParallelShard.of(ModelCatalog.get(model), devices),
            ServingModels.BF16,
            1000,
            1,
            1500);
    assertTrue(replica.memory(batch, 1500).totalBytes() + prefill <= replica.usableBytes());
    assertTrue(replica.memory(batch + 1, 1500).totalBytes() + prefill > replica.usableBytes());
  }

  @Test
  void aLargeModelDoesNotFitOneDevice() {
    assertEquals(
        0,
        ServingModels.replica("Llama-2-70B", ServingModels.H100, 1, Efficiency.SERVING)
            .largestBatch(100, 100));
  }

  @Test
  void aLargerBatchHasMoreThroughputAndMoreLatency() {
    List<BatchPoint> curve =
        BatchPoint.curve(
            ServingModels.replica("Llama-3-8B", ServingModels.H100, 1, Efficiency.SERVING),
            1000,
            200);
    assertTrue(curve.size() > 5);
    for (int i = 1; i < curve.size(); i++) {
      BatchPoint less = curve.get(i - 1);
      BatchPoint more = curve.get(i);
      assertTrue(more.outputTokensPerSecond() > less.outputTokensPerSecond());
      assertTrue(more.timePerOutputTokenSeconds() > less.timePerOutputTokenSeconds());
      assertTrue(more.timeToFirstTokenSeconds() > less.timeToFirstTokenSeconds());
      assertTrue(more.deviceBytes() > less.deviceBytes());
    }
    // What the cache adds grows with the batch, so the throughput stays below its first slope.
    BatchPoint one = curve.getFirst();
    BatchPoint last = curve.getLast();
    assertTrue(last.outputTokensPerSecond() < last.batch() * one.outputTokensPerSecond());
  }

  @Test
  void refusesWhatADeviceDoesNotDo() {
    InvalidInputException dtype =
        assertThrows(
            InvalidInputException.class,
            () ->
                new Replica(
                    ModelCatalog.get("Llama-2-7B"),
                    ServingModels.BF16,
                    ServingModels.A100,
                    ComputeDtype.FP8,
                    ServingLayout.tensor(1),
                    Efficiency.SERVING));
    assertEquals(
        "A100 SXM4 80GB: has no known peak of FP8; known are F32, TF32, F16, BF16, INT8",
        dtype.getMessage());
    InvalidInputException link =
        assertThrows(
            InvalidInputException.class,
            () ->
                new Replica(
                    ModelCatalog.get("Llama-2-7B"),
                    ServingModels.BF16,
                    DeviceCatalog.named("Jetson AGX Orin 64GB"),
                    ComputeDtype.F16,
                    ServingLayout.tensor(2),
                    Efficiency.SERVING));
    assertEquals(
        "Jetson AGX Orin 64GB: tensorParallel must be 1 without a link to other devices, but is 2",
        link.getMessage());
  }

  /** Large products reach 668.4 of an MI300X's 1,307.4 TFLOP/s; of an H200 nobody measured them. */
  @Test
  void noMoreOfThePeakIsReachedThanWasMeasured() {
    Device slower = DeviceCatalog.named("MI300X");
    assertEquals(668.4 / 1307.4, Efficiency.SERVING.on(slower).flopsUtilization(), 1e-6);
    assertEquals(Efficiency.SERVING, Efficiency.SERVING.on(DeviceCatalog.named("H200")));
  }

  /** 14 rounds of 2 us instead of one or two, for 161 sums of a token of Llama-2-70B. */
  @Test
  void manyDevicesOnABusSendAroundARing() {
    Device bus = DeviceCatalog.named("L40S");
    Replica ring = ServingModels.replica("Llama-2-70B", bus, 8, Efficiency.of(1, 1, 2e-6));
    Replica silent = ServingModels.replica("Llama-2-70B", bus, 8, Efficiency.of(1, 1, 0));
    double waiting = ring.decodeSeconds(List.of(100)) - silent.decodeSeconds(List.of(100));
    assertEquals((161 * 14 + 7) * 2e-6, waiting, 1e-9);
  }
}
