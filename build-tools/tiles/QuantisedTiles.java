import java.util.ArrayList;
import java.util.List;

/** The template of the formats with a scale for each block of steps. */
final class QuantisedTiles {
  private final Source source = new Source();

  private QuantisedTiles() {}

  /** The source of the tiles of all of them: how many bits an integer has is a parameter. */
  static String source() {
    return new QuantisedTiles().write();
  }

  private String write() {
    String name = "TilesQuantised";
    TileClass.begin(
        source,
        name,
        List.of(
            "Blocking.STRIDE",
            "PanelLayout.BLOCK_STEPS",
            "PanelLayout.F16_BIAS",
            "PanelLayout.F16_SHIFTED",
            "PanelLayout.INTS_BYTES",
            "PanelLayout.SCALE_BYTES",
            "PanelLayout.blockBytes"),
        List.of("ASHR", "I2F", "LSHL", "ROL"),
        List.of("java.util.Arrays"),
        List.of(
            "Micro-kernels for quantised panels, whose integers have {@code bits} bits: the"
                + " products of {@link Tiles}. A block is summed up step by step and scaled once,"
                + " in every kernel.",
            "A mask takes a step's integers out of their ints where they lie. There they are their"
                + " value times a power of two, by which the step's x has been divided beforehand."
                + " Behind the rows x has, for each block, what makes good the offset of the"
                + " integers: with that the sums of a block begin.",
            "Most have one loop over the steps of a block, whose ints are loaded again where an int"
                + " holds more steps than a turn does: with a loop for each int, C2 moves all sums"
                + " at its ends."));
    source.lines(
        """
        private static final int[] MASKS_4 = masksOf(4);
        private static final int[] MASKS_8 = masksOf(8);
        """);
    source.line("");
    List<TileClass.Tile> tiles = new ArrayList<>();
    for (TileTable.Quantised tile : TileTable.QUANTISED) {
      tiles.add(new TileClass.Tile(tile.rows(), tile.panels(), List.of(tile.panels())));
    }
    for (TileTable.Joined tile : TileTable.QUANTISED_JOINED) {
      tiles.add(new TileClass.Tile(tile.rows(), tile.panels(), tile.panelsOfEach()));
    }
    TileClass.dispatch(source, name, List.of("bits"), tiles);
    source.line("");
    source.lines(
        """
        /** For each step of a block, where its integer lies in an int. */
        private static int[] masksOf(int bits) {
          int[] masks = new int[BLOCK_STEPS];
          Arrays.setAll(masks, step -> ((1 << bits) - 1) << (bits * step));
          return masks;
        }

        private static int[] masks(int bits) {
          return bits == 8 ? MASKS_8 : MASKS_4;
        }
        """);
    TileTable.QUANTISED.forEach(this::method);
    source.close();
    return source.toString();
  }

  private void method(TileTable.Quantised tile) {
    int rows = tile.rows();
    IntegerSums sums = new IntegerSums(source, rows, tile.panels(), "Step");
    source.line("");
    source.comment(tile.why());
    source.method(
        "private static void " + Names.method(rows, tile.panels()),
        Names.parameters(List.of("int bits"), tile.panels()));
    switch (tile.masks()) {
      case LOADED, SHIFTED -> source.line("int[] masks = masks(bits);");
      case LOOP_FOR_EACH_INT -> source.line("int stepsPerInt = Integer.SIZE / bits;");
      case ROTATED -> {}
    }
    source.line("long blockBytes = blockBytes(bits);");
    for (int panel = 1; panel < tile.panels(); panel++) {
      source.assign("long w" + panel + "Offset", Names.times(panel, "panelBytes"));
    }
    source.line("long block = wOffset;");
    source.line("int xi = xOffset;");
    source.line("int zero = xOffset + depth" + (rows == 1 ? "" : " * " + rows) + ";");
    if (tile.masks() == TileTable.Masks.ROTATED) {
      source.line("IntVector mask0 = IntVector.broadcast(I, (1 << bits) - 1);");
    }
    source.line("");
    source.open("for (int k = 0; k < depth; k += BLOCK_STEPS)");
    sums.begin("zero");
    if (tile.masks() == TileTable.Masks.LOOP_FOR_EACH_INT) {
      source.open("for (long at = block + SCALE_BYTES; at < block + blockBytes; at += INTS_BYTES)");
      sums.loadInts();
      source.line("IntVector mask = IntVector.broadcast(I, (1 << bits) - 1);");
      source.open("for (int step = 0; step < stepsPerInt; step++)");
      sums.addProducts("mask");
      source.line("mask = mask.lanewise(LSHL, bits);");
      source.line(Names.increment("xi", rows));
      source.close();
    } else {
      source.open("for (int step = 0; step < BLOCK_STEPS; step += " + tile.stepsPerTurn() + ")");
      source.line("long at = block + SCALE_BYTES + ((step * bits) >> 5) * (long) INTS_BYTES;");
      sums.loadInts();
      for (int step = 0; step < tile.stepsPerTurn(); step++) {
        sums.mask(tile.masks(), step, "bits");
        sums.addProducts(step);
      }
      if (tile.masks() == TileTable.Masks.ROTATED) {
        source.line("mask0 = mask" + (tile.stepsPerTurn() - 1) + ".lanewise(ROL, bits);");
      }
      source.line(Names.increment("xi", rows * tile.stepsPerTurn()));
    }
    source.close();
    scaleSums(tile);
    source.line(Names.increment("zero", rows));
    source.line("block += blockBytes;");
    source.close();
    source.close();
  }

  private void scaleSums(TileTable.Quantised tile) {
    for (int panel = 0; panel < tile.panels(); panel++) {
      String scales = "scales" + panel;
      String scale = "scale" + panel;
      String at = Names.plus("block", panel == 0 ? "" : "w" + panel + "Offset");
      source.assign(
          "IntVector " + scales, "IntVector.fromMemorySegment(I, w, " + at + ", LITTLE_ENDIAN)");
      source.assign("FloatVector " + scale + "a", scales, Names.LOWER_F16);
      source.assign("FloatVector " + scale + "b", scales, Names.UPPER_F16);
      for (int row = 0; row < tile.rows(); row++) {
        for (int half = 0; half < 2; half++) {
          String at2 = Names.inSums(row, panel, half);
          String fma =
              ".fma(" + scale + Names.HALVES.get(half) + ", FloatVector.fromArray(F, c, " + at2;
          source.call(IntegerSums.sum(row, panel, half) + fma + "))", ".intoArray(c, " + at2 + ")");
        }
      }
    }
  }
}
