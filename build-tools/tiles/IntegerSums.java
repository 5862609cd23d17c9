import java.util.Locale;

/**
 * The template of a tile's sums over a block of integers, whose masks take them out of their ints
 * where they lie.
 *
 * @param part what a turn of the loop has several of, in the names of their vectors; in lower case
 *     the loop's counter
 */
record IntegerSums(Source source, int rows, int panels, String part) {

  /** Begins the sums of each row with x[{@code at}] and those behind it. */
  void begin(String at) {
    for (int row = 0; row < rows; row++) {
      String first = sum(row, 0, 0);
      source.assign(
          "FloatVector " + first, "FloatVector.broadcast(F, x[" + Names.plus(at, row) + "])");
      for (int vector = 1; vector < 2 * panels; vector++) {
        source.assign("FloatVector " + sum(row, vector / 2, vector % 2), first);
      }
    }
  }

  /** Loads the ints of each panel from byte {@code at} of the first. */
  void loadInts() {
    for (int panel = 0; panel < panels; panel++) {
      String at = Names.plus("at", panel == 0 ? "" : "w" + panel + "Offset");
      String load = "IntVector.fromMemorySegment(I, w, ";
      source.assign("IntVector w" + panel + "a", load + at + ", LITTLE_ENDIAN)");
      source.assign("IntVector w" + panel + "b", load + at + " + 4 * LENGTH, LITTLE_ENDIAN)");
    }
  }

  /**
   * Assigns the mask of part {@code number} of a turn. Each lies {@code bits} above the one before
   * it; the first of those that rotate is there already.
   */
  void mask(TileTable.Masks masks, int number, String bits) {
    String before = "mask" + (number - 1);
    String index = Names.plus(part.toLowerCase(Locale.ROOT), number);
    String loaded = "IntVector.broadcast(I, masks[" + index + "])";
    String name = "IntVector mask" + number;
    switch (masks) {
      case LOADED -> source.assign(name, loaded);
      case SHIFTED ->
          source.assign(name, number == 0 ? loaded : before + ".lanewise(LSHL, " + bits + ")");
      case ROTATED -> {
        if (number > 0) {
          source.assign(name, before + ".lanewise(ROL, " + bits + ")");
        }
      }
      case LOOP_FOR_EACH_INT -> throw new IllegalArgumentException("has a mask for all steps");
    }
  }

  /** Adds the products of a turn's only part. */
  void addProducts(String mask) {
    addProducts(0, mask, "");
  }

  /** Adds the products of part {@code number} of a turn. */
  void addProducts(int number) {
    addProducts(number, "mask" + number, part + number);
  }

  private void addProducts(int number, String mask, String suffix) {
    for (int panel = 0; panel < panels; panel++) {
      for (String half : Names.HALVES) {
        source.assign(
            "FloatVector q" + panel + half + suffix,
            "(FloatVector) w" + panel + half + ".and(" + mask + ").convert(I2F, 0)");
      }
    }
    for (int row = 0; row < rows; row++) {
      String x = "x[" + Names.plus("xi", number * rows + row) + "]";
      source.assign("FloatVector x" + row + suffix, "FloatVector.broadcast(F, " + x + ")");
      for (int panel = 0; panel < panels; panel++) {
        for (int half = 0; half < 2; half++) {
          String sum = sum(row, panel, half);
          String q = "q" + panel + Names.HALVES.get(half) + suffix;
          source.assign(sum, "x" + row + suffix + ".fma(" + q + ", " + sum + ")");
        }
      }
    }
  }

  /** The vector of a row and a panel; {@code half} is 0 or 1. */
  static String sum(int row, int panel, int half) {
    return "s" + row + panel + Names.HALVES.get(half);
  }
}
