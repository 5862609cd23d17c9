package dev.ridgepoint.engine.kernels;

import java.util.List;

/**
 * Every size that products are cut into: for registers, for caches and for workers. What depends on
 * the registers has a row for each kind of register file; the row is chosen once. Constants, since
 * C2 compiles a kernel for them.
 *
 * <p>In the literature's words a tile is a micro-kernel of mr rows and nr columns, which is called
 * with kc = the whole depth: its sums are loaded and stored once. {@link #BLOCK_TILES} tiles of
 * packed rows (mc) stay in a cache while all panels pass by (nc = all columns).
 */
public final class Blocking {
  /**
   * System property that forces a row of the table, whatever machine this is: sse, avx2, avx512 or
   * neon. Results stay right; sums that find no register are spilled.
   */
  public static final String PROPERTY = "ridgepoint.registers";

  /** Heights of tiles that leave all sums in 16 registers, beside w and one broadcast of x. */
  private static final int[] TILES_OF_16 = {1, 2, 4, 5};

  /** The same of 32 registers; with 14 rows C2 spills, and 13 are no faster. */
  private static final int[] TILES_OF_32 = {1, 2, 4, 6, 8, 12};

  /** The table, in whose rows stand: tiles, rows widened, rows of a pair, panels at once. */
  static final List<RegisterFile> TABLE =
      List.of(
          // x86 with 128 bits, 16 registers: as AVX2, since nothing else was measured.
          new RegisterFile("sse", TILES_OF_16, 4, 0, new Panels(4, 2, 1), new Panels(2, 1, 1)),
          // 256 bits, 16 registers: eight sums for several plain panels, four beside masks.
          new RegisterFile("avx2", TILES_OF_16, 4, 0, new Panels(4, 2, 1), new Panels(2, 1, 1)),
          // 512 bits, 32 registers: 16 sums for several panels, 8 for one row beside masks.
          new RegisterFile("avx512", TILES_OF_32, 8, 8, new Panels(4, 4, 2), new Panels(4, 2, 2)),
          // AArch64, 32 registers of 128 bits: as AVX-512, which has as many.
          new RegisterFile("neon", TILES_OF_32, 8, 8, new Panels(4, 4, 2), new Panels(4, 2, 2)));

  /**
   * A row of the table.
   *
   * @param name as {@link #PROPERTY} forces it
   * @param heights rows of the tiles that products are cut into, ascending
   * @param widenedRows see {@link #MAX_WIDENED_ROWS}
   * @param pairRows see {@link #tileRows}; 0 if there is no such height
   * @param plain see {@link #plainPanelsAtOnce}
   * @param quantised see {@link #quantisedPanelsAtOnce}
   */
  record RegisterFile(
      String name, int[] heights, int widenedRows, int pairRows, Panels plain, Panels quantised) {

    int maxRows() {
      return heights[heights.length - 1];
    }

    int tileRows(int remaining) {
      if (remaining > maxRows() && remaining <= 2 * pairRows) {
        return pairRows;
      }
      for (int height : heights) {
        if (height >= remaining) {
          return height;
        }
      }
      return maxRows();
    }

    boolean hasHeight(int rows) {
      for (int height : heights) {
        if (height == rows) {
          return true;
        }
      }
      return false;
    }
  }

  /** Panels that are read side by side with one, two and four rows; with others it is one. */
  record Panels(int oneRow, int twoRows, int fourRows) {
    int of(int rows) {
      return switch (rows) {
        case 1 -> oneRow;
        case 2 -> twoRows;
        case 4 -> fourRows;
        default -> 1;
      };
    }
  }

  private static final RegisterFile REGISTERS = choose();

  /** Columns of a packed panel: two vectors, so that each broadcast of x serves two products. */
  public static final int PANEL = 2 * VectorRegisters.LENGTH;

  /**
   * Rows of the tallest tile: with two vectors of sums a row, and two of w, C2 leaves all of them
   * in registers. Taller tiles would fit, but some of their sums are spilled.
   */
  public static final int MAX_ROWS = REGISTERS.maxRows();

  /**
   * Rows of the tallest tile for widened formats. More rows pay for unpacking a panel to floats
   * once instead of widening it in every tile.
   */
  public static final int MAX_WIDENED_ROWS = REGISTERS.widenedRows();

  /** Rows of the shortest tile but a first: shorter ones gain too little to be compiled for it. */
  public static final int MIN_FURTHER_ROWS = 4;

  /** Floats from one row of sums to the next; a multiple of every panel width. */
  public static final int STRIDE = 256;

  /**
   * Tiles that share each panel: 144 rows of 896 floats, with tiles of 12, are half an L2 cache of
   * 1 MiB, where they stay while all panels pass by.
   */
  public static final int BLOCK_TILES = 12;

  /** Panels that a worker takes at least when it streams them: two are read faster than one. */
  public static final int STREAMED_PANELS = 2;

  /** Key positions that attention takes at once: the scores of a row fill one row of sums. */
  public static final int ATTENTION_CHUNK = STRIDE;

  /**
   * Query rows per block of attention, at least: enough to pay for reading keys and values once.
   */
  public static final int ATTENTION_ROWS = 8 * MAX_ROWS;

  private Blocking() {}

  /**
   * Rows of the tile that {@code remaining} rows, at least 1, begin with: a height that exists, the
   * lowest that holds them or the tallest. Where two shorter tiles of one height, the pair, would
   * do for a tallest and another, they are faster.
   */
  public static int tileRows(int remaining) {
    return REGISTERS.tileRows(remaining);
  }

  /** Whether this machine's products are cut into tiles of {@code rows}. */
  public static boolean hasHeight(int rows) {
    return REGISTERS.hasHeight(rows);
  }

  /** As many rows as are cut into tiles of the two greatest heights, which long prompts have. */
  public static int rowsOfTallestTiles() {
    return MAX_ROWS + 8;
  }

  /**
   * Panels without scales that are read at once for {@code rows}: as many as leave the sums in
   * registers, since several streams get more out of the memory than one.
   */
  public static int plainPanelsAtOnce(int rows) {
    return REGISTERS.plain().of(rows);
  }

  /** The same of quantised panels, whose masks and integers take registers, too. */
  public static int quantisedPanelsAtOnce(int rows) {
    return REGISTERS.quantised().of(rows);
  }

  private static RegisterFile choose() {
    String forced = System.getProperty(PROPERTY);
    if (forced != null) {
      return named(forced);
    }
    if ("aarch64".equals(System.getProperty("os.arch"))) {
      return named("neon");
    }
    return switch (VectorRegisters.vectorBits()) {
      case 128 -> named("sse");
      case 256 -> named("avx2");
      default -> named("avx512");
    };
  }

  private static RegisterFile named(String name) {
    for (RegisterFile registers : TABLE) {
      if (registers.name.equals(name)) {
        return registers;
      }
    }
    throw new IllegalArgumentException(
        PROPERTY + " must be sse, avx2, avx512 or neon, but is " + name);
  }
}
