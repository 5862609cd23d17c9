import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the engine's micro-kernels from {@link TileTable}. They are checked in all the same: what
 * is compiled can be read, and a change of the table shows what it changes.
 */
final class GenerateTiles {
  private static final String KERNELS = "engine/src/main/java/dev/ridgepoint/engine/kernels/";

  private GenerateTiles() {}

  /**
   * {@code write FOLDER LIST} writes the sources below the folder, {@code check FOLDER LIST}
   * changes nothing and writes the names of those that are not what the table makes to the file
   * LIST, which does not exist if there are none.
   */
  static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    Path list = Path.of(args[2]);
    List<String> stale = new ArrayList<>();
    for (Map.Entry<String, String> source : sources().entrySet()) {
      Path file = root.resolve(KERNELS + source.getKey() + ".java");
      if (write) {
        Files.writeString(file, source.getValue());
      } else if (!Files.exists(file) || !text(file).equals(source.getValue())) {
        stale.add(root.relativize(file).toString());
      }
    }
    stale.forEach(System.out::println);
    Files.deleteIfExists(list);
    if (!stale.isEmpty()) {
      Files.createDirectories(list.toAbsolutePath().getParent());
      Files.write(list, stale);
    }
  }

  /** Git may have checked a source out with the platform's ends of lines. */
  private static String text(Path file) throws IOException {
    return Files.readString(file).replace("\r\n", "\n");
  }

  private static Map<String, String> sources() {
    Map<String, String> sources = new TreeMap<>();
    for (String format : List.of("F32", "Bf16", "F16")) {
      sources.put("Tiles" + format, PlainTiles.source(format));
    }
    sources.put("TilesQuantised", QuantisedTiles.source());
    sources.put("TilesUnscaled", UnscaledTiles.source());
    sources.put("TileLoops", LoopedTiles.source());
    sources.put("QuantisedUnpacking", UnpackingLoops.source());
    sources.put("BlockUnpacking", BlockUnpackingLoops.source());
    return sources;
  }
}
