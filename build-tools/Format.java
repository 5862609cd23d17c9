import com.google.googlejavaformat.java.Main;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs google-java-format over every Java source below a folder.
 *
 * <p>The formatter parses with the javac of the JVM that runs it, and Maven may run on a JDK older
 * than the sources. So the build starts this file with the toolchain's JDK, where plugins would
 * format inside of Maven.
 */
final class Format {
  private Format() {}

  /**
   * {@code write FOLDER LIST} formats the sources, {@code check FOLDER LIST} changes nothing. Both
   * write what stays wrong, files that would change or do not parse, to the file LIST, which does
   * not exist if there is nothing.
   */
  static void main(String[] args) throws Exception {
    String mode = args[0].equals("write") ? "--replace" : "--dry-run";
    Path root = Path.of(args[1]);
    Path list = Path.of(args[2]);

    List<String> arguments = new ArrayList<>();
    arguments.add(mode);
    arguments.addAll(javaSources(root));
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output, true);
    new Main(printer, printer, InputStream.nullInputStream())
        .format(arguments.toArray(String[]::new));

    String findings = output.toString().replace(root + File.separator, "");
    System.out.print(findings);
    Files.deleteIfExists(list);
    if (!findings.isEmpty()) {
      Files.writeString(list, findings);
    }
  }

  private static List<String> javaSources(Path root) throws IOException {
    List<String> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean skip = !folder.equals(root) && (name.startsWith(".") || name.equals("target"));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }
}
