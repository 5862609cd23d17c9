package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The ways in which publishers and engines cut, name and place the files of one checkpoint. */
class CheckpointFilesTest {
  private static final Path GGUF = TestResources.path("bad/gguf/ok-plain.gguf");
  private static final Path FOLDER = TestResources.path("bad/hfdir/ok");
  private static final Path SHARDED = TestResources.path("bad/hfdir/ok-sharded");
  private static final String NORM = "model.norm.weight";
  private static final String LAST = "model-00002-of-00002.safetensors";

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void createFolder() throws IOException {
    folder = Files.createDirectory(temporary.resolve("Željko Ünal"));
  }

  /**
   * However a model is split and whichever part is named, also where the first has metadata alone.
   */
  @ParameterizedTest
  @CsvSource({"5 7", "0 12", "4 4 4"})
  void aSplitGgufIsReadWhole(String tensors) throws IOException {
    int[] counts =
        Map.of("5 7", new int[] {5, 7}, "0 12", new int[] {0, 12})
            .getOrDefault(tensors, new int[] {4, 4, 4});
    List<Path> parts = new GgufParts(GGUF).write(folder, "tiny", counts);
    for (Path part : parts) {
      assertSameWeights(GGUF, part);
      assertEquals(Inspection.of(GGUF).parameters(), Inspection.of(part).parameters());
      assertEquals(StoredModel.read(GGUF).architecture(), StoredModel.read(part).architecture());
    }
    assertSameWeights(GGUF, folder);
    assertEquals(StoredModel.read(GGUF).architecture(), StoredModel.read(folder).architecture());
  }

  @Test
  void aMissingPartIsNamedWhateverIsAsked() throws IOException {
    List<Path> parts = new GgufParts(GGUF).write(folder, "tiny", 5, 7);
    Files.delete(parts.getLast());
    String message = parts.getLast() + ": no such file; it is part 2 of 2";
    assertRefused(() -> Checkpoint.open(parts.getFirst()), message);
    assertRefused(() -> Inspection.of(parts.getFirst()), message);
    assertRefused(() -> StoredModel.read(parts.getFirst()), message);
    assertRefused(() -> StoredModel.read(folder), message);
    Path renamed = Files.move(parts.getFirst(), folder.resolve("model.gguf"));
    assertRefused(
        () -> StoredModel.read(renamed),
        renamed
            + ": key \"split.count\" is 2, but the file's name does not end with"
            + " -00001-of-00002.gguf, by which the others are found");
  }

  @Test
  void partsOfAnotherModelAreRefused() throws IOException {
    List<Path> parts = new GgufParts(GGUF).write(folder, "tiny", 5, 7);
    Path other = Files.createDirectory(folder.resolve("other"));
    Path wrong = new GgufParts(GGUF).write(other, "tiny", 4, 4, 4).get(1);
    Files.copy(wrong, parts.getFirst(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertRefused(
        () -> StoredModel.read(parts.getLast()),
        parts.getFirst() + ": key \"split.count\" is 3, but the files make it 2");
  }

  @Test
  void ggufIsKnownByItsFirstBytes() throws IOException {
    Path blob = Files.copy(GGUF, folder.resolve("sha256-6e9f90f02bb3"));
    assertSameWeights(GGUF, blob);
    assertEquals(StoredModel.read(GGUF).architecture(), StoredModel.read(blob).architecture());
    assertEquals("F32", StoredModel.read(blob).formats().orElseThrow().name());
  }

  @Test
  void ofSeveralModelsInAFolderOneMustBeNamed() throws IOException {
    Files.copy(GGUF, folder.resolve("a-q4_0.gguf"));
    Files.copy(GGUF, folder.resolve("mmproj-a.gguf"));
    assertSameWeights(GGUF, folder);
    Files.copy(GGUF, folder.resolve("a-q8_0.gguf"));
    assertRefused(
        () -> StoredModel.read(folder),
        folder + ": holds several models: name one of a-q4_0.gguf, a-q8_0.gguf");
  }

  /** A repository of GGUF files often has the config of the model that they were made from. */
  @Test
  void aConfigBesideAGgufSaysTheArchitectureAndTheFileTheFormats() throws IOException {
    Files.copy(TestResources.path("quant/model-q8_0.gguf"), folder.resolve("model.gguf"));
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "qwen3_moe", "vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "num_experts": 4,
         "num_experts_per_tok": 2, "moe_intermediate_size": 32, "dtype": "bfloat16"}
        """);
    StoredModel model = StoredModel.read(folder);
    assertEquals("qwen3_moe", model.architecture().modelType());
    assertTrue(model.formats().orElseThrow().name().startsWith("Q8_0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model-00001-of-00002.safetensors", LAST})
  void aShardStandsForAll(String shard) throws IOException {
    copy(SHARDED);
    assertSameWeights(FOLDER, folder.resolve(shard));
    Files.delete(folder.resolve("model.safetensors.index.json"));
    assertSameWeights(FOLDER, folder.resolve(shard));
    assertEquals(12, Inspection.of(folder.resolve(shard)).tensors().size());
    Files.delete(folder.resolve(shard));
    String other = shard.equals(LAST) ? "model-00001-of-00002.safetensors" : LAST;
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> Inspection.of(folder.resolve(other)));
    assertTrue(refusal.getMessage().startsWith(folder.resolve(shard) + ": no such file;"));
  }

  /**
   * The index decides: a copy that it does not name is stale, and what it leaves out is left out.
   */
  @Test
  void theIndexSaysWhichCopyCounts() throws IOException {
    copy(SHARDED);
    Path first = folder.resolve("model-00001-of-00002.safetensors");
    SafetensorsBytes.rewrite(
        SHARDED.resolve(first.getFileName()),
        first,
        header -> append(header, NORM, "[16]", 64),
        new byte[64]);
    Path last = folder.resolve(LAST);
    SafetensorsBytes.rewrite(
        SHARDED.resolve(LAST),
        last,
        header -> append(header, "mtp.fc.weight", "[4,4]", 64),
        new byte[64]);
    assertSameWeights(FOLDER, folder);
    Inspection inspection = Inspection.of(folder);
    assertEquals(Inspection.of(FOLDER).parameters(), inspection.parameters());
    assertEquals(
        List.of(NORM + " in " + first.getFileName(), "mtp.fc.weight in " + LAST),
        inspection.leftOut());
    assertTrue(inspection.toText().contains("left out, not in the index: mtp.fc.weight in"));
    Files.delete(folder.resolve("model.safetensors.index.json"));
    assertRefused(
        () -> Checkpoint.open(last), last + ": tensor \"" + NORM + "\" is also in " + first);
  }

  /** A decoder saved without its head, and one that was part of a model that also sees. */
  @ParameterizedTest
  @CsvSource({
    "'', lm_head.",
    "language_model.model., language_model.lm_head.",
    "model.language_model., lm_head.",
    "language_model., lm_head."
  })
  void namesMayBeginOtherwise(String prefix, String head) throws IOException {
    copy(FOLDER);
    SafetensorsBytes.rewrite(
        FOLDER.resolve("model.safetensors"),
        folder.resolve("model.safetensors"),
        header -> {
          ObjectNode renamed = JsonMapper.shared().createObjectNode();
          header
              .properties()
              .forEach(
                  entry ->
                      renamed.set(
                          entry
                              .getKey()
                              .replaceFirst("^model\\.", prefix)
                              .replaceFirst("^lm_head\\.", head),
                          entry.getValue()));
          return renamed;
        },
        new byte[0]);
    assertSameWeights(FOLDER, folder);
  }

  /** Links into blobs, below the commit that {@code refs/main} names. */
  @Test
  void aFolderOfTheHubsCacheStandsForItsSnapshot() throws IOException {
    Path model = folder.resolve("models--x--y");
    Path blobs = Files.createDirectories(model.resolve("blobs"));
    Path snapshot = Files.createDirectories(model.resolve("snapshots/abc"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(FOLDER.resolve(name), blobs.resolve("blob-" + name));
      Path target = Path.of("../../blobs/blob-" + name);
      try {
        Files.createSymbolicLink(snapshot.resolve(name), target);
      } catch (IOException | UnsupportedOperationException e) {
        assumeTrue(false, "no symbolic links here: " + e.getMessage());
      }
    }
    assertSameWeights(FOLDER, snapshot);
    assertSameWeights(FOLDER, model);
    assertEquals(StoredModel.read(FOLDER).architecture(), StoredModel.read(model).architecture());
    Files.createDirectories(model.resolve("snapshots/def"));
    assertRefused(
        () -> StoredModel.read(model),
        model.resolve("snapshots") + ": holds 2 snapshots; name one");
    Files.createDirectories(model.resolve("refs"));
    Files.writeString(model.resolve("refs/main"), "abc\n");
    assertSameWeights(FOLDER, model);
  }

  @Test
  void aTrainingRunStandsForItsNewestCheckpoint() throws IOException {
    Path newest = Files.createDirectories(folder.resolve("step-00000100"));
    Files.createDirectories(folder.resolve("step-00000020"));
    Files.createDirectories(folder.resolve("step-00000100.optimizer"));
    Files.createDirectories(folder.resolve(".step-00000200.deleted"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(FOLDER.resolve(name), newest.resolve(name));
    }
    assertSameWeights(FOLDER, folder);
    assertEquals(StoredModel.read(FOLDER).architecture(), StoredModel.read(folder).architecture());

    Files.copy(FOLDER.resolve("config.json"), folder.resolve("config.json"));
    assertRefused(
        () -> CheckpointFiles.locate(folder),
        folder
            + ": holds neither model.safetensors nor model.safetensors.index.json,"
            + " consolidated.safetensors or a .gguf file");
  }

  @Test
  void safetensorsAloneAreKnownAsSuch() throws IOException {
    assertFalse(StoredModel.isTensorsAlone(FOLDER));
    assertFalse(StoredModel.isTensorsAlone(GGUF));
    Path alone =
        Files.copy(FOLDER.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    assertTrue(StoredModel.isTensorsAlone(alone));
    assertTrue(StoredModel.isTensorsAlone(folder));
    assertRefused(() -> StoredModel.read(folder), folder.resolve("config.json") + ": no such file");
  }

  private static ObjectNode append(ObjectNode header, String name, String shape, int bytes) {
    long end =
        header.properties().stream()
            .filter(entry -> entry.getValue().has("data_offsets"))
            .mapToLong(entry -> entry.getValue().get("data_offsets").get(1).asLong())
            .max()
            .orElseThrow();
    ObjectNode tensor = header.putObject(name);
    tensor.put("dtype", "F32");
    tensor.set("shape", JsonMapper.shared().readTree(shape));
    tensor.putArray("data_offsets").add(end).add(end + bytes);
    return header;
  }

  private void copy(Path original) throws IOException {
    try (var files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  static void assertSameWeights(Path expectedPath, Path actualPath) {
    try (Checkpoint expected = Checkpoint.open(expectedPath);
        Checkpoint actual = Checkpoint.open(actualPath)) {
      Architecture architecture = expected.architecture();
      assertEquals(architecture, actual.architecture());
      expected
          .layout()
          .tensors()
          .forEach(
              spec ->
                  assertArrayEquals(
                      values(expected.tensor(spec)), values(actual.tensor(spec)), spec.name()));
    }
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  private static void assertRefused(Executable executable, String message) {
    assertEquals(message, assertThrows(InvalidInputException.class, executable).getMessage());
  }
}
