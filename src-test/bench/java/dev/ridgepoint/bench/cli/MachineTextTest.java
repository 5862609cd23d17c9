package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.probe.Ceilings;
import dev.ridgepoint.bench.probe.Cores;
import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.InstructionSlots;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.probe.Spread;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineTextTest {

  @Test
  void showsEveryCeilingWithItsSpread() {
    assertEquals(
        """
        cpu, 2 cores, 16.0 GiB
        256-bit vectors, JDK 25.0.3, os

                                              best    median     worst
        F32 FMA, 1 thread                    115.0     113.0     112.0 GFLOP/s
        read 32 KiB, 1 thread                200.0     190.0     180.0 GB/s
        instruction slots, 1 thread            5.9       3.1       2.5 per cycle
        note: a note
        """,
        text(Optional.of(new InstructionSlots(Spread.of(2.5, 3.1, 5.9), 3.6e9))));
  }

  @Test
  void leavesOutSlotsThatWereNotMeasured() {
    assertEquals(
        List.of(), text(Optional.empty()).lines().filter(l -> l.contains("slots")).toList());
  }

  private static String text(Optional<InstructionSlots> slots) {
    Ceilings ceilings =
        new Ceilings(
            List.of(new Ceilings.Peak(1, Spread.of(112e9, 113e9, 115e9))),
            List.of(new Ceilings.Bandwidth(1, 32 << 10, Spread.of(180e9, 190e9, 200e9))),
            slots,
            List.of("a note"));
    Host host =
        new Host(
            "cpu",
            new Cores(2, List.of(), 0),
            2,
            16L << 30,
            List.of(),
            256,
            "25.0.3",
            "os",
            List.of());
    return MachineText.of(new ProbedMachine(host, Effort.QUICK, ceilings))
        .replace(System.lineSeparator(), "\n");
  }
}
