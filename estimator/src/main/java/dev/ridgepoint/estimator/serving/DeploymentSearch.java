package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.serving.DeploymentPlan.Choice;
import dev.ridgepoint.estimator.serving.ReplicaSizing.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Tries every device, layout and precision, each with the fewest replicas that hold the load within
 * its limits.
 *
 * @param plans what works: by monthly cost, those of unknown cost last, then by number of devices
 * @param rejections what does not, each with its reason
 */
public record DeploymentSearch(List<DeploymentPlan> plans, List<Rejection> rejections) {
  /** What one node usually holds; between nodes links are slower. */
  private static final List<Integer> DEVICES = List.of(1, 2, 4, 8);

  private static final Comparator<DeploymentPlan> CHEAPEST_THEN_SMALLEST =
      Comparator.<DeploymentPlan>comparingDouble(
              plan -> plan.usdPerMonth().orElse(Double.POSITIVE_INFINITY))
          .thenComparingLong(DeploymentPlan::devices);

  public DeploymentSearch {
    plans = List.copyOf(plans);
    rejections = List.copyOf(rejections);
  }

  /**
   * All choices for a model and its load.
   *
   * @param efficiency of all devices alike
   */
  public static DeploymentSearch of(
      Architecture architecture,
      ServingLoad load,
      ServiceLimits limits,
      List<Device> devices,
      List<ServingPrecision> precisions,
      Efficiency efficiency) {
    ShardedModel model = new ShardedModel(architecture);
    List<DeploymentPlan> plans = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (Device device : devices) {
      for (ServingPrecision precision : precisions) {
        for (ServingLayout layout : layouts(architecture)) {
          Choice choice = new Choice(device, layout, precision);
          switch (ReplicaSizing.of(model, choice, load, limits, efficiency)) {
            case DeploymentPlan plan -> plans.add(plan);
            case Rejection rejection -> rejections.add(rejection);
          }
        }
      }
    }
    plans.sort(CHEAPEST_THEN_SMALLEST);
    return new DeploymentSearch(plans, rejections);
  }

  /**
   * Tensor parallelism; where a model has experts, also with whole ones on each device, whose
   * attention is shared or replicated.
   */
  private static List<ServingLayout> layouts(Architecture architecture) {
    List<ServingLayout> layouts = new ArrayList<>();
    for (int devices : DEVICES) {
      layouts.add(ServingLayout.tensor(devices));
      if (devices > 1 && hasExperts(architecture)) {
        layouts.add(new ServingLayout(devices, devices));
        layouts.add(new ServingLayout(1, devices));
      }
    }
    return layouts;
  }

  private static boolean hasExperts(Architecture architecture) {
    return architecture.decoder().stream()
        .flatMap(stack -> stack.layers().stream())
        .anyMatch(layer -> layer.feedForward() instanceof MixtureOfExperts);
  }

  /**
   * Why the first plan is the first, in a few lines; without any, what is in the way.
   *
   * @param alternatives plans behind the first to name at most
   */
  public List<String> explanation(int alternatives) {
    List<String> lines = new ArrayList<>();
    if (plans.isEmpty()) {
      lines.add(String.format(Locale.ROOT, "none of %d choices holds the load", rejections.size()));
      rejections.stream()
          .limit(alternatives)
          .forEach(rejection -> lines.add(rejection.choice() + ": " + rejection.reason()));
      return lines;
    }
    DeploymentPlan best = plans.getFirst();
    String rank = best.usdPerMonth().isPresent() ? "cheapest" : "fewest devices, no price known,";
    lines.add(
        String.format(
            Locale.ROOT,
            "%s of %d that hold the load, %d do not: %s",
            rank,
            plans.size(),
            rejections.size(),
            best.summary()));
    plans.stream().skip(1).limit(alternatives).forEach(plan -> lines.add(plan.summary()));
    return lines;
  }
}
