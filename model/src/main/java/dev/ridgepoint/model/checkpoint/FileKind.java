package dev.ridgepoint.model.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Recognises, by their first bytes, the files that are often taken for safetensors. */
final class FileKind {
  private FileKind() {}

  /** What a file that begins with {@code first} is, in words, if it is a usual mistake. */
  static Optional<String> of(byte[] first) {
    String start = new String(first, StandardCharsets.ISO_8859_1);
    if (start.startsWith("version ")) {
      return Optional.of("a Git LFS pointer; fetch the file itself with git lfs pull");
    }
    if (start.startsWith("<")) {
      return Optional.of("an HTML or XML page");
    }
    if (start.startsWith("PK")) {
      return Optional.of("a zip archive, perhaps a PyTorch checkpoint");
    }
    if (start.startsWith("\u0080")) {
      return Optional.of("a Python pickle");
    }
    if (start.startsWith("../")) {
      return Optional.of("a symbolic link that was copied as text; copy what it points at");
    }
    return Optional.empty();
  }
}
