package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalModelsTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;
  private LocalModels models;

  @BeforeEach
  void stores() throws IOException {
    models = new LocalModels(folder.resolve("hub"), folder.resolve("ollama"));
    Path repository = folder.resolve("hub/models--some-owner--Model-1.5B");
    Files.createDirectories(repository.resolve("snapshots/abc"));
    Files.createDirectories(repository.resolve("snapshots/def"));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), "def");
    Files.createDirectories(folder.resolve("ollama/blobs"));
    Files.writeString(folder.resolve("ollama/blobs/sha256-" + DIGEST), "GGUF");
  }

  private void manifest(String name, String text) throws IOException {
    Path file = folder.resolve("ollama/manifests/some.host").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String layers(String digest) {
    return """
    {"schemaVersion": 2, "layers": [
      {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:0", "size": 1},
      {"mediaType": "application/vnd.ollama.image.model", "digest": "%s", "size": 4}]}
    """
        .formatted(digest);
  }

  @Test
  void aRepositoryIsItsMainSnapshot() {
    assertEquals(
        Optional.of(folder.resolve("hub/models--some-owner--Model-1.5B/snapshots/def")),
        models.named("some-owner/Model-1.5B"));
  }

  @Test
  void anOllamaModelIsTheBlobThatItsManifestNames() throws IOException {
    manifest("library/tiny/latest", layers("sha256:" + DIGEST));
    manifest("library/tiny/1b-q4_0", layers("sha256:" + DIGEST));
    manifest("me/mine/v2", layers("sha256:" + DIGEST));
    Optional<Path> blob = Optional.of(folder.resolve("ollama/blobs/sha256-" + DIGEST));
    assertEquals(blob, models.named("tiny"));
    assertEquals(blob, models.named("tiny:latest"));
    assertEquals(blob, models.named("tiny:1b-q4_0"));
    assertEquals(blob, models.named("me/mine:v2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "tiny", "tiny:latest", "some-owner/other", "some-owner/Model-1.5B:tag", "..", "../x",
        "a/../b", "a/b/c", "models--some-owner--Model-1.5B", ":", "tiny:", "/", "-x"
      })
  void othersAreNotFound(String name) {
    assertEquals(Optional.empty(), models.named(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256:0", "sha256:../../../etc/passwd", "md5:0", ""})
  void aManifestWithoutADigestIsRefused(String digest) throws IOException {
    manifest("library/tiny/latest", layers(digest));
    assertRefused("names no single layer");
  }

  @Test
  void aMissingBlobIsNamed() throws IOException {
    manifest("library/tiny/latest", layers("sha256:" + "f".repeat(64)));
    assertRefused("is missing");
  }

  @Test
  void aDamagedManifestIsRefused() throws IOException {
    manifest("library/tiny/latest", "{");
    assertRefused("latest");
  }

  private void assertRefused(String problem) {
    InvalidInputException e = assertThrows(InvalidInputException.class, () -> models.named("tiny"));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
