package dev.ridgepoint.engine.kernels;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Every size that products are cut into: for registers, for caches and for workers. What depends on
 * the registers has a row for each kind of register file; the row is chosen once. Constants, since
 * C2 compiles a kernel for them.
 *
 * <p>In the literature's words a tile is a micro-kernel of mr rows and nr columns. Where tiles
 * multiply panels as they lie, kc is the whole depth: sums are loaded and stored once, and {@link
 * #BLOCK_TILES} tiles of packed rows (mc) stay in a cache while all panels pass by (nc = all
 * columns). Where panels are unpacked, kc is {@link #LOOP_DEPTH}, mc {@link #LOOP_ROWS} and nc
 * {@link #LOOP_GROUPS} times {@link #LOOP_COLUMNS}.
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

  /** Loops over tiles with as many sums as 16 registers hold beside two of w and one of x. */
  private static final Loops LOOPS_OF_16 =
      new Loops(new int[] {4, 5, 6}, 1, 32, OptionalDouble.of(1.85));

  /** The table, in whose rows stand: tiles, rows widened, panels at once, loops. */
  static final List<RegisterFile> TABLE =
      List.of(
          // x86 with 128 bits, 16 registers: as AVX2, since nothing else was measured.
          new RegisterFile(
              "sse", TILES_OF_16, 4, new Panels(4, 2, 1), new Panels(2, 1, 1), LOOPS_OF_16),
          // 256 bits, 16 registers: eight sums for several plain panels, four beside masks.
          new RegisterFile(
              "avx2", TILES_OF_16, 4, new Panels(4, 2, 1), new Panels(2, 1, 1), LOOPS_OF_16),
          // 512 bits, 32 registers: 16 sums for several panels, 8 for one row beside masks.
          new RegisterFile(
              "avx512",
              TILES_OF_32,
              8,
              new Panels(4, 4, 2),
              new Panels(4, 2, 2),
              new Loops(new int[] {8, 12}, 1, Integer.MAX_VALUE, OptionalDouble.of(1.77))),
          // AArch64, 32 registers of 128 bits: tiles as AVX-512, which has as many; but loops of
          // four vectors a row, since a broadcast takes a turn of the pipes that multiply.
          new RegisterFile(
              "neon",
              new int[] {1, 2, 4, 6, 8},
              8,
              new Panels(4, 4, 2),
              new Panels(4, 2, 2),
              new Loops(new int[] {4, 5, 6}, 2, 32, OptionalDouble.empty())));

  /**
   * A row of the table.
   *
   * @param name as {@link #PROPERTY} forces it
   * @param heights rows of the tiles of few rows, ascending
   * @param widenedRows see {@link #MAX_WIDENED_ROWS}
   * @param plain see {@link #plainPanelsAtOnce}
   * @param quantised see {@link #quantisedPanelsAtOnce}
   * @param loops tiles of many rows
   */
  record RegisterFile(
      String name, int[] heights, int widenedRows, Panels plain, Panels quantised, Loops loops) {

    int maxRows() {
      return heights[heights.length - 1];
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

  /**
   * The tiles of {@link TileLoops} that a register file has room for.
   *
   * @param heights rows of a tile, ascending
   * @param panels that are unpacked side by side
   * @param sharedRows see {@link #MAX_SHARED_ROWS}
   * @param instructionsPerMultiplyAdd see {@link #loopInstructionsPerMultiplyAdd}
   */
  record Loops(
      int[] heights, int panels, int sharedRows, OptionalDouble instructionsPerMultiplyAdd) {}

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

  /**
   * Rows up to which several tiles multiply plain panels where they lie. Beyond, unpacking them
   * pays even if it only copies: the loops over tiles need fewer instructions. With 32 registers of
   * 512 bits instructions do not bind, and what is copied is waited for.
   */
  public static final int MAX_SHARED_ROWS = REGISTERS.loops().sharedRows();

  /** Panels that loops over tiles take side by side. */
  public static final int LOOP_PANELS = REGISTERS.loops().panels();

  /** Columns of those panels: floats of a step of what is unpacked for them. */
  public static final int LOOP_COLUMNS = LOOP_PANELS * PANEL;

  /** Floats from one row of sums to the next; a multiple of every panel width. */
  public static final int STRIDE = 256;

  /**
   * Tiles that share each panel where it lies: 144 rows of 896 floats, with tiles of 12, are half
   * an L2 cache of 1 MiB, where they stay while all panels pass by.
   */
  public static final int BLOCK_TILES = 12;

  /**
   * Steps that panels are unpacked at once (the literature's kc): 16 KiB of 16 columns, half of an
   * L1 cache. A multiple of every format's blocks.
   */
  public static final int LOOP_DEPTH = 256;

  /**
   * Rows that share each unpacked panel, about (mc): with {@link #LOOP_DEPTH} half of an L2 cache
   * of 512 KiB, where they stay while panels pass by.
   */
  public static final int LOOP_ROWS = 256;

  /** Groups of panels whose sums wait for the next steps, which rows are fetched once for. */
  public static final int LOOP_GROUPS = 4;

  /** Tiles whose sums are begun or stored together, while they are in L1. */
  public static final int LOOP_STORED_TILES = 4;

  /** Panels that a worker takes at least when it streams them: two are read faster than one. */
  public static final int STREAMED_PANELS = 2;

  /** Elements that a worker takes at least where each is read and written once. */
  private static final int LEAST_ELEMENTS = 1 << 14;

  /**
   * Multiply-adds that a section has at least if workers share it: fewer take some microseconds,
   * and so does handing them on, or a thousand times as long where other programs hold the
   * processors.
   */
  private static final long LEAST_MULTIPLY_ADDS = 1 << 17;

  /** Key positions that attention takes at once: the scores of a row fill one row of sums. */
  public static final int ATTENTION_CHUNK = STRIDE;

  /**
   * Query rows per block of attention, at least: enough to pay for reading keys and values once.
   */
  public static final int ATTENTION_ROWS = 8 * MAX_ROWS;

  private Blocking() {}

  /** Heights of tiles of few rows, ascending. */
  public static int[] heights() {
    return REGISTERS.heights().clone();
  }

  /** Heights of the tiles that {@link TileLoops} loops over on this machine, ascending. */
  public static int[] loopHeights() {
    return REGISTERS.loops().heights().clone();
  }

  /**
   * What C2 makes of the loop over the tallest of these tiles, as the benchmark's profiler {@code
   * instructions} counts it; empty where it has not been counted.
   */
  public static OptionalDouble loopInstructionsPerMultiplyAdd() {
    return REGISTERS.loops().instructionsPerMultiplyAdd();
  }

  /** Whether this machine's products are cut into tiles of {@code rows}. */
  public static boolean hasHeight(int rows) {
    return REGISTERS.hasHeight(rows);
  }

  /**
   * Rows of prompts that, between them, are cut into the two greatest heights of tiles and of loops
   * over tiles, which long prompts have.
   */
  public static int[] rowsOfTallestTiles() {
    int[] heights = REGISTERS.heights();
    int rows = heights[heights.length - 1] + heights[heights.length - 2];
    return MAX_SHARED_ROWS == Integer.MAX_VALUE
        ? new int[] {rows}
        : new int[] {rows, MAX_SHARED_ROWS + 1};
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

  /** The least items that a worker takes where each reads and writes so many elements. */
  public static int grainOfElements(int elementsOfItem) {
    return Math.max(1, LEAST_ELEMENTS / Math.max(1, elementsOfItem));
  }

  /**
   * The least items that a worker takes of a section of products: {@code least}, or all of them if
   * there is too little to do to be shared.
   */
  public static int grainOfProducts(int items, int least, long multiplyAdds) {
    return multiplyAdds < LEAST_MULTIPLY_ADDS ? Math.max(items, least) : least;
  }
}
