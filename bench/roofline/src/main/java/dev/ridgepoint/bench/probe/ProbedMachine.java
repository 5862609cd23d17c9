package dev.ridgepoint.bench.probe;

import dev.ridgepoint.estimator.hardware.Machine;

/** A machine and its measured ceilings, with their spread and the doubts about them. */
public record ProbedMachine(Host host, Effort effort, Ceilings ceilings) {
  /** What the engine multiplies in, whatever the weights are stored as. */
  private static final String COMPUTE_DTYPE = "F32";

  /** Probes the machine that this process runs on. */
  public static ProbedMachine probe(Host host, Effort effort) {
    return new ProbedMachine(host, effort, Ceilings.measure(host, effort));
  }

  /** The machine with its roofs probed once more, shortly; see {@link Ceilings}. */
  public ProbedMachine again() {
    return new ProbedMachine(host, effort, ceilings.again(host));
  }

  /** The machine as the estimator takes it. */
  public Machine machine() {
    return new Machine(
        host.cpu(),
        host.physicalCores(),
        host.vectorBits(),
        host.memoryBytes(),
        ceilings.peaks().stream()
            .map(
                peak ->
                    new Machine.Peak(
                        COMPUTE_DTYPE,
                        peak.threads(),
                        peak.flopsPerSecond().max(),
                        peak.flopsPerSecond().min()))
            .toList(),
        MemoryLevels.name(ceilings.bandwidths()));
  }
}
