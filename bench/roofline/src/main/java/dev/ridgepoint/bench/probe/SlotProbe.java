package dev.ridgepoint.bench.probe;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Measures the instruction slots that this core's neighbours leave to one thread. */
final class SlotProbe {
  private static final int WARM_UP_CALLS = 100;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(1);
  private static final int WARM_UP_TRIPS = 1000;

  /** A quarter of a millisecond of the chain at 4 GHz, and less of the others. */
  private static final int TRIPS = 60_000;

  private static final long NANOS = Duration.ofMillis(500).toNanos();

  /** Operands that no loop can be shortened by. */
  private static final int X = 0x3039;

  private static final int Y = 0x3ade68b1;

  /** Read by nobody; written so that no call can be left out. */
  @SuppressWarnings("unused")
  private static volatile int sink;

  private SlotProbe() {}

  private interface Loop {
    int run(int trips, int x, int y);
  }

  /**
   * Slices of about a millisecond: neighbours come and go that fast. A slice is counted in cycles
   * of the faster of the two chains around it, since only a disturbance makes one slower.
   *
   * @param notes told if the compiler did not bring the loops to speed; there are no slots then
   */
  static Optional<InstructionSlots> measure(Notes notes) {
    if (!WarmUp.run(SlotProbe::warmUp, WARM_UP_CALLS, WARM_UP_LIMIT)) {
      notes.add("the loops that count instruction slots were compiled badly and left out");
      return Optional.empty();
    }
    DoubleStream.Builder perCycle = DoubleStream.builder();
    DoubleStream.Builder cyclesPerSecond = DoubleStream.builder();
    long start = System.nanoTime();
    double before = instructionsPerSecond(SlotKernels::chain, SlotKernels.CHAIN);
    while (System.nanoTime() - start < NANOS) {
      double independent = instructionsPerSecond(SlotKernels::independent, SlotKernels.INDEPENDENT);
      double after = instructionsPerSecond(SlotKernels::chain, SlotKernels.CHAIN);
      double cycles = Math.max(before, after);
      perCycle.add(independent / cycles);
      cyclesPerSecond.add(cycles);
      before = after;
    }
    return Optional.of(
        InstructionSlots.of(perCycle.build().toArray(), cyclesPerSecond.build().toArray()));
  }

  private static int warmUp() {
    return SlotKernels.chain(WARM_UP_TRIPS, X, Y) + SlotKernels.independent(WARM_UP_TRIPS, X, Y);
  }

  private static double instructionsPerSecond(Loop loop, int instructionsPerTrip) {
    long start = System.nanoTime();
    sink = loop.run(TRIPS, X, Y);
    return (double) TRIPS * instructionsPerTrip * 1e9 / (System.nanoTime() - start);
  }
}
