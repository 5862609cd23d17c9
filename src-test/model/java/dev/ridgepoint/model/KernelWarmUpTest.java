package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KernelWarmUpTest {

  @ParameterizedTest
  @EnumSource
  void runsEveryWeightTypeWithEitherCache(DType weightType) {
    for (DType kvType : new DType[] {DType.F32, DType.BF16}) {
      try (KernelWarmUp kernels = new KernelWarmUp(weightType, kvType, 7, 64)) {
        kernels.runOnce();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 64", "4, 2", "14, 80", "15, 128", "71, 64", "1, 34"})
  void runsEveryShapeOfHeads(int group, int headDim) {
    try (KernelWarmUp kernels = new KernelWarmUp(DType.BF16, DType.F32, group, headDim)) {
      kernels.runOnce();
    }
  }

  @Test
  void itsPromptsMeetTheTilesOfAllPromptsOfThreeTokensOrMore() {
    Set<Integer> met = new TreeSet<>();
    for (int rows : KernelWarmUp.PROMPTS) {
      addHeights(rows, met);
    }
    Set<Integer> all = new TreeSet<>();
    for (int rows = 3; rows < 1000; rows++) {
      addHeights(rows, all);
    }
    assertEquals(all, met);
  }

  private static void addHeights(int rows, Set<Integer> heights) {
    TilePlan block = new TilePlan();
    block.plan(rows);
    for (int tile = 0; tile < block.tiles(); tile++) {
      heights.add(block.tileRows(tile));
    }
  }

  @Test
  void closingEndsItsThread() {
    new BackgroundWarmUp(DType.F32, DType.F32, 1, 64).close();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals(BackgroundWarmUp.THREAD_NAME)));
  }

  @Test
  void anInterruptedCallerGoesOnAndStaysInterrupted() {
    try {
      BackgroundWarmUp warmUp = new BackgroundWarmUp(DType.F32, DType.F32, 1, 64);
      Thread.currentThread().interrupt();
      warmUp.close();
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
