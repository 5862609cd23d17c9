package dev.ridgepoint.bench.probe;

import dev.ridgepoint.estimator.hardware.Machine;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A machine and its measured ceilings, with their spread and the doubts about them. */
public record ProbedMachine(Host host, Effort effort, Ceilings ceilings) {
  /** What the engine multiplies in, whatever the weights are stored as. */
  private static final String COMPUTE_DTYPE = "F32";

  /**
   * Probes the machine that this process runs on.
   *
   * @param threads numbers of them that are wanted besides one and all
   */
  static ProbedMachine probe(Host host, Effort effort, Collection<Integer> threads) {
    return new ProbedMachine(host, effort, Ceilings.measure(host, effort, threads));
  }

  /**
   * The machine with its roofs probed once more: with all effort if that was not made yet, or else
   * shortly; see {@link Ceilings}.
   */
  public ProbedMachine again() {
    return effort == Effort.FULL
        ? new ProbedMachine(host, effort, ceilings.again(host))
        : new ProbedMachine(
            host,
            Effort.FULL,
            Ceilings.measure(host, Effort.FULL, ceilings.threads()).raisedBy(ceilings));
  }

  /** Doubts about the measurement, and where it disagrees with what the system says. */
  public List<String> notes() {
    return Stream.concat(
            ceilings.notes().stream(),
            MemoryLevels.doubts(ceilings.bandwidths(), host.caches()).stream())
        .toList();
  }

  /** Whether its roofs are known for all of these numbers of threads. */
  public boolean isProbedWith(Collection<Integer> threads) {
    return ceilings.threads().containsAll(threads);
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
        MemoryLevels.name(ceilings.bandwidths(), host.caches()));
  }
}
