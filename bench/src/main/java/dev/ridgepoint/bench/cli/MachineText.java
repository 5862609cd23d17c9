package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.probe.Ceilings;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.probe.Spread;
import java.util.Locale;

/** A probed machine for the terminal. */
final class MachineText {
  private final StringBuilder text = new StringBuilder();

  private MachineText() {}

  static String of(ProbedMachine machine) {
    MachineText printer = new MachineText();
    printer.host(machine.host());
    printer.ceilings(machine.ceilings());
    machine.notes().forEach(note -> printer.line("note: " + note));
    return printer.text.toString();
  }

  private void host(Host host) {
    line(
        String.format(
            Locale.ROOT,
            "%s, %s, %.1f GiB",
            host.cpu(),
            host.cores().text(),
            host.memoryBytes() / 0x1p30));
    line(
        String.format(
            Locale.ROOT,
            "%d-bit vectors, JDK %s, %s",
            host.vectorBits(),
            host.jdk(),
            host.operatingSystem()));
  }

  private void ceilings(Ceilings ceilings) {
    line("");
    line(String.format(Locale.ROOT, "%-32s %9s %9s %9s", "", "best", "median", "worst"));
    for (Ceilings.Peak peak : ceilings.peaks()) {
      spread("F32 FMA, " + team(peak.threads()), peak.flopsPerSecond(), 1e9, "GFLOP/s");
    }
    for (Ceilings.Bandwidth bandwidth : ceilings.bandwidths()) {
      String what =
          "read %s, %s".formatted(size(bandwidth.workingSetBytes()), team(bandwidth.threads()));
      spread(what, bandwidth.bytesPerSecond(), 1e9, "GB/s");
    }
    ceilings
        .slots()
        .ifPresent(
            slots -> spread("instruction slots, 1 thread", slots.perCycle(), 1, "per cycle"));
  }

  private void spread(String what, Spread spread, double unitSize, String unit) {
    line(
        String.format(
            Locale.ROOT,
            "%-32s %9.1f %9.1f %9.1f %s",
            what,
            spread.max() / unitSize,
            spread.median() / unitSize,
            spread.min() / unitSize,
            unit));
  }

  private static String team(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }

  private static String size(long bytes) {
    long kib = bytes >> 10;
    return kib < 1024 ? kib + " KiB" : (kib >> 10) + " MiB";
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }
}
