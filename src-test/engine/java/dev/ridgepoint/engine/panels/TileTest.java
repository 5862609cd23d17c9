package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Reference;
import dev.ridgepoint.engine.kernels.Tile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every tile of every format, whether this machine's products use it or not. */
class TileTest {
  /** Around what C2 unrolls and what blocks have; formats with blocks take whole ones. */
  private static final int[] DEPTHS = {1, 2, 3, 4, 5, 7, 31, 32, 33, 64, 67, 256, 512};

  private static final int X_OFFSET = 5;
  private static final int C_OFFSET = 3;
  private static final long W_OFFSET = 64;

  /** Between the panels, which are read side by side. */
  private static final long GAP_BYTES = 192;

  static Stream<Arguments> tiles() {
    return TestData.packed()
        .flatMap(dtype -> format(dtype).tiles().stream().map(tile -> Arguments.of(dtype, tile)));
  }

  private static TiledFormat format(DType dtype) {
    return PanelFormats.of(dtype);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("tiles")
  void agreesWithTheReference(DType dtype, Tile tile) {
    TiledFormat format = format(dtype);
    Random random = new Random(31L * tile.rows() + tile.panels());
    for (int depth : DEPTHS) {
      if (depth % format.blockSteps() == 0) {
        agreesWithTheReference(dtype, tile, depth, random);
      }
    }
  }

  private static void agreesWithTheReference(DType dtype, Tile tile, int depth, Random random) {
    TiledFormat format = format(dtype);
    int rows = tile.rows();
    int panels = tile.panels();
    long panelBytes = format.bytes(depth) + GAP_BYTES;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment w = arena.allocate(W_OFFSET + panels * panelBytes, 64);
      w.fill((byte) -1); // NaN, wherever a tile would read beside its panels
      for (int panel = 0; panel < panels; panel++) {
        MemorySegment columns = TestData.rows(arena, random, dtype, Blocking.PANEL, depth);
        format.pack(columns, depth, w, W_OFFSET + panel * panelBytes);
      }
      float[] x = TestData.random(random, rows * depth);
      float[] prepared = Arrays.copyOf(x, rows * format.preparedSteps(depth));
      format.prepare(prepared, 0, rows, depth);
      int ofSums = C_OFFSET + rows * Blocking.STRIDE;
      int scratch = format.scratchFloats(rows, panels);
      float[] c = TestData.random(random, ofSums + scratch + Blocking.STRIDE);
      float[] expected = c.clone();

      format.multiplyAdd(
          rows, panels, shifted(prepared), X_OFFSET, w, W_OFFSET, panelBytes, depth, c, C_OFFSET);
      Reference.multiplyAdd(
          format::readColumn,
          rows,
          panels,
          shifted(x),
          X_OFFSET,
          w,
          W_OFFSET,
          panelBytes,
          depth,
          expected,
          C_OFFSET);

      // A chain of additions is the same chain; blocks that are scaled afterwards round
      // differently.
      double tolerance = format.blockSteps() == 1 ? 0 : 2 * TestData.dotTolerance(depth);
      Arrays.fill(c, ofSums, ofSums + scratch, 0f);
      Arrays.fill(expected, ofSums, ofSums + scratch, 0f);
      for (int i = 0; i < c.length; i++) {
        assertEquals(expected[i], c[i], tolerance, tile + " of depth " + depth + ", sum " + i);
      }
    }
  }

  /** From {@link #X_OFFSET} on, between NaNs. */
  private static float[] shifted(float[] x) {
    float[] shifted = new float[x.length + 2 * X_OFFSET];
    Arrays.fill(shifted, Float.NaN);
    System.arraycopy(x, 0, shifted, X_OFFSET, x.length);
    return shifted;
  }
}
