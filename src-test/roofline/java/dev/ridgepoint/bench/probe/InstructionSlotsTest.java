package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class InstructionSlotsTest {

  @Test
  void slotsBoundAKernelByItsInstructionsPerMultiplyAdd() {
    InstructionSlots busy = slots(2.5, 3.1, 5.9);
    assertEquals(3.1 / (2 * 1.9), busy.fractionOfPeak(2, 1.9));
    assertEquals(3.1 / (2 * 3.0), busy.fractionOfPeak(2, 3.0));
    assertEquals(1, busy.fractionOfPeak(1, 1.9));
  }

  @Test
  void aCoreIsSharedWhoseMedianIsClearlyBelowItsBest() {
    assertTrue(slots(3, 5.0, 6.0).shared());
    assertFalse(slots(3, 5.2, 6.0).shared());
  }

  @Test
  void theNoteNamesSlotsAndWhatTheyAllow() {
    // 8 lanes, 2 multiply-adds per cycle of 3.6 GHz.
    assertEquals(
        Optional.of(
            "neighbours leave 3.1 of 5.9 instruction slots per cycle: a kernel of 1.85 instructions"
                + " per FMA can reach 84 % of the FMA roof"),
        slots(2.5, 3.1, 5.9).note(2 * 2 * 8 * 3.6e9, 8, OptionalDouble.of(1.85)));
    assertEquals(
        Optional.of("neighbours leave 3.1 of 5.9 instruction slots per cycle"),
        slots(2.5, 3.1, 5.9).note(2 * 2 * 8 * 3.6e9, 8, OptionalDouble.empty()));
    assertEquals(
        Optional.empty(), slots(5.5, 5.8, 5.9).note(2 * 2 * 8 * 3.6e9, 8, OptionalDouble.of(1.85)));
  }

  @Test
  void aTwentiethAtEitherEndIsLeftOut() {
    double[] perCycle = DoubleStream.iterate(1, slot -> slot + 1).limit(40).toArray();
    InstructionSlots slots = InstructionSlots.of(perCycle, new double[] {3e9, 4e9, 1e9});
    assertEquals(new Spread(3, 20.5, 38, 36), slots.perCycle());
    assertEquals(3e9, slots.cyclesPerSecond());
    InstructionSlots one = InstructionSlots.of(new double[] {5}, new double[] {3e9});
    assertEquals(new Spread(5, 5, 5, 1), one.perCycle());
  }

  @Test
  void laterSlicesAreAdded() {
    InstructionSlots both =
        new InstructionSlots(Spread.of(2, 3, 4), 3.5e9)
            .and(new InstructionSlots(Spread.of(4, 5, 6), 3.6e9));
    assertEquals(new InstructionSlots(new Spread(2, 4, 6, 6), 3.6e9), both);
  }

  private static InstructionSlots slots(double low, double median, double best) {
    return new InstructionSlots(Spread.of(low, median, best), 3.6e9);
  }
}
