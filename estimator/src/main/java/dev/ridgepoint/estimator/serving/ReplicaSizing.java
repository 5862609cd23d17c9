package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.DeploymentPlan.Choice;
import java.util.Locale;
import java.util.Optional;

/** How many replicas of one choice hold a load. */
public final class ReplicaSizing {
  /** More replicas than this are not tried. */
  public static final long MAX_REPLICAS = 1 << 20;

  private static final double GIGA = 1e9;
  private static final double MILLI = 1e-3;
  private static final double PERCENT = 1e-2;

  private final Choice choice;
  private final ReplicaQueue queue;
  private final ServingLoad load;
  private final ServiceLimits limits;

  /** A plan, or why there is none. */
  public sealed interface Outcome permits DeploymentPlan, Rejection {}

  /**
   * A choice that does not work.
   *
   * @param choice a replica
   * @param reason one line
   */
  public record Rejection(Choice choice, String reason) implements Outcome {}

  private ReplicaSizing(Choice choice, ReplicaQueue queue, ServingLoad load, ServiceLimits limits) {
    this.choice = choice;
    this.queue = queue;
    this.load = load;
    this.limits = limits;
  }

  /** The fewest replicas that keep all limits: whole ones, so that a rest needs one more. */
  static Outcome of(
      ShardedModel model,
      Choice choice,
      ServingLoad load,
      ServiceLimits limits,
      Efficiency efficiency) {
    Replica replica;
    try {
      replica = choice.replica(model, efficiency);
    } catch (InvalidInputException e) {
      return new Rejection(choice, e.getMessage());
    }
    ReplicaQueue queue = new ReplicaQueue(replica, load);
    if (queue.largestBatch() == 0) {
      return new Rejection(choice, tooLarge(replica, load));
    }
    return new ReplicaSizing(choice, queue, load, limits).outcome();
  }

  private Outcome outcome() {
    Optional<String> tooSlow = tooSlowAlone();
    if (tooSlow.isPresent()) {
      return new Rejection(choice, tooSlow.get());
    }
    long replicas = fewest();
    if (replicas > MAX_REPLICAS) {
      return new Rejection(
          choice, String.format(Locale.ROOT, "needs more than %d replicas", MAX_REPLICAS));
    }
    DeploymentPlan plan =
        new DeploymentPlan(
            choice,
            replicas,
            queue.at(load.requestsPerSecond() / replicas),
            queue.largestBatch(),
            replicas == 1 ? "one is enough" : violation(replicas - 1).orElseThrow());
    return overBudget(plan).<Outcome>map(reason -> new Rejection(choice, reason)).orElse(plan);
  }

  /** The more replicas there are, the less each has to do, and the more limits it keeps. */
  private long fewest() {
    long tooFew = 0;
    long enough = 1;
    while (enough <= MAX_REPLICAS && violation(enough).isPresent()) {
      tooFew = enough;
      enough *= 2;
    }
    while (enough <= MAX_REPLICAS && enough - tooFew > 1) {
      long middle = tooFew + (enough - tooFew) / 2;
      if (violation(middle).isPresent()) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough;
  }

  /** What so many replicas do not keep. */
  private Optional<String> violation(long replicas) {
    double requestsPerSecond = load.requestsPerSecond() / replicas;
    double utilization = queue.utilization(requestsPerSecond);
    if (utilization > limits.utilization()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d would be utilised to %s %%, above %s %%",
              replicas,
              number(utilization / PERCENT),
              number(limits.utilization() / PERCENT)));
    }
    OperatingPoint point = queue.at(requestsPerSecond);
    return tooSlow(
        String.format(Locale.ROOT, "%d would take", replicas),
        point.timePerOutputTokenSeconds(),
        point.timeToFirstTokenSeconds());
  }

  /** What no number of replicas mends. */
  private Optional<String> tooSlowAlone() {
    double decode = queue.decodeSeconds(1);
    return tooSlow("one request alone takes", decode, queue.prefillSeconds() + decode / 2);
  }

  private Optional<String> tooSlow(String what, double perOutputToken, double toFirstToken) {
    if (perOutputToken > limits.timePerOutputTokenSeconds()) {
      return Optional.of(
          "%s %s ms per output token, above %s"
              .formatted(
                  what,
                  number(perOutputToken / MILLI),
                  number(limits.timePerOutputTokenSeconds() / MILLI)));
    }
    if (toFirstToken > limits.timeToFirstTokenSeconds()) {
      return Optional.of(
          "%s %s ms to the first token, above %s"
              .formatted(
                  what,
                  number(toFirstToken / MILLI),
                  number(limits.timeToFirstTokenSeconds() / MILLI)));
    }
    return Optional.empty();
  }

  private Optional<String> overBudget(DeploymentPlan plan) {
    if (limits.usdPerMonth().isEmpty()) {
      return Optional.empty();
    }
    if (plan.usdPerMonth().isEmpty()) {
      return Optional.of(
          String.format(Locale.ROOT, "%d would do, but their price is unknown", plan.replicas()));
    }
    double budget = limits.usdPerMonth().getAsDouble();
    double cost = plan.usdPerMonth().getAsDouble();
    return cost > budget
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%d cost %s USD per month, above %s",
                plan.replicas(),
                dollars(cost),
                dollars(budget)))
        : Optional.empty();
  }

  private static String tooLarge(Replica replica, ServingLoad load) {
    InferenceMemory one = replica.memory(1, load.promptTokens() + load.outputTokens());
    return "not one sequence fits: %s GB per device, %s GB of them weights, of %s GB"
        .formatted(
            number(one.totalBytes() / GIGA),
            number(one.weightBytes() / GIGA),
            number(replica.usableBytes() / GIGA));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String dollars(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
