package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.inference.RuleOfThumb;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right numbers for the errata of {@code estimator/ERRATA.md} about serving. */
class ServingErrataTest {
  /**
   * 10 microseconds more for each all-reduce of 8 rows: its one round, and what it takes longer to
   * send all rows to 7 others than twice an eighth.
   */
  private static final double HOP_SECONDS = 10e-6 - (7 - 14.0 / 8) * (8 * 8192 * 2) / 450e9;

  private static final ServiceLimits LIMITS =
      new ServiceLimits(2, 0.2, 0.8, OptionalDouble.empty());

  @Test
  void erratum040APriceThatNobodyNamesIsUnknown() {
    Device l40s = DeviceCatalog.named("L40S");
    DeploymentPlan plan = search("llama-7b", new ServingLoad(1, 512, 100), l40s).plans().getFirst();
    assertEquals(OptionalDouble.empty(), plan.usdPerMonth());
    assertTrue(plan.summary().contains("price unknown"));
    // What the text gives out as the price of the service is its electricity.
    assertEquals(25.2, 350 * 24 * 30 * 0.10 / 1000, 1e-9);
  }

  @Test
  void erratum041AModelMayBeSharedByDevices() {
    DeploymentSearch search =
        search("bloom-176b", new ServingLoad(0.1, 512, 100), ServingModels.A100);
    DeploymentPlan plan = search.plans().getFirst();
    assertEquals(8, plan.choice().layout().tensorParallel());
    assertEquals(3, search.rejections().size(), "one, two and four devices are too few");
  }

  @Test
  void erratum042SmallDevicesServeToo() {
    Device edge = DeviceCatalog.named("Jetson AGX Orin 64GB");
    DeploymentPlan plan =
        search("llama-7b", new ServingLoad(0.01, 128, 100), edge).plans().getFirst();
    assertEquals(1, plan.devices());
    // 13.2 GB of weights at 204.8 GB/s, of which 93 % are reached, and 6 us for each operation.
    assertEquals(0.072, plan.point().timePerOutputTokenSeconds(), 0.003);
  }

  @Test
  void erratum043MoreParametersAndLongerAnswersServeFewerRequests() {
    double small = capacity("llama-7b", 100);
    double large = capacity("llama-13b", 100);
    assertTrue(large < 0.6 * small, "more weights, and less room for the cache");
    assertTrue(capacity("llama-7b", 400) < 0.4 * small);
  }

  @ParameterizedTest
  @CsvSource({"0.9, 1", "1.1, 2", "2.9, 3", "3.22, 4", "4.01, 5"})
  void erratum044APartOfAReplicaIsAReplica(double load, long replicas) {
    ServingLoad one = new ServingLoad(1, 512, 100);
    ReplicaQueue queue = new ReplicaQueue(replica("llama-7b", 1, Efficiency.SERVING), one);
    double perReplica = LIMITS.utilization() * queue.capacity(queue.largestBatch());
    DeploymentSearch search =
        search("llama-7b", new ServingLoad(load * perReplica, 512, 100), ServingModels.A100);
    assertEquals(
        replicas,
        search.plans().stream()
            .filter(plan -> plan.choice().layout().tensorParallel() == 1)
            .findFirst()
            .orElseThrow()
            .replicas());
  }

  @Test
  void erratum049TheFewestDevicesAreThoseThatFit() {
    assertEquals(59_161, Math.sqrt(70e9 / 80 * 4), 1);
    assertEquals(0, replica("Llama-2-70B", 1, Efficiency.BOUND).largestBatch(512, 100));
    assertTrue(replica("Llama-2-70B", 2, Efficiency.BOUND).largestBatch(512, 100) > 0);
  }

  @Test
  void erratum050TheBestBatchIsBoundByTheRidgeAndTheMemory() {
    assertEquals(2.4, Math.sqrt(80 / 14.0), 0.05);
    Replica replica = replica("llama-7b", 1, Efficiency.BOUND);
    // Without context, 16-bit products of B rows do B FLOPs per byte: the ridge, 153, is where
    // a step begins to cost more.
    assertEquals(153, ServingModels.A100.roofline(ComputeDtype.BF16).ridgePoint(), 0.1);
    double one = replica.decodeSeconds(List.of(0));
    assertTrue(replica.decodeSeconds(Collections.nCopies(140, 0)) < 1.2 * one);
    assertTrue(replica.decodeSeconds(Collections.nCopies(306, 0)) > 1.9 * one);
    // With 2048 positions of 524,288 bytes each, memory allows for 57.
    int batch = replica.largestBatch(1948, 100);
    double room = replica.usableBytes() - 2 * 6_738_415_616.0;
    assertEquals(57, Math.floor(room / (2048 * 524_288.0)));
    assertTrue(batch <= 57 && batch >= 56, "what else is held takes less than one sequence");
  }

  @Test
  void erratum059TheCacheIsThatOfTheModel() {
    assertEquals(
        4L * 2048 * 524_288,
        replica("llama-7b", 1, Efficiency.BOUND).memory(4, 2048).kvReservedBytes());
    assertEquals(
        4L * 2048 * 327_680 / 8,
        replica("Llama-2-70B", 8, Efficiency.BOUND).memory(4, 2048).kvReservedBytes());
  }

  @Test
  void erratum060And061DecodingReadsTheWeights() {
    Replica replica = replica("llama-7b", 1, Efficiency.BOUND);
    double seconds = replica.decodeSeconds(Collections.nCopies(8, 512));
    double text = 2 * 7e9 * 8 / (0.7 * 312e12);
    assertEquals(0.51e-3, text, 0.005e-3);
    // The embedding is looked up, not read: 13.2 GB of weights, and 2.2 GB of cache.
    assertEquals((13.215e9 + 8 * 513 * 524_288.0) / 2039e9, seconds, 0.01 * seconds);
    assertTrue(seconds > 13 * text);
    double utilization = 2 * 6.6e9 * 8 / (seconds * 312e12);
    assertEquals(0.045, utilization, 0.002, "not 70 %");
  }

  @Test
  void erratum062TokensPerSecondAreThoseOfTheBatch() {
    // The text's own model: 8 prompts of 512 and 100 tokens each at 70 % of 534 TFLOP/s.
    double textSeconds = 2 * 7e9 * 8 * (512 + 100) / (0.7 * 534e12);
    double textTokensPerSecond = 8 * 100 / textSeconds;
    assertEquals(349, textTokensPerSecond / 100 * 8, 0.5);
    assertEquals(43.6, 8 / textSeconds, 0.05);
    Replica one = ServingModels.replica("llama-7b", ServingModels.H100, 1, Efficiency.BOUND);
    ServingLoad load = new ServingLoad(1, 512, 100);
    ReplicaQueue queue = new ReplicaQueue(one, load);
    BatchPoint point = BatchPoint.of(one, 512, 100, 8);
    assertEquals(8 / point.timePerOutputTokenSeconds(), point.outputTokensPerSecond(), 1e-9);
    assertTrue(queue.capacity(8) < point.outputTokensPerSecond() / load.decodeSteps());
    double cycle = 8 * queue.prefillSeconds() + load.decodeSteps() * queue.decodeSeconds(8);
    assertEquals(8 / cycle, queue.capacity(8), 1e-9);
    Replica two = ServingModels.replica("llama-7b", ServingModels.H100, 2, Efficiency.BOUND);
    assertTrue(new ReplicaQueue(two, load).capacity(8) > 1.8 * queue.capacity(8));
  }

  @Test
  void erratum063TensorCoresDoNotMultiplyF32() {
    assertEquals(19.5e12, ServingModels.A100.peakFlopsPerSecond().get(ComputeDtype.F32));
    assertEquals(156e12, ServingModels.A100.peakFlopsPerSecond().get(ComputeDtype.TF32));
  }

  @Test
  void erratum077EightSequencesOf4096OnTwoDevices() {
    Replica two = ServingModels.replica("Llama-2-70B", ServingModels.H100, 2, Efficiency.BOUND);
    // Half of 138 and of 10.7 GB, and a little of activations; the margin of a tenth is used up.
    assertEquals(74.35, two.memory(8, 4096).totalBytes() / 1e9, 0.05);
    assertTrue(two.largestBatch(3996, 100) >= 8 && two.largestBatch(3996, 100) < 10);
    Replica four = ServingModels.replica("Llama-2-70B", ServingModels.H100, 4, Efficiency.BOUND);
    assertTrue(four.largestBatch(3996, 100) > 100);
  }

  /** 8 prompts of 512 tokens on eight H100 at half of their peak, 450 GB/s in one direction. */
  @Test
  void erratum087And088PrefillWaitsForItsSums() {
    Replica eight = h100s(8, Efficiency.of(0.5, 1, 0));
    double seconds = eight.prefillSeconds(512, 8);
    // 145 ms of products and 42 ms of sums; norms, rotation and the like take the rest.
    assertEquals(0.187, seconds, 0.06 * 0.187);
    assertTrue(seconds > 1.2 * 0.150);
  }

  @Test
  void erratum089DecodingWaitsForItsSums() {
    double silent = h100s(8, Efficiency.BOUND).decodeSeconds(Collections.nCopies(8, 512));
    double waiting =
        h100s(8, Efficiency.of(1, 1, HOP_SECONDS)).decodeSeconds(Collections.nCopies(8, 512));
    assertEquals(5.2e-3, silent, 0.2e-3);
    assertEquals(1.6e-3, waiting - silent, 0.08e-3);
  }

  /** What the text has right in its first example, with its own round 70 B. */
  @Test
  void erratum092TheSumsOfTheFirstExample() {
    RuleOfThumb forward =
        RuleOfThumb.all(ModelCatalog.get("Llama-2-70B"), ServingModels.BF16, 8, 512).getFirst();
    double flops = forward.estimate().doubleValue() * 70e9 / 68_976_648_192.0;
    assertEquals(573.4e12, flops, 0.05e12);
    double peak = ServingModels.H100.peakFlopsPerSecond().get(ComputeDtype.BF16);
    double prefill = flops / (8 * peak * 0.5);
    assertEquals(0.1448, prefill, 0.0002);
    double step = h100s(8, Efficiency.BOUND).meanDecodeSeconds(8, 512, 256);
    assertEquals(5.5e-3, step, 0.4e-3, "between 5 and 6 ms");
    assertEquals(1321, 8 * 256 / (0.150 + 256 * step), 0.06 * 1321);
    // With the sums of 88 and 89, which it leaves out.
    Replica waiting = h100s(8, Efficiency.of(0.5, 1, HOP_SECONDS));
    double all = waiting.prefillSeconds(512, 8) + 255 * waiting.meanDecodeSeconds(8, 512, 255);
    assertEquals(1043, 8 * 256 / all, 8);
  }

  private static Replica h100s(int devices, Efficiency efficiency) {
    return ServingModels.replica("Llama-2-70B", ServingModels.H100, devices, efficiency);
  }

  private static Replica replica(String model, int devices, Efficiency efficiency) {
    return ServingModels.replica(model, ServingModels.A100, devices, efficiency);
  }

  private static double capacity(String model, int outputTokens) {
    ReplicaQueue queue =
        new ReplicaQueue(
            replica(model, 1, Efficiency.SERVING), new ServingLoad(1, 512, outputTokens));
    return queue.capacity(queue.largestBatch());
  }

  private static DeploymentSearch search(String model, ServingLoad load, Device device) {
    return DeploymentSearch.of(
        ModelCatalog.get(model),
        load,
        LIMITS,
        List.of(device),
        List.of(ServingPrecision.BF16),
        Efficiency.SERVING);
  }
}
