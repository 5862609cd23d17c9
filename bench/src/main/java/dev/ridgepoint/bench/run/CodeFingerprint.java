package dev.ridgepoint.bench.run;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A hash of the code that runs: a measurement of other code is another measurement. */
final class CodeFingerprint {
  private CodeFingerprint() {}

  /** Of the jar or the folder of classes that holds {@code type}. */
  static String of(Class<?> type) throws IOException {
    try {
      return of(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IOException("cannot locate the code of " + type, e);
    }
  }

  /** Of a file's bytes, or of the names and bytes of all files below a folder. */
  static String of(Path code) throws IOException {
    MessageDigest digest = MeasurementKey.sha256();
    for (Path file : files(code)) {
      digest.update(code.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<Path> files(Path code) throws IOException {
    try (Stream<Path> paths = Files.walk(code)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
