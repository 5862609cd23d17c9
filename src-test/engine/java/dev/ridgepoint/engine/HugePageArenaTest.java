package dev.ridgepoint.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HugePageArenaTest {

  @Test
  void segmentsAreZeroedAlignedAndApart() {
    try (Arena arena = new HugePageArena()) {
      List<MemorySegment> segments = new ArrayList<>();
      for (long bytes : new long[] {1, 100, 1 << 20, (1 << 20) + 1, 70 << 20, 3 << 20, 255 << 10}) {
        MemorySegment segment = arena.allocate(bytes, 64);
        assertEquals(bytes, segment.byteSize());
        assertEquals(0, segment.address() % 64);
        assertEquals(-1, segment.mismatch(MemorySegment.ofArray(new byte[(int) bytes])));
        segment.fill((byte) segments.size());
        segments.add(segment);
      }
      for (int i = 0; i < segments.size(); i++) {
        MemorySegment segment = segments.get(i);
        assertEquals(i, segment.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(i, segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1));
      }
    }
  }

  @Test
  void memoryEndsWithTheArena() {
    HugePageArena arena = new HugePageArena();
    MemorySegment segment = arena.allocate(8 << 20, 64);
    arena.close();
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> arena.allocate(8 << 20, 64));
  }

  @Test
  void pagesAreHugeWhereTheSystemHasThem() throws IOException {
    assumeTrue(HugePages.AVAILABLE, "this system has no transparent huge pages");
    try (Arena arena = new HugePageArena()) {
      MemorySegment segment = arena.allocate(64 << 20, 64);
      segment.fill((byte) 1);
      assertTrue(
          flags(segment.address()).contains("hg"),
          "the mapping is not advised to be of huge pages");
    }
  }

  /** The kernel's flags of the mapping around an address. */
  private static String flags(long address) throws IOException {
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
        inside =
            Long.parseUnsignedLong(range[0], 16) <= address
                && address < Long.parseUnsignedLong(range[1], 16);
      } else if (inside && line.startsWith("VmFlags:")) {
        return line;
      }
    }
    return "";
  }
}
