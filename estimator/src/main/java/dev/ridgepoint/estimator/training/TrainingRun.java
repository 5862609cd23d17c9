package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requireNotNegative;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static dev.ridgepoint.estimator.input.Checks.requireShare;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Time, energy and money of a training run.
 *
 * @param modelFlops of the whole run, without what is computed twice
 * @param devices that run together
 * @param peakFlopsPerSecond of one device, dense, in the precision of the matrices
 * @param modelFlopsUtilization MFU, the share of the peak that the model's FLOPs get; published
 *     runs reach 0.25 to 0.55
 * @param prices what power and devices cost
 */
public record TrainingRun(
    double modelFlops,
    long devices,
    double peakFlopsPerSecond,
    double modelFlopsUtilization,
    Prices prices) {
  private static final double SECONDS_PER_HOUR = 3600;
  private static final double WATTS_PER_KILOWATT = 1000;

  /**
   * What a device-hour costs.
   *
   * @param usdPerDeviceHour rent of one device, its share of the server included; 0 if owned
   * @param wattsPerDevice mean draw of one device, with its share of the server if that is known
   * @param powerUsageEffectiveness PUE: energy of the building per energy of the computers, 1 or
   *     more
   * @param usdPerKilowattHour of electricity; 0 if the rent holds it
   */
  public record Prices(
      double usdPerDeviceHour,
      double wattsPerDevice,
      double powerUsageEffectiveness,
      double usdPerKilowattHour) {
    public Prices {
      requireNotNegative("prices", "usdPerDeviceHour", usdPerDeviceHour);
      requireNotNegative("prices", "wattsPerDevice", wattsPerDevice);
      requirePositive("prices", "powerUsageEffectiveness", powerUsageEffectiveness);
      require(
          powerUsageEffectiveness >= 1,
          "prices",
          "powerUsageEffectiveness",
          powerUsageEffectiveness,
          "must be 1 or more");
      requireNotNegative("prices", "usdPerKilowattHour", usdPerKilowattHour);
    }
  }

  public TrainingRun {
    requirePositive("run", "modelFlops", modelFlops);
    requirePositive("run", "devices", devices);
    requirePositive("run", "peakFlopsPerSecond", peakFlopsPerSecond);
    requireShare("run", "modelFlopsUtilization", modelFlopsUtilization);
  }

  /**
   * C = 6ND: what a run costs before its shapes are known. Source: Kaplan et al. 2020,
   * arXiv:2001.08361, section 2.1.
   */
  public static double ruleOfThumbFlops(double parameters, double tokens) {
    requirePositive("run", "parameters", parameters);
    requirePositive("run", "tokens", tokens);
    return 6 * parameters * tokens;
  }

  /** modelFlops / (devices peak MFU). */
  public double seconds() {
    return modelFlops / (devices * peakFlopsPerSecond * modelFlopsUtilization);
  }

  /** Hours of all devices together: what is rented. */
  public double deviceHours() {
    return seconds() / SECONDS_PER_HOUR * devices;
  }

  /**
   * deviceHours watts PUE / 1000. Source: Touvron et al. 2023, arXiv:2302.13971, equation in
   * section 6.
   */
  public double energyKilowattHours() {
    return deviceHours()
        * prices.wattsPerDevice
        * prices.powerUsageEffectiveness
        / WATTS_PER_KILOWATT;
  }

  /** Rent of the devices. */
  public double rentUsd() {
    return deviceHours() * prices.usdPerDeviceHour;
  }

  /** Price of the energy. */
  public double electricityUsd() {
    return energyKilowattHours() * prices.usdPerKilowattHour;
  }

  /** Rent and electricity. */
  public double totalUsd() {
    return rentUsd() + electricityUsd();
  }

  /** The time with its inputs. */
  public Derivation timeDerivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("modelFlops", modelFlops);
    inputs.put("devices", devices);
    inputs.put("peak", peakFlopsPerSecond);
    inputs.put("MFU", modelFlopsUtilization);
    return new Derivation(
        "training time",
        seconds(),
        "s",
        "modelFlops / (devices peak MFU)",
        inputs,
        List.of(),
        "definition of MFU: Chowdhery et al. 2022, arXiv:2204.02311, section 4.1");
  }

  /** The energy with its inputs. */
  public Derivation energyDerivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("deviceHours", deviceHours());
    inputs.put("watts", prices.wattsPerDevice);
    inputs.put("PUE", prices.powerUsageEffectiveness);
    return new Derivation(
        "training energy",
        energyKilowattHours(),
        "kWh",
        "deviceHours watts PUE / 1000",
        inputs,
        List.of(),
        "Touvron et al. 2023, arXiv:2302.13971, section 6");
  }

  /** The cost with its terms. */
  public Derivation costDerivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("deviceHours", deviceHours());
    inputs.put("usdPerDeviceHour", prices.usdPerDeviceHour);
    inputs.put("watts", prices.wattsPerDevice);
    inputs.put("PUE", prices.powerUsageEffectiveness);
    inputs.put("usdPerKilowattHour", prices.usdPerKilowattHour);
    return new Derivation(
        "training cost",
        totalUsd(),
        "USD",
        "deviceHours (usdPerDeviceHour + watts / 1000 PUE usdPerKilowattHour)",
        inputs,
        List.of(
            new Derivation.Term("devices", rentUsd()),
            new Derivation.Term("electricity", electricityUsd())),
        "definition; energy: Touvron et al. 2023, arXiv:2302.13971, section 6");
  }
}
