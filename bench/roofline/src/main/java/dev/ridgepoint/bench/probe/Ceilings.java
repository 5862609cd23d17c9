package dev.ridgepoint.bench.probe;

import dev.ridgepoint.engine.kernels.Blocking;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What no program on this machine exceeds, as far as Java can show it.
 *
 * @param slots of one thread's core; empty in files older than their measurement, and where the
 *     compiler did badly
 * @param notes doubts about the measurement, for the reader
 */
public record Ceilings(
    List<Peak> peaks,
    List<Bandwidth> bandwidths,
    Optional<InstructionSlots> slots,
    List<String> notes) {

  /** F32 multiply-adds on registers, by all threads together. */
  public record Peak(int threads, Spread flopsPerSecond) {}

  /** Reading a working set again and again, by all threads together. */
  public record Bandwidth(int threads, long workingSetBytes, Spread bytesPerSecond) {}

  /**
   * Measures this machine. The process should do nothing else meanwhile.
   *
   * @param threads numbers of them that are wanted besides one and all
   */
  static Ceilings measure(Host host, Effort effort, Collection<Integer> threads) {
    return measure(Sweep.of(host, effort, threads), effort);
  }

  /** The numbers of threads that were measured. */
  Set<Integer> threads() {
    return peaks.stream().map(Peak::threads).collect(Collectors.toSet());
  }

  /**
   * These ceilings, with the peaks and the largest working sets measured once more: clocks and
   * neighbours change, and a ceiling is the best of all that was seen.
   */
  Ceilings again(Host host) {
    return raisedBy(measure(Sweep.of(host, Effort.QUICK, threads()).largestAlone(), Effort.QUICK));
  }

  /** These ceilings with the samples of others, wherever these measured the same. */
  Ceilings raisedBy(Ceilings later) {
    List<Peak> raisedPeaks =
        peaks.stream()
            .map(
                peak ->
                    later.peaks.stream()
                        .filter(p -> p.threads == peak.threads)
                        .map(p -> new Peak(p.threads, peak.flopsPerSecond.and(p.flopsPerSecond)))
                        .findFirst()
                        .orElse(peak))
            .toList();
    List<Bandwidth> raisedBandwidths =
        bandwidths.stream()
            .map(
                bandwidth ->
                    later.bandwidths.stream()
                        .filter(b -> b.threads == bandwidth.threads)
                        .filter(b -> b.workingSetBytes == bandwidth.workingSetBytes)
                        .map(
                            b ->
                                new Bandwidth(
                                    b.threads,
                                    b.workingSetBytes,
                                    bandwidth.bytesPerSecond.and(b.bytesPerSecond)))
                        .findFirst()
                        .orElse(bandwidth))
            .toList();
    Notes found = new Notes();
    Optional<InstructionSlots> allSlots =
        slots.map(known -> later.slots.map(known::and).orElse(known)).or(() -> later.slots);
    check(raisedPeaks, raisedBandwidths, allSlots, found);
    return new Ceilings(raisedPeaks, raisedBandwidths, allSlots, found.lines());
  }

  private static Ceilings measure(Sweep sweep, Effort effort) {
    Notes notes = new Notes();
    PeakProbe peakProbe = new PeakProbe(notes);
    List<ReadKernels.Kernel> readKernels = BandwidthProbe.compiledKernels(notes);
    Optional<InstructionSlots> slots = SlotProbe.measure(notes);
    long nanosPerPass = effort.nanosPerPass(sweep.measurements());
    List<Peak> peaks = new ArrayList<>();
    List<Bandwidth> bandwidths = new ArrayList<>();
    for (int threads : sweep.threads()) {
      try (Team team = new Team(threads);
          BandwidthProbe bandwidthProbe =
              new BandwidthProbe(readKernels, team, sweep.largestWorkingSetBytes())) {
        Series peak = new Series(team, effort, peakProbe.loads(threads));
        SortedMap<Long, Series> reads = new TreeMap<>();
        for (long bytes : sweep.workingSets(threads)) {
          reads.put(bytes, new Series(team, effort, bandwidthProbe.loads(bytes)));
        }
        for (int pass = 0; pass < Effort.PASSES; pass++) {
          peak.sample(nanosPerPass);
          reads.values().forEach(series -> series.sample(nanosPerPass));
        }
        peaks.add(new Peak(threads, peak.fastest()));
        reads.forEach(
            (bytes, series) -> bandwidths.add(new Bandwidth(threads, bytes, series.fastest())));
      }
    }
    check(peaks, bandwidths, slots, notes);
    return new Ceilings(List.copyOf(peaks), List.copyOf(bandwidths), slots, notes.lines());
  }

  private static void check(
      List<Peak> peaks, List<Bandwidth> bandwidths, Optional<InstructionSlots> slots, Notes notes) {
    Plausibility.check(peaks, bandwidths, notes);
    double peakOfOne = peaks.getFirst().flopsPerSecond.max() / peaks.getFirst().threads;
    slots
        .flatMap(
            each ->
                each.note(
                    peakOfOne,
                    VectorWidth.FLOATS.length(),
                    Blocking.loopInstructionsPerMultiplyAdd()))
        .ifPresent(notes::add);
  }
}
