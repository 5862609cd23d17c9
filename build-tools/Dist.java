import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Lays out what an archive holds: a runtime of the modules that Ridgepoint needs, its jar, its
 * launcher, and the cache that it starts from.
 */
final class Dist {
  /** What the kernels are made of, whatever jdeps finds. */
  private static final String VECTORS = "jdk.incubator.vector";

  private Dist() {}

  /** Arguments: the tree, the folder to fill, and the time that the archive's files will have. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path tree = Path.of(arguments[0]).toRealPath();
    Path folder = Path.of(arguments[1]);
    FileTime time = FileTime.from(Instant.parse(arguments[2]));

    Path jar = folder.resolve("lib/ridge.jar");
    Files.createDirectories(jar.getParent());
    Files.copy(tree.resolve("bench/target/ridge.jar"), jar, StandardCopyOption.REPLACE_EXISTING);
    // The cache below is of a jar of just this time.
    Files.setLastModifiedTime(jar, time);

    Path bin = Files.createDirectories(folder.resolve("bin"));
    boolean isWindows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    String launcher = isWindows ? "ridge.cmd" : "ridge";
    Files.copy(tree.resolve(launcher), bin.resolve(launcher), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        tree.resolve("LICENSE"), folder.resolve("LICENSE"), StandardCopyOption.REPLACE_EXISTING);

    Path runtime = folder.resolve("runtime");
    delete(runtime, "");
    link(runtime, modules(jar));
    // Of heaps above 32 GB; the JVM does without.
    delete(runtime, "classes_nocoops.jsa");
    train(runtime, jar);
  }

  private static String modules(Path jar) throws IOException, InterruptedException {
    return output(
                tool("jdeps"),
                "--ignore-missing-deps",
                "--multi-release",
                String.valueOf(Runtime.version().feature()),
                "--print-module-deps",
                jar.toString())
            .strip()
        + ","
        + VECTORS;
  }

  private static void link(Path runtime, String modules) throws IOException, InterruptedException {
    output(
        tool("jlink"),
        "--add-modules",
        modules,
        "--vm",
        "server",
        "--strip-debug",
        "--compress",
        "zip-9",
        "--no-header-files",
        "--no-man-pages",
        "--generate-cds-archive",
        "--output",
        runtime.toString());
  }

  /** As the launcher does after a build. */
  private static void train(Path runtime, Path jar) throws IOException, InterruptedException {
    output(
        runtime.resolve("bin/java").toString(),
        "-XX:AOTCacheOutput=" + jar.resolveSibling("ridge.aot"),
        "-XX:+UseSerialGC",
        "-XX:MaxNewSize=16m",
        "-cp",
        jar.toString(),
        "dev.ridgepoint.bench.cli.StartTraining");
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
    return output;
  }

  /** All files and folders whose name ends so, the deepest first. */
  private static void delete(Path folder, String ending) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          if (path.getFileName().toString().endsWith(ending)) {
            Files.delete(path);
          }
        }
      }
    }
  }
}
