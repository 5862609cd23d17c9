import java.util.ArrayList;
import java.util.List;

/** The template of the tiles that leave the scales of their blocks to others. */
final class UnscaledTiles {
  private final Source source = new Source();

  private UnscaledTiles() {}

  /** The source of the tiles: where an integer lies in its int is a parameter. */
  static String source() {
    return new UnscaledTiles().write();
  }

  private String write() {
    String name = "TilesUnscaled";
    TileClass.begin(
        source,
        name,
        List.of(),
        List.of("I2F", "LSHL"),
        List.of(),
        List.of(
            "Micro-kernels for panels of {@link BlockIntegers}: the sums of the products of x with"
                + " the integers of each block, which {@link BlockScaling} scales.",
            "{@code x} holds what {@link BlockIntegers#prepare} makes of the rows, block by block;"
                + " {@code w} the ints of blocks {@code blockBytes} apart, in panels {@code"
                + " panelBytes} apart. {@code sums} are written, {@code [blocks][rows][panels]"
                + "[PANEL]}. A mask takes a slot's integers out of their ints where they lie, which"
                + " are loaded again for each turn."));
    List<TileClass.Tile> tiles =
        TileTable.UNSCALED.stream()
            .map(tile -> new TileClass.Tile(tile.rows(), tile.panels(), List.of(tile.panels())))
            .distinct()
            .toList();
    TileClass.list(source, name, "multiply", tiles);
    source.line("/** {@code sums = x * w} for {@code blocks} blocks. */");
    List<String> first = List.of("BlockIntegers integers", "int rows", "int panels");
    source.method("public static void multiply", parameters(first, Integer.MAX_VALUE));
    TileClass.choose(source, tiles, tile -> List.of(call(tile)));
    source.close();
    tiles.forEach(this::chooseBits);
    TileTable.UNSCALED.forEach(this::method);
    source.close();
    return source.toString();
  }

  private static String call(TileClass.Tile tile) {
    return Names.method(tile.rows(), tile.panels()) + arguments(tile.panels());
  }

  private static String arguments(int panels) {
    return "(integers, x, xOffset, w, wOffset, "
        + (panels > 1 ? "panelBytes, " : "")
        + "blockBytes, blocks, sums, sumsOffset);";
  }

  /** What chooses among the methods of a tile, if it has several. */
  private void chooseBits(TileClass.Tile tile) {
    List<TileTable.Unscaled> methods =
        TileTable.UNSCALED.stream()
            .filter(each -> each.rows() == tile.rows() && each.panels() == tile.panels())
            .toList();
    if (methods.size() == 1) {
      return;
    }
    source.line("");
    source.method(
        "private static void " + Names.method(tile.rows(), tile.panels()),
        parameters(List.of("BlockIntegers integers"), tile.panels()));
    source.open("switch (integers.bits())");
    for (TileTable.Unscaled method : methods) {
      source.labelled(
          "case " + method.bits().getFirst() + " ->", name(method) + arguments(tile.panels()));
    }
    source.line("default -> throw new IllegalArgumentException(\"no tile has such integers\");");
    source.close();
    source.close();
  }

  private static String name(TileTable.Unscaled tile) {
    String ofAll = Names.method(tile.rows(), tile.panels());
    return tile.bits().size() > 1 ? ofAll : ofAll + "bits" + tile.bits().getFirst();
  }

  private static List<String> parameters(List<String> first, int panels) {
    List<String> parameters = new ArrayList<>(first);
    parameters.addAll(List.of("float[] x", "int xOffset", "MemorySegment w", "long wOffset"));
    if (panels > 1) {
      parameters.add("long panelBytes");
    }
    parameters.addAll(List.of("long blockBytes", "int blocks", "float[] sums", "int sumsOffset"));
    return parameters;
  }

  private void method(TileTable.Unscaled tile) {
    int rows = tile.rows();
    IntegerSums sums = new IntegerSums(source, rows, tile.panels(), "Slot");
    source.line("");
    source.comment(tile.why());
    source.method(
        "private static void " + name(tile),
        parameters(List.of("BlockIntegers integers"), tile.panels()));
    source.line("int[] masks = integers.masks;");
    source.line("int[] offsets = integers.offsets;");
    for (int panel = 1; panel < tile.panels(); panel++) {
      source.assign("long w" + panel + "Offset", Names.times(panel, "panelBytes"));
    }
    source.line("long block = wOffset;");
    source.line("int xi = xOffset;");
    source.line("int to = sumsOffset;");
    source.open("for (int b = 0; b < blocks; b++)");
    sums.begin("xi");
    source.line(Names.increment("xi", rows));
    source.open("for (int slot = 0; slot < masks.length; slot += " + tile.slotsPerTurn() + ")");
    source.line("long at = block + offsets[slot];");
    sums.loadInts();
    for (int slot = 0; slot < tile.slotsPerTurn(); slot++) {
      sums.mask(tile.masks(), slot, "" + tile.bits().getFirst());
      sums.addProducts(slot);
    }
    source.line(Names.increment("xi", rows * tile.slotsPerTurn()));
    source.close();
    storeSums(tile);
    source.line("block += blockBytes;");
    source.close();
    source.close();
  }

  private void storeSums(TileTable.Unscaled tile) {
    int vectors = 2 * tile.panels();
    for (int row = 0; row < tile.rows(); row++) {
      for (int vector = 0; vector < vectors; vector++) {
        String to = Names.plus("to", Names.times(row * vectors + vector, "LENGTH"));
        source.line(IntegerSums.sum(row, vector / 2, vector % 2) + ".intoArray(sums, " + to + ");");
      }
    }
    source.line("to += " + Names.times(tile.rows() * tile.panels(), "PANEL") + ";");
  }
}
