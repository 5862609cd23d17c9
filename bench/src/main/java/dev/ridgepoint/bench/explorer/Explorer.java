package dev.ridgepoint.bench.explorer;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a reader of the report can ask about other shapes, formats and machines, answered
 * beforehand: steps on a grid of {@link Stops}.
 *
 * @param stops what can be chosen
 * @param machine this machine, by number of threads, then by format
 * @param devices of the catalogue, the one with the least bandwidth first, then by format
 */
public record Explorer(Stops stops, List<Runner> machine, List<Runner> devices) {
  /** Batches beyond this are not tried for where decoding turns compute-bound. */
  public static final int MAX_CROSSING_BATCH = 4096;

  /** Formats that can be chosen besides the measured one, where the model's rows allow them. */
  private static final List<DType> FORMATS = List.of(DType.F32, DType.BF16, DType.Q8_0, DType.Q4_0);

  /** From a board for hobbyists to a data centre, one or two of a kind. */
  private static final List<String> DEVICES =
      List.of(
          "Raspberry Pi 5 (BCM2712)",
          "AMD Ryzen 9 7950X",
          "Apple M4 (10c)",
          "AMD EPYC 9654",
          "Apple M4 Max (40c)",
          "RTX 4090",
          "H100 SXM5 80GB",
          "B200 SXM 180GB");

  public Explorer {
    machine = List.copyOf(machine);
    devices = List.copyOf(devices);
  }

  /**
   * Answers all questions. A pure function.
   *
   * @param machine with peaks of {@code computeDtype} and bandwidths for all threads of {@code
   *     stops}
   * @param kernels of the machine, in whatever formats they were timed
   * @param computeDtype what the engine multiplies in
   * @param architecture a decoder that the engine runs
   * @param measured how the measured model was stored
   */
  public static Explorer of(
      Machine machine,
      KernelCalibration kernels,
      String computeDtype,
      Architecture architecture,
      DataFormats measured,
      Stops stops) {
    Grid grid = new Grid(architecture, stops);
    List<DataFormats> formats = formats(architecture, measured);
    List<Runner> here = new ArrayList<>();
    for (int team : stops.threads()) {
      formats.forEach(each -> here.add(grid.machine(machine, kernels, computeDtype, team, each)));
    }
    List<Runner> devices = new ArrayList<>();
    for (String name : DEVICES) {
      Device device = DeviceCatalog.named(name);
      formats.forEach(each -> devices.add(grid.device(device, each.weights())));
    }
    return new Explorer(stops, here, devices);
  }

  private static List<DataFormats> formats(Architecture architecture, DataFormats measured) {
    List<DataFormats> formats = new ArrayList<>();
    for (DType type : FORMATS) {
      if (EngineFormats.fits(type, architecture)) {
        Precision matrices = Precision.named("format", type.name());
        formats.add(new DataFormats(matrices, measured.kvCache()));
      }
    }
    String name = measured.weights().name();
    if (formats.stream().noneMatch(each -> each.weights().name().equals(name))) {
      formats.add(measured);
    }
    return formats;
  }
}
