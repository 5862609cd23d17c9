package dev.ridgepoint.bench.launch;

import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLayout;
import dev.ridgepoint.estimator.serving.ServingLoad;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.util.Locale;

/** What all engines are told of a plan: sizes, devices and weights. */
record PlannedServing(
    DeploymentPlan plan, ServingLoad load, Replica replica, Checkpoint checkpoint) {
  /** Sequences at a time that an engine is told to expect at least, if they fit. */
  private static final int USUAL_SEQUENCES = 1024;

  Device device() {
    return plan.choice().device();
  }

  ServingLayout layout() {
    return plan.choice().layout();
  }

  int devices() {
    return layout().devices();
  }

  /** Whether groups of devices attend to sequences of their own. */
  boolean isGrouped() {
    return layout().attentionGroups() > 1;
  }

  int positions() {
    return Math.addExact(load.promptTokens(), load.outputTokens());
  }

  /** What fits, but no more than there is use for. */
  int sequences() {
    return Math.min(plan.largestBatch(), Math.max(plan.point().batch(), USUAL_SEQUENCES));
  }

  boolean isOf(ServingPrecision precision) {
    return plan.choice().precision().equals(precision);
  }

  String place() {
    String devices = String.format(Locale.ROOT, "on %d x %s", devices(), device().name());
    return plan.replicas() == 1
        ? devices
        : String.format(Locale.ROOT, "%s, once for each of %d replicas", devices, plan.replicas());
  }
}
