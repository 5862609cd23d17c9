package dev.ridgepoint.model.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BoxedVectorsTest {
  private static final long SECOND = 1_000_000_000;
  private static final long PATIENCE_SECONDS = BoxedVectors.PATIENCE_CPU_NANOS / SECOND;

  private final BoxedVectors boxed = new BoxedVectors();

  @Test
  void lastsWhenItHasAllocatedForAsLongAsTheCompilerMayTake() {
    assertEquals(PATIENCE_SECONDS, steps(1, SECOND));
    assertTrue(boxed.isLasting(1, true, 1), "and goes on to");
  }

  @Test
  void itsOwnTimeCountsNotHowManyStepsThereAre() {
    assertEquals(1000 * PATIENCE_SECONDS, steps(1, SECOND / 1000));
  }

  @Test
  void aKernelThatIsCompiledInTimeIsNone() {
    for (int start = 0; start < 10; start++) {
      assertFalse(boxed.isLasting(1, true, BoxedVectors.PATIENCE_CPU_NANOS - 1));
      assertFalse(boxed.isLasting(1, false, 1000));
    }
  }

  @Test
  void stepsOfAnotherShapeDoNotExcuseIt() {
    for (int i = 1; i < PATIENCE_SECONDS; i++) {
      assertFalse(boxed.isLasting(512, true, SECOND));
      assertFalse(boxed.isLasting(1, false, SECOND));
    }
    assertTrue(boxed.isLasting(512, true, SECOND));
  }

  @Test
  void manyShapesCountTogetherUntilOneRecovers() {
    for (int rows = 1; rows < PATIENCE_SECONDS; rows++) {
      assertFalse(boxed.isLasting(rows, true, SECOND));
    }
    assertFalse(boxed.isLasting((int) PATIENCE_SECONDS - 1, false, 1000));
    assertEquals(PATIENCE_SECONDS, steps(99, SECOND));
  }

  /** Steps that allocate until they last. */
  private long steps(int rows, long nanos) {
    long steps = 1;
    while (!boxed.isLasting(rows, true, nanos)) {
      steps++;
    }
    return steps;
  }
}
