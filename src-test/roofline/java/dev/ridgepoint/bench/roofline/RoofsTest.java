package dev.ridgepoint.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoofsTest {
  private static final Roofs ROOFS = new Roofs(machine("F32"));

  /** Work of FLOPs alone that takes a second at 100 GFLOP/s. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 0.8", "3, 0.6666666666666666", "5, 0.5", "64, 0.5"})
  void peaksOfTeamsBetweenThoseMeasuredLieBetweenTheirs(int threads, double fraction) {
    assertEquals(fraction, ROOFS.place(new Work((long) 100e9, 0, 0, threads), 1).fractionOfRoof());
  }

  /** Work of bytes alone that takes a second at 10 GB/s. */
  @ParameterizedTest
  @CsvSource({
    "1, 1048576, 0.1",
    "1, 4194304, 0.1818181818181818",
    "1, 1099511627776, 1",
    "3, 1, 0.1",
    "3, 16777216, 0.6666666666666666"
  })
  void bandwidthsToo(int threads, long workingSet, double fraction) {
    assertEquals(
        fraction,
        ROOFS.place(new Work(0, (long) 10e9, workingSet, threads), 1).fractionOfRoof(),
        1e-12);
  }

  /** As above, in doubles. */
  @Test
  void aVectorHoldsHalfAsManyDoubles() {
    Work work = Work.of((long) 100e9, 0, 1).inDoubles();
    assertEquals(1, ROOFS.place(work, 2).fractionOfRoof());
  }

  @Test
  void aMachineWithoutAPeakOfTheEngineIsRefused() {
    assertThrows(InvalidInputException.class, () -> new Roofs(machine("F64")));
  }

  private static Machine machine(String dtype) {
    return new Machine(
        "cpu",
        5,
        512,
        1L << 34,
        List.of(new Machine.Peak(dtype, 1, 100e9, 100e9), new Machine.Peak(dtype, 5, 200e9, 200e9)),
        List.of(
            read(1, 1 << 20, 100e9),
            read(1, 1 << 24, 10e9),
            read(5, 1 << 20, 100e9),
            read(5, 1 << 24, 20e9)));
  }

  private static Machine.Bandwidth read(int threads, long workingSet, double rate) {
    return new Machine.Bandwidth(threads, "L1", workingSet, rate, rate);
  }
}
