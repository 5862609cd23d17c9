package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.probe.MeasuredMachine;
import java.util.OptionalDouble;

/** The peak of this machine, as {@code ridge machine} has measured it. */
public final class MeasuredPeak {
  private static final String DTYPE = "F32";

  private MeasuredPeak() {}

  /** FLOP/s in F32 with so many threads; empty where it was not measured with as many. */
  public static OptionalDouble flopsPerSecond(int threads) {
    return DeviceOptions.measuredHere()
        .flatMap(TargetDevice::local)
        .map(MeasuredMachine::machine)
        .stream()
        .flatMap(machine -> machine.peaks().stream())
        .filter(peak -> peak.threads() == threads && peak.dtype().equals(DTYPE))
        .mapToDouble(peak -> peak.flopsPerSecond())
        .findFirst();
  }
}
