package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {

  @Test
  void fmaKernelsDoTheFlopsTheyClaim() {
    // With x = y = 1 each FMA adds one to a lane, so the sum counts FMAs.
    int trips = 100;
    for (FmaKernels.Kernel kernel : FmaKernels.ALL) {
      int chains = kernel.chains();
      int lanes = VectorWidth.FLOATS.length();
      float start = lanes * chains * (chains - 1) / 2f;
      float sum = kernel.loop().run(trips, 1, 1);
      assertEquals(kernel.flops(trips), 2 * (long) (sum - start), chains + " chains");
    }
  }

  @Test
  void slotKernelsDoTheInstructionsTheyClaim() {
    int trips = 7;
    int x = 12345;
    int y = 987654321;
    int perChain = SlotKernels.CHAIN / 2;
    assertEquals(chain(x, trips * perChain, x, y), SlotKernels.chain(trips, x, y));
    int sum = 0;
    int chains = 0;
    for (int i = 0; i < 8; i++) {
      int vector = 4 * chain(x + i, trips, x, y);
      sum += chain(i, trips, x, y) + vector;
      chains += 2;
    }
    assertEquals(SlotKernels.INDEPENDENT, 2 * chains);
    assertEquals(sum, SlotKernels.independent(trips, x, y));
  }

  private static int chain(int a, int steps, int x, int y) {
    int result = a;
    for (int i = 0; i < steps; i++) {
      result = (result + x) ^ y;
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(longs = {512, 1024, 4096, 66_048})
  void readKernelsReadEveryByteOnce(long bytes) {
    Random random = new Random(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(bytes, 64);
      int sum = 0;
      for (long i = 0; i < bytes; i += 4) {
        int value = random.nextInt();
        data.set(ValueLayout.JAVA_INT, i, value);
        sum += value;
      }
      for (ReadKernels.Kernel kernel : ReadKernels.ALL) {
        assertEquals(3 * sum, kernel.loop().run(data, bytes, 3), kernel.streams() + " streams");
      }
    }
  }
}
