package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingRun;
import dev.ridgepoint.estimator.training.TrainingRun.Prices;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** What a training run takes: tokens, devices, power and prices. */
public final class RunOptions {
  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Tokens of the whole training run, such as 15T.")
  private String tokens;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "Devices of the run (default: those of the layout).")
  private Integer devices;

  @Option(
      names = "--peak",
      paramLabel = "FLOP/s",
      description = "Dense peak of one device, such as 989T (default: the device's).")
  private String peak;

  @Option(
      names = "--mfu",
      paramLabel = "SHARE",
      defaultValue = "0.4",
      description =
          "Share of the peak that the model's FLOPs get; an assumption: published runs reach"
              + " 0.25 to 0.55 (default: ${DEFAULT-VALUE}).")
  private double utilization;

  @Option(
      names = "--watts",
      paramLabel = "W",
      description = "Mean draw of one device (default: the most that the device takes).")
  private Double watts;

  @Option(
      names = "--pue",
      paramLabel = "RATIO",
      defaultValue = "1",
      description = "Energy of the building per energy of the devices (default: ${DEFAULT-VALUE}).")
  private double powerUsageEffectiveness;

  @Option(
      names = "--usd-per-hour",
      paramLabel = "USD",
      description = "Rent of one device (default: the device's, if known).")
  private Double usdPerDeviceHour;

  @Option(
      names = "--usd-per-kwh",
      paramLabel = "USD",
      defaultValue = "0",
      description = "Price of electricity, if the rent does not hold it.")
  private double usdPerKilowattHour;

  /** Tokens of the run, if it is asked for. */
  public OptionalDouble tokens() {
    return tokens == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(Quantities.amount("--tokens", tokens));
  }

  /** Devices of the run, {@code otherwise} if the flags do not say. */
  public int devices(int otherwise) {
    return devices != null ? devices : otherwise;
  }

  /** Whether the number of devices is given. */
  public boolean hasDevices() {
    return devices != null;
  }

  /**
   * The run of {@code modelFlops}, at the assumed MFU.
   *
   * @throws InvalidInputException if no peak is known, or a number is impossible
   */
  public TrainingRun run(double modelFlops, int layoutDevices, DeviceOptions options) {
    Optional<Device> device = options.device();
    return new TrainingRun(
        modelFlops, devices(layoutDevices), peak(device, options), utilization, prices(device));
  }

  /**
   * The peak of one device.
   *
   * @throws InvalidInputException if neither a device nor a peak is given
   */
  public double peak(Optional<Device> device, DeviceOptions options) {
    if (peak != null) {
      return Quantities.amount("--peak", peak);
    }
    return device
        .map(each -> each.roofline(options.computeDtype(each)).peakFlopsPerSecond())
        .orElseThrow(() -> new InvalidInputException("--peak", "is missing; or name a --device"));
  }

  /** What power and devices cost; 0 where neither the flags nor the device say. */
  public Prices prices(Optional<Device> device) {
    double rent = device.flatMap(Device::cloudPricePerHour).map(Device.Price::dollars).orElse(0.0);
    double power = device.map(each -> each.watts().orElse(0)).orElse(0.0);
    return new Prices(
        usdPerDeviceHour != null ? usdPerDeviceHour : rent,
        watts != null ? watts : power,
        powerUsageEffectiveness,
        usdPerKilowattHour);
  }
}
