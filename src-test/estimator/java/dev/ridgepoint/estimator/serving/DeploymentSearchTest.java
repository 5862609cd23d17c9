package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.serving.ReplicaSizing.Rejection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeploymentSearchTest {
  private static final ServiceLimits LIMITS = limits(1, 0.05, OptionalDouble.empty());
  private static final List<ServingPrecision> BF16 = List.of(ServingPrecision.BF16);

  @Test
  void oneReplicaFewerBreaksALimit() {
    Architecture model = ModelCatalog.get("Llama-3-8B");
    ServingLoad load = new ServingLoad(40, 1000, 200);
    DeploymentSearch search = search(model, load, LIMITS, List.of(ServingModels.H100), BF16);
    assertEquals(4, search.plans().size());
    for (DeploymentPlan plan : search.plans()) {
      ReplicaQueue queue = queue(model, plan, load);
      assertTrue(holds(queue, load, LIMITS, plan.replicas()));
      for (long fewer = 1; fewer < plan.replicas(); fewer++) {
        assertTrue(!holds(queue, load, LIMITS, fewer), plan.summary());
      }
    }
  }

  @Test
  void moreLoadNeedsNotFewerReplicas() {
    long before = 0;
    for (double rate : new double[] {0.01, 0.1, 1, 5, 10, 20, 50, 100, 1000}) {
      DeploymentPlan plan =
          search(
                  ModelCatalog.get("Llama-3-8B"),
                  new ServingLoad(rate, 1000, 200),
                  LIMITS,
                  List.of(ServingModels.H100),
                  BF16)
              .plans()
              .getFirst();
      assertTrue(plan.replicas() >= before);
      before = plan.replicas();
    }
    assertTrue(before > 30);
  }

  @Test
  void plansAreRankedByCostAndThoseWithoutAPriceComeLast() {
    DeploymentSearch search =
        search(
            ModelCatalog.get("Llama-3-8B"),
            new ServingLoad(5, 500, 100),
            limits(5, 0.2, OptionalDouble.empty()),
            List.of(
                ServingModels.A100,
                DeviceCatalog.named("RTX 4090"),
                ServingModels.H100,
                DeviceCatalog.named("L40S")),
            List.of(ServingPrecision.BF16, ServingPrecision.FP8, ServingPrecision.INT4));
    double before = 0;
    for (DeploymentPlan plan : search.plans()) {
      double cost = plan.usdPerMonth().orElse(Double.POSITIVE_INFINITY);
      assertTrue(cost >= before);
      before = cost;
      boolean hasPrice = plan.choice().device().cloudPricePerHour().isPresent();
      assertEquals(hasPrice, plan.usdPerMonth().isPresent());
      assertEquals(!hasPrice, plan.summary().contains("price unknown"));
    }
    assertEquals(Double.POSITIVE_INFINITY, before);
    assertTrue(search.explanation(2).getFirst().startsWith("cheapest of"));
    assertEquals(3, search.explanation(2).size());
  }

  @Test
  void theCostIsThatOfAllDevicesForAMonth() {
    DeploymentPlan plan =
        search(
                ModelCatalog.get("Llama-2-70B"),
                new ServingLoad(1, 500, 200),
                LIMITS,
                List.of(ServingModels.H100),
                BF16)
            .plans()
            .getFirst();
    assertEquals(plan.devices() * 6.88 * 730, plan.usdPerMonth().orElseThrow(), 1e-6);
    assertEquals(plan.usdPerMonth().orElseThrow(), plan.costDerivation().orElseThrow().value());
    assertEquals(plan.replicas() * plan.choice().layout().devices(), plan.devices());
  }

  /** The formulas, computed again with what was put in. */
  @Test
  void theSteadyStateIsExplained() {
    ServingLoad load = new ServingLoad(4, 1000, 200);
    ReplicaQueue queue =
        new ReplicaQueue(
            ServingModels.replica("Llama-2-7B", ServingModels.H100, 1, Efficiency.SERVING), load);
    OperatingPoint point = queue.at(4);
    Map<String, Derivation> derivations =
        queue.derivations(4).stream()
            .collect(Collectors.toMap(Derivation::quantity, derivation -> derivation));
    Derivation perToken = derivations.get("mean time per output token of a replica");
    assertEquals(point.timePerOutputTokenSeconds(), perToken.value());
    double prefill = perToken.inputs().get("p").doubleValue();
    double decode = perToken.inputs().get("d(B)").doubleValue();
    assertEquals(decode / (1 - 4 * prefill), perToken.value().doubleValue(), 1e-12);
    Derivation first = derivations.get("mean time to first token of a replica");
    assertEquals(point.timeToFirstTokenSeconds(), first.value());
    assertEquals(
        first.value().doubleValue(),
        first.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
        1e-12);
    Derivation utilisation = derivations.get("utilisation of a replica");
    double full = utilisation.inputs().get("d(B)").doubleValue() / queue.largestBatch();
    assertEquals(4 * (prefill + 199 * full), utilisation.value().doubleValue(), 1e-12);
  }

  @Test
  void saysWhyAChoiceDoesNotWork() {
    Architecture large = ModelCatalog.get("Llama-2-70B");
    ServingLoad load = new ServingLoad(1, 1000, 200);
    List<Device> devices = List.of(ServingModels.A100);
    assertEquals(
        "not one sequence fits: 138.3 GB per device, 138.0 GB of them weights, of 75.57 GB",
        reason(search(large, load, LIMITS, devices, BF16), 1));
    assertEquals(
        "A100 SXM4 80GB: computes in none of [FP8]",
        reason(search(large, load, LIMITS, devices, List.of(ServingPrecision.FP8)), 8));
    assertTrue(
        reason(search(large, load, limits(0.01, 1, OptionalDouble.empty()), devices, BF16), 8)
            .matches("one request alone takes \\d+\\.\\d+ ms to the first token, above 10.00"));
    assertTrue(
        reason(search(large, load, limits(5, 0.001, OptionalDouble.empty()), devices, BF16), 8)
            .matches("one request alone takes 1\\d\\.\\d+ ms per output token, above 1.000"));
    assertTrue(
        reason(search(large, load, limits(5, 0.1, OptionalDouble.of(100)), devices, BF16), 8)
            .matches("\\d+ cost \\d+ USD per month, above 100"));
    assertEquals(
        "1 would do, but their price is unknown",
        reason(
            search(
                large,
                load,
                limits(5, 0.1, OptionalDouble.of(1e9)),
                List.of(DeviceCatalog.named("H200 SXM 141GB")),
                BF16),
            8));
    assertEquals(
        "Qwen: 14 attention heads cannot be shared by 4 devices",
        reason(search(ModelCatalog.get("Qwen2.5-0.5B"), load, LIMITS, devices, BF16), 4)
            .replace("A100 SXM4 80GB", "Qwen"));
  }

  @Test
  void sharingALargeModelMoreWidelyShortensTheLatency() {
    DeploymentSearch search =
        search(
            ModelCatalog.get("Llama-2-70B"),
            new ServingLoad(0.01, 2000, 200),
            LIMITS,
            List.of(ServingModels.H100),
            BF16);
    assertEquals(3, search.plans().size());
    for (int i = 1; i < 3; i++) {
      OperatingPoint fewer = search.plans().get(i - 1).point();
      OperatingPoint more = search.plans().get(i).point();
      assertTrue(more.timePerOutputTokenSeconds() < fewer.timePerOutputTokenSeconds());
      assertTrue(more.timeToFirstTokenSeconds() < fewer.timeToFirstTokenSeconds());
    }
  }

  @Test
  void theSteadyStateKeepsLittlesLaw() {
    ServingLoad load = new ServingLoad(1, 1000, 200);
    ReplicaQueue queue =
        new ReplicaQueue(
            ServingModels.replica("Llama-3-8B", ServingModels.H100, 1, Efficiency.SERVING), load);
    for (int batch : new int[] {1, 7, 64, 200}) {
      double rate = queue.capacity(batch);
      OperatingPoint point = queue.at(rate);
      assertEquals(batch, point.batch());
      double inDecode = rate * load.decodeSteps() * point.timePerOutputTokenSeconds();
      assertEquals(batch, inDecode, 1e-9 * batch);
    }
  }

  private static boolean holds(
      ReplicaQueue queue, ServingLoad load, ServiceLimits limits, long replicas) {
    double rate = load.requestsPerSecond() / replicas;
    if (queue.utilization(rate) > limits.utilization()) {
      return false;
    }
    OperatingPoint point = queue.at(rate);
    return point.timeToFirstTokenSeconds() <= limits.timeToFirstTokenSeconds()
        && point.timePerOutputTokenSeconds() <= limits.timePerOutputTokenSeconds();
  }

  private static ReplicaQueue queue(Architecture model, DeploymentPlan plan, ServingLoad load) {
    DeploymentPlan.Choice choice = plan.choice();
    return new ReplicaQueue(
        new Replica(
            model,
            choice.precision().options(),
            choice.device(),
            choice.precision().computeDtype(choice.device()).orElseThrow(),
            choice.layout(),
            Efficiency.SERVING),
        load);
  }

  /** Devices are tried with steps that are counted once for all of them. */
  @Test
  void eachDeviceIsPlannedAsIfAlone() {
    Architecture model = ModelCatalog.get("gemma-2-9b");
    ServingLoad load = new ServingLoad(20, 1000, 200);
    List<Device> devices = List.of(ServingModels.A100, ServingModels.H100);
    List<ServingPrecision> precisions = List.of(ServingPrecision.INT4, ServingPrecision.BF16);
    DeploymentSearch all = search(model, load, LIMITS, devices, precisions);
    assertTrue(all.plans().size() > devices.size() * precisions.size());
    for (DeploymentPlan plan : all.plans()) {
      assertTrue(
          search(
                  model,
                  load,
                  LIMITS,
                  List.of(plan.choice().device()),
                  List.of(plan.choice().precision()))
              .plans()
              .contains(plan),
          plan.summary());
    }
  }

  private static String reason(DeploymentSearch search, int tensorParallel) {
    return search.rejections().stream()
        .filter(rejection -> rejection.choice().layout().tensorParallel() == tensorParallel)
        .map(Rejection::reason)
        .findFirst()
        .orElseThrow();
  }

  private static ServiceLimits limits(double first, double perToken, OptionalDouble budget) {
    return new ServiceLimits(first, perToken, 0.8, budget);
  }

  private static DeploymentSearch search(
      Architecture model,
      ServingLoad load,
      ServiceLimits limits,
      List<Device> devices,
      List<ServingPrecision> precisions) {
    return DeploymentSearch.of(model, load, limits, devices, precisions, Efficiency.SERVING);
  }
}
