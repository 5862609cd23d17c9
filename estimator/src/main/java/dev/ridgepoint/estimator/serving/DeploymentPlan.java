package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * As many replicas as a load needs.
 *
 * @param choice what each replica is
 * @param replicas of it
 * @param point how each runs
 * @param largestBatch sequences that fit a replica
 * @param oneFewer why one replica fewer would not do
 */
public record DeploymentPlan(
    Choice choice, long replicas, OperatingPoint point, int largestBatch, String oneFewer)
    implements ReplicaSizing.Outcome {

  /** 365 days of 24 hours in 12 months. */
  public static final int HOURS_PER_MONTH = 730;

  /**
   * What a replica is made of.
   *
   * @param device each of its devices
   * @param layout how they share the model
   * @param precision formats
   */
  public record Choice(Device device, ServingLayout layout, ServingPrecision precision) {
    /**
     * A replica of it.
     *
     * @throws InvalidInputException if the devices cannot share the model, compute in none of the
     *     precision's dtypes, or have no known memory or link
     */
    public Replica replica(Architecture architecture, Efficiency efficiency) {
      return replica(new ShardedModel(architecture), efficiency);
    }

    /** The same, of a model whose shards may have been counted for another choice. */
    Replica replica(ShardedModel model, Efficiency efficiency) {
      ComputeDtype dtype =
          precision
              .computeDtype(device)
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          device.name(), "computes in none of " + precision.computeDtypes()));
      return new Replica(model.shard(this), device, dtype, efficiency);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s x %s, %s", layout, device.name(), precision.name());
    }
  }

  /** All devices. */
  public long devices() {
    return Math.multiplyExact(replicas, (long) choice.layout.devices());
  }

  /** Rent of all devices; empty if nobody's price for them is known. */
  public OptionalDouble usdPerMonth() {
    return choice
        .device
        .cloudPricePerHour()
        .map(price -> OptionalDouble.of(devices() * price.dollars() * HOURS_PER_MONTH))
        .orElse(OptionalDouble.empty());
  }

  /** How the rent comes about; empty if nobody's price is known. */
  public Optional<Derivation> costDerivation() {
    return choice.device.cloudPricePerHour().map(this::costDerivation);
  }

  private Derivation costDerivation(Device.Price price) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("replicas", replicas);
    inputs.put("devices", choice.layout.devices());
    inputs.put("usdPerHour", price.dollars());
    inputs.put("hoursPerMonth", HOURS_PER_MONTH);
    return new Derivation(
        "rent",
        devices() * price.dollars() * HOURS_PER_MONTH,
        "USD/month",
        "replicas x devices x usdPerHour x hoursPerMonth; one replica fewer: " + oneFewer,
        inputs,
        List.of(),
        "price of %s, %s".formatted(price.asOf(), price.source()));
  }

  /** The plan in one line. */
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%d x (%s): %s, TTFT %.3g s, TPOT %.3g ms, batch %d of %d, %.0f %% utilised; %s",
        replicas,
        choice,
        usdPerMonth().isPresent()
            ? String.format(Locale.ROOT, "%.0f USD/month", usdPerMonth().getAsDouble())
            : "price unknown",
        point.timeToFirstTokenSeconds(),
        1e3 * point.timePerOutputTokenSeconds(),
        point.batch(),
        largestBatch,
        100 * point.utilization(),
        oneFewer);
  }
}
