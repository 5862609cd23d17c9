package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.estimator.architecture.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KernelWarmUpTest {

  static Stream<DType> typesWithPanels() {
    return Arrays.stream(DType.values()).filter(type -> PanelFormats.packed(type) == type);
  }

  @ParameterizedTest
  @MethodSource("typesWithPanels")
  void runsEveryWeightTypeWithEveryCache(DType weightType) {
    for (DType kvType : new DType[] {DType.F32, DType.BF16, DType.Q8_0}) {
      try (KernelWarmUp kernels = new KernelWarmUp(model(7, 64), weightType, kvType)) {
        kernels.runOnce();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 64", "4, 2", "14, 80", "15, 128", "71, 64", "1, 34"})
  void runsEveryShapeOfHeads(int group, int headDim) {
    try (KernelWarmUp kernels = new KernelWarmUp(model(group, headDim), DType.BF16, DType.F32)) {
      kernels.runOnce();
    }
  }

  @Test
  void runsWhatGemma2Has() {
    Architecture gemma = TestArchitectures.gemma(model(2, 32), TestArchitectures.GemmaParts.ALL);
    try (KernelWarmUp kernels = new KernelWarmUp(gemma, DType.BF16, DType.F32)) {
      kernels.runOnce();
    }
  }

  @Test
  void closingEndsItsThread() {
    new BackgroundWarmUp(model(1, 64), List.of(DType.F32), DType.F32).close();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals(BackgroundWarmUp.THREAD_NAME)));
  }

  @Test
  void anInterruptedCallerGoesOnAndStaysInterrupted() {
    try {
      BackgroundWarmUp warmUp = new BackgroundWarmUp(model(1, 64), List.of(DType.F32), DType.F32);
      Thread.currentThread().interrupt();
      warmUp.close();
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  private static Architecture model(int group, int headDim) {
    return TestArchitectures.llama(
        100,
        64,
        64,
        2,
        2 * group,
        2,
        headDim,
        false,
        new TestArchitectures.Parts(true, false, false, true),
        0,
        2);
  }
}
