package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapacityTest {
  private static final Architecture LLAMA = ModelCatalog.get("Llama-3.1-8B");
  private static final ForwardOptions OPTIONS =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.decode(1, 1));
  private static final Allocation PAGED = new Allocation.Paged(16);

  @Test
  void pagesWasteLessThanABlockPerSequence() {
    for (int positions = 1; positions < 50; positions++) {
      InferenceMemory memory = InferenceMemory.of(LLAMA, OPTIONS, 3, positions, PAGED);
      int empty = 0;
      while ((positions + empty) % 16 != 0) {
        empty++;
      }
      assertEquals(3L * 131_072 * empty, memory.kvReservedBytes() - memory.kvUsedBytes());
      assertEquals(3L * 131_072 * positions, memory.kvUsedBytes());
    }
  }

  @Test
  void contiguousRoomIsTakenFromTheStart() {
    Allocation contiguous = new Allocation.Contiguous(8192);
    InferenceMemory memory = InferenceMemory.of(LLAMA, OPTIONS, 2, 100, contiguous);
    assertEquals(2L * 131_072 * 8192, memory.kvReservedBytes());
    assertEquals(2L * 131_072 * 100, memory.kvUsedBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {17_000_000_000L, 24_000_000_000L, 80_000_000_000L})
  void oneMoreDoesNotFit(long available) {
    Capacity capacity = new Capacity(LLAMA, OPTIONS, PAGED, available);
    int batch = capacity.largestBatch(1000);
    assertTrue(bytes(batch, 1000) <= available && bytes(batch + 1, 1000) > available);
    int context = capacity.largestContext(4);
    assertTrue(bytes(4, context) <= available && bytes(4, context + 1) > available);
  }

  @Test
  void nothingFitsWhereTheWeightsDoNot() {
    Capacity capacity = new Capacity(LLAMA, OPTIONS, PAGED, 16_000_000_000L);
    assertEquals(0, capacity.largestBatch(1));
    assertEquals(0, capacity.largestContext(1));
  }

  @Test
  void windowedLayersKeepTheirWindow() {
    Architecture gemma = ModelCatalog.get("gemma-3-1b");
    long perPosition = 2L * 256 * 2;
    // Every sixth of 26 layers is global: 4, and 22 keep 512 positions.
    assertEquals(
        perPosition * (4 * 10_000 + 22 * 512),
        KvCacheFormat.of(Precision.BF16).sequenceBytes(gemma, 10_000));
  }

  private static long bytes(int batch, int positions) {
    return InferenceMemory.of(LLAMA, OPTIONS, batch, positions, PAGED).totalBytes();
  }
}
