import java.util.List;

/**
 * Every tile that the engine has code for, one row each, with the reason why its loop is as it is.
 *
 * <p>A tile multiplies {@code rows} rows of x with {@code panels} panels of w over the whole depth
 * while its sums, two vectors for each row and panel, stay in registers. Which of these tiles a
 * machine uses is told by the engine's class {@code Blocking}; the measurements behind the reasons
 * are in engine/PERFORMANCE.md, and {@code ridge bench TileBenchmark} measures each tile alone.
 */
final class TileTable {
  private static final List<String> ALL = List.of("F32", "Bf16", "F16");
  private static final List<String> WIDENED = List.of("F16");

  /** Formats that are never unpacked first, so that they have the tallest tiles, too. */
  private static final List<String> DIRECT = List.of("F32", "Bf16");

  /**
   * Bits of integers whose blocks are scaled afterwards; of each an int has an even number of
   * slots.
   */
  private static final List<Integer> BLOCK_BITS = List.of(4, 5, 6);

  /** Tiles of formats without scales: formats, rows, panels, loop, and why. */
  static final List<Plain> PLAIN =
      List.of(
          new Plain(ALL, 1, 4, Counter.LONG, Broadcasts.FIRST, Why.STREAMS),
          new Plain(ALL, 1, 3, Counter.LONG, Broadcasts.FIRST, Why.REST),
          new Plain(ALL, 1, 2, Counter.LONG, Broadcasts.FIRST, Why.REST),
          new Plain(ALL, 1, 1, Counter.LONG, Broadcasts.FIRST, Why.REST),
          new Plain(ALL, 2, 4, Counter.LONG, Broadcasts.FIRST, Why.STREAMS_OF_32),
          new Plain(ALL, 2, 3, Counter.LONG, Broadcasts.FIRST, Why.REST),
          new Plain(ALL, 2, 2, Counter.LONG, Broadcasts.FIRST, Why.STREAMS_OF_16),
          new Plain(ALL, 2, 1, Counter.LONG, Broadcasts.FIRST, Why.REST),
          new Plain(ALL, 4, 2, Counter.LONG, Broadcasts.FIRST, Why.STREAMS_OF_32),
          new Plain(DIRECT, 4, 1, Counter.INT, Broadcasts.FIRST, Why.NO_CHECKS),
          new Plain(WIDENED, 4, 1, Counter.LONG, Broadcasts.FIRST, Why.SPILLS_IN_INT),
          new Plain(DIRECT, 5, 1, Counter.INT, Broadcasts.BETWEEN, Why.TALLEST_OF_16),
          new Plain(ALL, 6, 1, Counter.LONG, Broadcasts.FIRST, Why.SIX),
          new Plain(ALL, 8, 1, Counter.LONG, Broadcasts.FIRST, Why.EIGHT),
          new Plain(DIRECT, 12, 1, Counter.LONG, Broadcasts.BETWEEN, Why.TALLEST_OF_32));

  /** Tiles of quantised formats: rows, panels, steps a turn, masks, and why. */
  static final List<Quantised> QUANTISED =
      List.of(
          new Quantised(1, 4, 2, Masks.ROTATED, Why.STREAMS_ROTATED),
          new Quantised(1, 2, 4, Masks.SHIFTED, Why.STREAMS_SHIFTED),
          new Quantised(1, 1, 4, Masks.SHIFTED, Why.REST),
          new Quantised(2, 2, 4, Masks.LOADED, Why.UNPACKED_ONCE),
          new Quantised(2, 1, 2, Masks.LOADED, Why.UNPACKED_ONCE),
          new Quantised(4, 2, 2, Masks.LOADED, Why.FOUR_STEPS_SPILL),
          new Quantised(4, 1, 1, Masks.LOOP_FOR_EACH_INT, Why.LOOP_FOR_EACH_INT),
          new Quantised(6, 1, 2, Masks.LOADED, Why.TWO_STEPS),
          new Quantised(8, 1, 2, Masks.LOADED, Why.TWO_STEPS));

  /** Tiles of quantised formats without a kernel of their own: rows, panels, and whose they use. */
  static final List<Joined> QUANTISED_JOINED = List.of(new Joined(1, 3, List.of(2, 1)));

  /** Tiles that leave scales to others: bits, rows, panels, slots a turn, masks, and why. */
  static final List<Unscaled> UNSCALED =
      List.of(
          new Unscaled(BLOCK_BITS, 1, 4, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 1, 3, 2, Masks.LOADED, Why.REST),
          new Unscaled(List.of(4), 1, 2, 4, Masks.SHIFTED, Why.STREAMS_SHIFTED),
          new Unscaled(List.of(5), 1, 2, 2, Masks.LOADED, Why.SLOTS_OF_FIVE),
          new Unscaled(List.of(6), 1, 2, 3, Masks.LOADED, Why.SLOTS_OF_SIX),
          new Unscaled(BLOCK_BITS, 1, 1, 2, Masks.LOADED, Why.REST),
          new Unscaled(BLOCK_BITS, 2, 2, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 2, 1, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 4, 2, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 4, 1, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 6, 1, 2, Masks.LOADED, Why.TWO_SLOTS),
          new Unscaled(BLOCK_BITS, 8, 1, 2, Masks.LOADED, Why.TWO_SLOTS));

  /** Tiles of the loops over tiles: rows, panels, steps a turn, fences, and why. */
  static final List<Looped> LOOPED =
      List.of(
          new Looped(4, 1, 4, Fences.EACH_ROW, Why.LOOP_REST_OF_16),
          new Looped(5, 1, 4, Fences.EACH_ROW, Why.LOOP_REST_OF_16),
          new Looped(6, 1, 4, Fences.EACH_ROW, Why.LOOP_OF_16),
          new Looped(8, 1, 2, Fences.EACH_ROW, Why.LOOP_REST_OF_32),
          new Looped(12, 1, 2, Fences.EACH_ROW, Why.LOOP_OF_32),
          new Looped(4, 2, 2, Fences.NONE, Why.LOOP_OF_NEON),
          new Looped(5, 2, 2, Fences.NONE, Why.LOOP_OF_NEON),
          new Looped(6, 2, 2, Fences.NONE, Why.LOOP_OF_NEON));

  private TileTable() {}

  /** The reasons, which are written above the kernels. */
  private static final class Why {
    static final String STREAMS =
        "Four streams fill the memory's queues better than one, whose two sums are a latency"
            + " apart.";
    static final String STREAMS_OF_32 =
        "As many streams as 32 registers have sums for: 16 leave room for weights and broadcasts.";
    static final String STREAMS_OF_16 =
        "As many streams as 16 registers have sums for; with 32, the last panels of a share.";
    static final String REST = "The last panels of a worker's share, which fill no wider tile.";
    static final String NO_CHECKS =
        "Counts in int: the body is long enough that C2 unrolls it only once, and without checks of"
            + " bounds, which take longer than the products where vectors are short.";
    static final String SPILLS_IN_INT =
        "Counts in long, unlike the tiles of formats that widen in fewer instructions: C2 unrolls"
            + " what counts in int, and then it spills.";
    static final String TALLEST_OF_16 =
        "The tallest tile of 16 registers: ten sums leave no room for five broadcasts at once."
            + " Counts in int, as four rows do and for their reason.";
    static final String SIX =
        "32 registers; five or six rows, as of so many sequences at once, leave no sums idle.";
    static final String EIGHT =
        "32 registers; two of these are faster than a tile of 12 rows and one of 4.";
    static final String TALLEST_OF_32 =
        "The tallest tile of 32 registers: 24 sums leave no room for twelve broadcasts, which at"
            + " once cost half the speed; of taller tiles C2 spills some sums.";

    static final String STREAMS_ROTATED =
        "32 registers. Four streams, and one mask that rotates, which costs C2 fewer registers than"
            + " loaded ones. Two steps a turn: four are x0.70 with G1, which strip-mines the loop.";
    static final String STREAMS_SHIFTED =
        "As many streams as 16 registers have sums for. With one row masks are made one of the"
            + " other, which costs C2 fewer registers than loading all of a turn.";
    static final String UNPACKED_ONCE =
        "Unpacking takes as long as the products, and is done once for all rows.";
    static final String FOUR_STEPS_SPILL =
        "Unpacking is done once for all rows. Two steps a turn: four spill, x0.6.";
    static final String LOOP_FOR_EACH_INT =
        "A loop for each int, at whose ends C2 moves all sums: with 16 registers, whose tallest"
            + " tile this is, still faster than loading the ints again for every turn.";
    static final String TWO_STEPS =
        "Unpacking is done once for all rows. Two steps a turn: with one it is 12 % slower.";

    static final String TWO_SLOTS =
        "Two slots a turn, which divide those of every format, so that all share a kernel.";
    static final String SLOTS_OF_FIVE =
        "As many streams as 16 registers have sums for. Two slots a turn: of four, C2 spills masks,"
            + " and no shift makes the masks of single bits of the others.";
    static final String SLOTS_OF_SIX =
        "As many streams as 16 registers have sums for. Three slots a turn: half of an int's.";

    static final String LOOP_OF_16 =
        "All of 16 registers: 12 sums, two vectors of w and one broadcast. Four steps a turn: with"
            + " two it has 2.1 instructions for each product instead of 1.9.";
    static final String LOOP_REST_OF_16 = "Rows that fill no tile of six.";
    static final String LOOP_OF_32 =
        "32 registers: 24 sums. Four steps a turn are no faster, and take C2 longer.";
    static final String LOOP_REST_OF_32 = "Rows that fill no tile of twelve.";
    static final String LOOP_OF_NEON =
        "32 registers of four floats: a broadcast takes an instruction of the pipes that multiply,"
            + " so that it should serve four vectors. No fences, which there are instructions.";

    private Why() {}
  }

  /**
   * What a loop counts bytes of a panel in. C2 unrolls a short body that counts in int until it
   * spills; one that counts in long keeps its checks of bounds. Steps are not counted: with a
   * product of an int counter in two offsets C2 of JDK 26 and 27 does not end.
   */
  enum Counter {
    INT,
    LONG
  }

  /** Whether all elements of x are broadcast before the products of a step, or each before its. */
  enum Broadcasts {
    FIRST,
    BETWEEN
  }

  /** Where the masks come from that take a step's integers out of their ints. */
  enum Masks {
    /** From an array, for each step. */
    LOADED,
    /** The first of a turn from an array, each other one from the one before it. */
    SHIFTED,
    /** One that rotates in its register from step to step. */
    ROTATED,
    /** One that is shifted in a loop over the steps of an int. */
    LOOP_FOR_EACH_INT
  }

  /**
   * Where C2 may not move a load of x ahead. A store-store fence is no instruction on x86, but on
   * AArch64 it is one.
   */
  enum Fences {
    NONE,
    EACH_ROW
  }

  /** A tile of some formats without scales, which {@link PlainTiles} names. */
  record Plain(
      List<String> formats,
      int rows,
      int panels,
      Counter counter,
      Broadcasts broadcasts,
      String why) {}

  /** A tile of quantised formats, whose integers may have any width that divides 32. */
  record Quantised(int rows, int panels, int stepsPerTurn, Masks masks, String why) {}

  /** A tile of formats whose blocks are scaled afterwards; the bits tell how an int is divided. */
  record Unscaled(
      List<Integer> bits, int rows, int panels, int slotsPerTurn, Masks masks, String why) {}

  /** A tile whose loop goes over tiles, too, and whose w is floats on the heap. */
  record Looped(int rows, int panels, int stepsPerTurn, Fences fences, String why) {}

  /** A tile that tiles of fewer panels do in turn, too rare for a kernel that C2 must compile. */
  record Joined(int rows, int panels, List<Integer> panelsOfEach) {}
}
