package dev.ridgepoint.model.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.Inspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers of GGUF and safetensors files, whose first bytes tell them apart. */
class HeaderFuzzTest {
  @TempDir static Path folder;

  static Stream<byte[]> seeds() throws IOException {
    return Stream.concat(
        FuzzedFile.resources("bad/gguf", ".gguf"), FuzzedFile.resources("bad/st", ".safetensors"));
  }

  @MethodSource("seeds")
  @FuzzTest
  void header(byte[] bytes) {
    boolean isGguf = bytes.length > 3 && bytes[0] == 'G' && bytes[1] == 'G';
    Path file = folder.resolve(isGguf ? "model.gguf" : "model.safetensors");
    FuzzedFile.assertReadOrRefused(file, bytes, path -> Inspection.of(path).toString());
    if (isGguf) {
      FuzzedFile.assertReadOrRefused(file, bytes, HeaderFuzzTest::layout);
    }
  }

  private static CheckpointLayout layout(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return checkpoint.layout();
    }
  }
}
