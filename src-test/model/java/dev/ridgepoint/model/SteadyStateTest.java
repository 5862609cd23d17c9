package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A step of the same shape as the last allocates nothing. Until the optimising compiler is done
 * with the kernels every vector is an object, so that steps are repeated until none was: an
 * allocation that belongs to the step never goes away.
 */
class SteadyStateTest {
  private static final int STEPS_WITHOUT_ALLOCATION = 20;

  /** Twenty times as many as it takes: after that it is no matter of warming up. */
  private static final int MAX_STEPS = 100_000;

  private static final Architecture LLAMA =
      TestArchitectures.llama(
          96,
          32,
          64,
          2,
          4,
          2,
          16,
          true,
          new TestArchitectures.Parts(true, false, false, true),
          0,
          2);

  /** Every type with one row; with few rows and with many, what has kernels of its own there. */
  static Stream<Arguments> steps() {
    return Stream.concat(
        DType.encoded().stream().map(dtype -> Arguments.of(dtype, 1, 1)),
        Stream.of(
            Arguments.of(DType.BF16, 3, 1),
            Arguments.of(DType.Q4_0, 2, 1),
            Arguments.of(DType.F32, 1, 20)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void aStepAllocatesNothing(DType dtype, int sequences, int newTokens) {
    assertAllocatesNothing(LLAMA, dtype, sequences, newTokens);
  }

  @ParameterizedTest
  @CsvSource({"BF16, 1, 1", "F32, 2, 20"})
  void aStepOfGemma2AllocatesNothing(DType dtype, int sequences, int newTokens) {
    Architecture gemma = TestArchitectures.gemma(LLAMA, TestArchitectures.GemmaParts.ALL);
    assertAllocatesNothing(gemma, dtype, sequences, newTokens);
  }

  /** Those with operations that neither Llama nor Gemma has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt-neox",
        "llama-dynamic-ntk",
        "olmo",
        "olmo2",
        "phi3-longrope",
        "gpt-oss",
        "mixtral-moe",
        "qwen2-moe",
        "glm4-moe"
      })
  void aStepOfOtherFamiliesAllocatesNothing(String family) {
    Architecture architecture =
        ConfigReader.read(TestResources.path("logits/" + family).resolve("hf-f32"));
    assertAllocatesNothing(architecture, DType.F32, 2, 2);
  }

  /** Blocks of 256 need wider rows. */
  @ParameterizedTest
  @CsvSource({"Q4_K, 1, 1", "Q5_K, 1, 1", "Q6_K, 1, 1", "Q4_K, 1, 20"})
  void aStepOfSuperBlocksAllocatesNothing(DType dtype, int sequences, int newTokens) {
    Architecture wide =
        TestArchitectures.llama(
            96,
            256,
            256,
            1,
            4,
            2,
            64,
            true,
            new TestArchitectures.Parts(false, false, false, true),
            0,
            1);
    assertAllocatesNothing(wide, dtype, sequences, newTokens);
  }

  /** Keys and values of which attention unpacks a page at a time. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 20"})
  void aStepWithQuantisedKeysAndValuesAllocatesNothing(int sequences, int newTokens) {
    Architecture wide =
        TestArchitectures.llama(
            96,
            32,
            64,
            2,
            4,
            2,
            DType.Q8_0.blockElements(),
            true,
            new TestArchitectures.Parts(true, false, false, true),
            0,
            2);
    assertAllocatesNothing(wide, DType.F32, DType.Q8_0, sequences, newTokens);
  }

  private static void assertAllocatesNothing(
      Architecture architecture, DType dtype, int sequences, int newTokens) {
    assertAllocatesNothing(architecture, dtype, DType.F32, sequences, newTokens);
  }

  private static void assertAllocatesNothing(
      Architecture architecture, DType dtype, DType kvType, int sequences, int newTokens) {
    assumeTrue(
        ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported(),
        "this JVM does not count what a thread allocates");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<KvCache> caches = new ArrayList<>();
    try (Workers alone = new Workers(1);
        LoadedModel model =
            LoadedModel.synthetic(architecture, 1, dtype, alone, (done, total) -> {});
        Program decoder = model.program(kvType, alone, Meter.NONE)) {
      List<Batch.Entry> entries = new ArrayList<>();
      for (int i = 0; i < sequences; i++) {
        KvCache cache = decoder.newCache(64);
        cache.advance(40);
        caches.add(cache);
        entries.add(new Batch.Entry(cache, new int[newTokens], 1));
      }
      Batch batch = new Batch(entries);
      int without = 0;
      long allocated = 0;
      for (int step = 0; step < MAX_STEPS && without < STEPS_WITHOUT_ALLOCATION; step++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        decoder.forward(batch);
        for (int i = 0; i < sequences; i++) {
          caches.get(i).truncate(40);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        without = allocated == 0 ? without + 1 : 0;
      }
      assertTrue(without == STEPS_WITHOUT_ALLOCATION, "bytes in the last step: " + allocated);
    } finally {
      caches.forEach(KvCache::close);
    }
  }
}
