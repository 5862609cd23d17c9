package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.ComputeDtype;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;

/** Replicas that the tests look at. */
final class ServingModels {
  static final ForwardOptions BF16 =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.decode(1, 1))
          .withActivations(Precision.BF16)
          .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));

  static final Device A100 = DeviceCatalog.named("A100 SXM4 80GB");
  static final Device H100 = DeviceCatalog.named("H100 SXM5 80GB");

  private ServingModels() {}

  static Replica replica(String model, Device device, int devices, Efficiency efficiency) {
    return new Replica(
        ModelCatalog.get(model),
        BF16,
        device,
        ComputeDtype.BF16,
        ServingLayout.tensor(devices),
        efficiency);
  }
}
