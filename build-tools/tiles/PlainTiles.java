import java.util.List;

/** The template of the formats without scales. */
final class PlainTiles {
  private final Source source = new Source();

  private PlainTiles() {}

  /** The source of a format's tiles. */
  static String source(String format) {
    return new PlainTiles().write(format);
  }

  private String write(String format) {
    String name = "Tiles" + format;
    switch (format) {
      case "F32" ->
          begin(name, List.of("Blocking.STRIDE"), List.of(), "floats, {@code [depth][PANEL]}");
      case "Bf16" ->
          begin(
              name,
              List.of("Blocking.STRIDE", "PanelLayout.BF16_UPPER"),
              List.of("LSHL"),
              "bfloat16, {@code [depth][LENGTH]} ints of two columns each, which a shift and a mask"
                  + " widen");
      case "F16" ->
          begin(
              name,
              List.of("Blocking.STRIDE", "PanelLayout.F16_BIAS", "PanelLayout.F16_SHIFTED"),
              List.of("ASHR", "LSHL"),
              "IEEE half precision, {@code [depth][LENGTH]} ints of two columns each, which shifts,"
                  + " a mask and a product widen");
      default -> throw new IllegalArgumentException(format + " has no template");
    }
    if (format.equals("F32")) {
      source.line("private static final int VECTOR_BYTES = 4 * LENGTH;");
      source.line("private static final int STEP_BYTES = 4 * PANEL;");
    } else {
      source.line("private static final int STEP_BYTES = 2 * PANEL;");
    }
    source.line("");
    List<TileTable.Plain> tiles =
        TileTable.PLAIN.stream().filter(tile -> tile.formats().contains(format)).toList();
    TileClass.dispatch(
        source,
        name,
        List.of(),
        tiles.stream()
            .map(t -> new TileClass.Tile(t.rows(), t.panels(), List.of(t.panels())))
            .toList());
    for (TileTable.Plain tile : tiles) {
      method(format, tile);
    }
    source.close();
    return source.toString();
  }

  private void begin(String name, List<String> constants, List<String> operators, String panels) {
    TileClass.begin(
        source,
        name,
        constants,
        operators,
        List.of(),
        List.of(
            "Micro-kernels for panels of " + panels + ": the products of {@link Tiles}.",
            "Long and flat on purpose: C2 keeps a sum in a register only if it is a local variable"
                + " of its own."));
  }

  private void method(String format, TileTable.Plain tile) {
    boolean inInt = tile.counter() == TileTable.Counter.INT;
    boolean between = tile.broadcasts() == TileTable.Broadcasts.BETWEEN;
    source.line("");
    source.comment(tile.why());
    source.method(
        "private static void " + Names.method(tile.rows(), tile.panels()),
        Names.parameters(List.of(), tile.panels()));
    for (int panel = 1; panel < tile.panels(); panel++) {
      source.assign("long w" + panel + "Offset", "wOffset + " + Names.times(panel, "panelBytes"));
    }
    for (int row = 0; row < tile.rows(); row++) {
      for (int panel = 0; panel < tile.panels(); panel++) {
        for (int half = 0; half < 2; half++) {
          source.assign(
              "FloatVector " + sum(row, panel, half),
              "FloatVector.fromArray(F, c, " + Names.inSums(row, panel, half) + ")");
        }
      }
    }
    source.line("int xi = xOffset;");
    String step = inInt ? "int step" : "long step";
    String depth = inInt ? "depth" : "(long) depth";
    source.open(
        "for (%s = 0, end = %s * STEP_BYTES; step < end; step += STEP_BYTES)"
            .formatted(step, depth));
    for (int row = 0; row < tile.rows() && !between; row++) {
      broadcast(row);
    }
    for (int panel = 0; panel < tile.panels(); panel++) {
      String offset = panel == 0 ? "wOffset" : "w" + panel + "Offset";
      load(format, "w" + panel, offset + " + step");
      for (int row = 0; row < tile.rows(); row++) {
        if (between && panel == 0) {
          broadcast(row);
        }
        for (int half = 0; half < 2; half++) {
          String sum = sum(row, panel, half);
          source.assign(
              sum, "x" + row + ".fma(w" + panel + Names.HALVES.get(half) + ", " + sum + ")");
        }
      }
    }
    source.line(Names.increment("xi", tile.rows()));
    source.close();
    for (int row = 0; row < tile.rows(); row++) {
      for (int panel = 0; panel < tile.panels(); panel++) {
        for (int half = 0; half < 2; half++) {
          String to = Names.inSums(row, panel, half);
          source.line(sum(row, panel, half) + ".intoArray(c, " + to + ");");
        }
      }
    }
    source.close();
  }

  private static String sum(int row, int panel, int half) {
    return "c" + row + panel + Names.HALVES.get(half);
  }

  private void broadcast(int row) {
    String x = "x[" + Names.plus("xi", row) + "]";
    source.assign("FloatVector x" + row, "FloatVector.broadcast(F, " + x + ")");
  }

  /** Loads a step of a panel from byte {@code at}, widened, as vectors {@code w} a and b. */
  private void load(String format, String w, String at) {
    if (format.equals("F32")) {
      String load = "FloatVector.fromMemorySegment(F, w, ";
      source.assign("FloatVector " + w + "a", load + at + ", LITTLE_ENDIAN)");
      source.assign("FloatVector " + w + "b", load + at + " + VECTOR_BYTES, LITTLE_ENDIAN)");
      return;
    }
    source.assign("IntVector " + w, "IntVector.fromMemorySegment(I, w, " + at + ", LITTLE_ENDIAN)");
    if (format.equals("Bf16")) {
      source.assign("FloatVector " + w + "a", w + ".lanewise(LSHL, 16).reinterpretAsFloats()");
      source.assign("FloatVector " + w + "b", w + ".and(BF16_UPPER).reinterpretAsFloats()");
    } else {
      source.assign("FloatVector " + w + "a", w, Names.LOWER_F16);
      source.assign("FloatVector " + w + "b", w, Names.UPPER_F16);
    }
  }
}
