package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.TestTensors;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String DOWN = "model.layers.0.mlp.down_proj.weight";
  private static final Path MAPS = Path.of("/proc/self/maps");

  @TempDir Path folder;

  /** The parameters are those that the makers of these models recorded. */
  @ParameterizedTest
  @CsvSource({
    "llama-bias, 38848",
    "llama-gqa, 104768",
    "llama-linear-rope, 104768",
    "llama-sharded, 79440",
    "llama-tied-headdim, 77904",
    "llama31-rope, 88384",
    "mistral-swa, 102720",
    "qwen2-bias, 85568",
    "qwen3-qknorm, 106944",
    "gpt2, 76608",
    "glm4, 34784",
    "gpt-neox, 34560",
    "granite, 34272",
    "llama-yarn, 34464",
    "olmo, 34816",
    "olmo2, 43120",
    "phi3-longrope, 52464",
    "smollm3, 39776",
    "stablelm, 35328",
    "starcoder2, 24784",
    "mixtral-moe, 91248",
    "qwen2-moe, 47328",
    "qwen3-moe, 91504",
    "olmoe, 28536",
    "granitemoe, 21864",
    "gpt-oss, 46384",
    "glm4-moe, 37212"
  })
  void everyFamilyHasExactlyTheTensorsOfItsLayout(String model, long parameters) {
    for (DType dtype : List.of(DType.F32, DType.BF16)) {
      String variant = dtype == DType.F32 ? "hf-f32" : "hf-bf16";
      Path path = TestResources.path("logits/" + model + "/" + variant);
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        Map<String, Tensor> needed =
            checkpoint
                .layout()
                .tensors()
                .collect(Collectors.toMap(TensorSpec::name, checkpoint::tensor));
        assertEquals(parameters, needed.values().stream().mapToLong(Tensor::elements).sum());
      }
      Inspection stored = Inspection.of(path);
      assertEquals(parameters, stored.parameters(), "there is nothing besides");
      // What corrects a router's choice stays F32 whatever the weights are.
      stored.tensors().stream()
          .filter(tensor -> !tensor.name().endsWith("e_score_correction_bias"))
          .forEach(tensor -> assertEquals(dtype.name(), tensor.dtype(), tensor.name()));
    }
  }

  /** As those on the Hugging Face hub: the model without its head. */
  @Test
  void gpt2NeedsNoStemInItsNames() throws IOException {
    Path original = TestResources.path("logits/gpt2/hf-f32");
    Path path = copyOf(original);
    Path weights = path.resolve("model.safetensors");
    String stemmed = Files.readString(weights, StandardCharsets.ISO_8859_1);
    // Blanks keep the header as long as it is.
    Files.writeString(
        weights, stemmed.replace("\"transformer.", "            \""), StandardCharsets.ISO_8859_1);
    try (Checkpoint expected = Checkpoint.open(original);
        Checkpoint actual = Checkpoint.open(path)) {
      assertTrue(actual.names().contains("wte.weight"));
      expected
          .layout()
          .tensors()
          .forEach(
              spec ->
                  assertArrayEquals(
                      expected.tensor(spec).segment().toArray(ValueLayout.JAVA_BYTE),
                      actual.tensor(spec).segment().toArray(ValueLayout.JAVA_BYTE),
                      spec.name()));
    }
  }

  /** BF16 and F16 are the F32 weights rounded: half a unit in the last of 8 or 11 bits. */
  @ParameterizedTest
  @CsvSource({"hf-bf16, BF16, 0x1p-8", "hf-f16, F16, 0x1p-11"})
  void halfWidthTypesHoldTheSameNumbers(String variant, DType dtype, double tolerance) {
    Path golden = TestResources.path("logits/llama-gqa");
    try (Checkpoint exact = Checkpoint.open(golden.resolve("hf-f32"));
        Checkpoint rounded = Checkpoint.open(golden.resolve(variant))) {
      Tensor expected = exact.tensor(TestTensors.named(exact, DOWN));
      Tensor actual = rounded.tensor(TestTensors.named(rounded, DOWN));
      assertEquals(dtype, actual.dtype());
      assertArrayEquals(expected.shape(), actual.shape());
      for (long i = 0; i < expected.elements(); i++) {
        // Half of the least subnormal of F16 bounds the error where the relative one is no bound.
        double bound = Math.abs(expected.get(i)) * tolerance + 0x1p-25;
        assertEquals(expected.get(i), actual.get(i), bound);
      }
    }
  }

  @Test
  void aFileAndItsFolderAreTheSameCheckpoint() {
    Path ok = TestResources.path("bad/hfdir/ok");
    try (Checkpoint whole = Checkpoint.open(ok);
        Checkpoint file = Checkpoint.open(ok.resolve("model.safetensors"))) {
      assertEquals(whole.names(), file.names());
      assertEquals(whole.architecture(), file.architecture());
    }
  }

  @Test
  void tensorIsGivenOnlyInItsOwnShape() {
    Path ok = TestResources.path("bad/hfdir/ok");
    try (Checkpoint checkpoint = Checkpoint.open(ok)) {
      TensorSpec norm = TestTensors.named(checkpoint, "model.norm.weight");
      assertArrayEquals(new int[] {16}, checkpoint.tensor(norm).shape());
      TensorSpec square = new TensorSpec(norm.role(), norm.part(), norm.layer(), List.of(4L, 4L));
      assertRefused(
          () -> checkpoint.tensor(square),
          ok.resolve("model.safetensors")
              + ": tensor \"model.norm.weight\" has shape [16], but [4, 4] is needed");
      TensorSpec ninth = new TensorSpec(norm.role(), norm.part(), 9, norm.shape());
      assertRefused(
          () -> checkpoint.tensor(ninth),
          ok + ": tensor \"model.layers.9.norm.weight\" of shape [16] is missing");
      assertEquals(Optional.empty(), checkpoint.find(ninth));
    }
  }

  @Test
  void aTensorOfAnotherTypeIsRefusedWhenOpening() throws IOException {
    Path path = copyOfOk();
    replaceInHeader(
        path.resolve("model.safetensors"),
        "\"model.norm.weight\":{\"dtype\":\"F32\"",
        "\"model.norm.weight\":{\"dtype\":\"I32\"");
    assertRefused(
        () -> Checkpoint.open(path),
        path.resolve("model.safetensors")
            + ": tensor \"model.norm.weight\" has dtype I32; F32, F16 or BF16 is needed");
  }

  @Test
  void tiedHeadIsTheEmbeddingWhateverElseTheFileHolds() {
    try (Checkpoint checkpoint =
        Checkpoint.open(TestResources.path("bad/hfdir/config-tied-and-head"))) {
      assertTrue(checkpoint.names().contains("lm_head.weight"));
      assertEquals(
          1,
          checkpoint
              .layout()
              .tensors()
              .filter(spec -> spec.isMatrix() && spec.layer() == Operation.NO_LAYER)
              .count());
    }
  }

  @Test
  void ofASingleFileAndAnIndexTheSingleFileCounts() throws IOException {
    Path path = copyOf(TestResources.path("bad/hfdir/both-single-and-index"));
    Files.delete(path.resolve("model-00001-of-00002.safetensors"));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertEquals(12, checkpoint.names().size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "/etc/x.safetensors",
        "a/b.safetensors",
        "..\\\\x.safetensors",
        "C:x.safetensors",
        ".safetensors",
        "x\\u0000.safetensors",
        "model.bin",
        ""
      })
  void shardNamesAreNoPaths(String shard) throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"x\":\"" + shard + "\"}}");
    String message =
        assertThrows(InvalidInputException.class, () -> ShardIndex.read(index)).getMessage();
    assertTrue(message.contains("shard of tensor \"x\" must be a plain name"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"weight_map\":null}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":{\"x\":1}}",
        "{\"weight_map\":{\"x\":{}}}",
        "{\"weight_map\":{\"x\":\"a.safetensors\",\"x\":\"a.safetensors\"}}",
        "{\"weight_map\":{\"x\":\"a.safetensors\"}} {}"
      })
  void indexMustHoldAMap(String json) throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, json);
    String message =
        assertThrows(InvalidInputException.class, () -> ShardIndex.read(index)).getMessage();
    assertTrue(message.startsWith(index + ": "), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void whatIsNoCheckpointIsRefused() {
    assertRefused(
        () -> Checkpoint.open(folder),
        folder
            + ": holds neither model.safetensors nor model.safetensors.index.json,"
            + " consolidated.safetensors or a .gguf file");
    Path absent = folder.resolve("absent.safetensors");
    assertRefused(() -> Checkpoint.open(absent), absent + ": no such file or folder");
    assertRefused(() -> TensorFile.open(absent), absent + ": no such file");
    assertRefused(() -> TensorFile.open(folder), folder + ": not a regular file");
  }

  @Test
  void nothingStaysMappedAfterClosingOrFailing() throws IOException {
    assumeTrue(Files.exists(MAPS), "needs Linux");
    Path path = copyOfOk();
    Tensor tensor;
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      tensor = checkpoint.tensor(TestTensors.named(checkpoint, "model.norm.weight"));
      assertTrue(isMapped(path));
    }
    assertFalse(isMapped(path));
    assertThrows(IllegalStateException.class, () -> tensor.get(0));

    replaceInHeader(path.resolve("model.safetensors"), "lm_head.weight", "lm_head_weight");
    assertThrows(InvalidInputException.class, () -> Checkpoint.open(path));
    assertFalse(isMapped(path));
  }

  private static boolean isMapped(Path path) throws IOException {
    return Files.readString(MAPS).contains(path.toString());
  }

  private Path copyOfOk() throws IOException {
    return copyOf(TestResources.path("bad/hfdir/ok"));
  }

  private Path copyOf(Path original) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (var files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** Replaces text in a file by text of the same length. */
  private static void replaceInHeader(Path file, String text, String replacement)
      throws IOException {
    assertEquals(text.length(), replacement.length());
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertTrue(bytes.contains(text), text);
    Files.writeString(file, bytes.replace(text, replacement), StandardCharsets.ISO_8859_1);
  }

  private static void assertRefused(Executable open, String message) {
    assertEquals(message, assertThrows(InvalidInputException.class, open).getMessage());
  }
}
