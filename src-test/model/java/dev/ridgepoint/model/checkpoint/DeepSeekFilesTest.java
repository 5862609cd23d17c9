package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which files have latent attention, as far as the golden models do not show them. */
class DeepSeekFilesTest {
  // Of both golden models.
  private static final int HEADS = 4;
  private static final int KEY_DIM = 8;
  private static final int VALUE_DIM = 12;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "Q8_0"})
  void keysAndValuesOfOlderFilesAreOneTensor(DType dtype) {
    // Blocks need a longer latent than the golden model's; the place does not look at the config's.
    Architecture architecture = architecture("deepseek-v2");
    LatentUpProjection up =
        new LatentUpProjection(withRank(LatentUpProjection.of(architecture).attention(), 32));
    int rank = 32;
    try (Arena arena = Arena.ofShared()) {
      Tensor both = Tensor.allocate(arena, DType.F32, HEADS * (KEY_DIM + VALUE_DIM), rank);
      for (long i = 0; i < both.elements(); i++) {
        both.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (i % 127));
      }
      Tensor inFile = Tensor.allocate(arena, dtype, HEADS * (KEY_DIM + VALUE_DIM), rank);
      for (int row = 0; row < both.size(0); row++) {
        both.rowSource().encode(row, rank, dtype, inFile.segment(), row * dtype.bytes(rank));
      }
      TensorSpec keys = spec(TensorRole.KEY_UP, HEADS * rank, KEY_DIM);
      TensorPlace placeOfKeys = up.joined(keys, "both");
      Tensor keyUp = placeOfKeys.of(keys, inFile);
      assertEquals(List.of(80L, 32L), placeOfKeys.shape());
      assertEquals(dtype == DType.Q8_0 ? DType.F32 : dtype, keyUp.dtype());
      assertEquals(keyUp.dtype(), placeOfKeys.dtype(dtype));
      TensorSpec values = spec(TensorRole.VALUE_UP, HEADS * VALUE_DIM, rank);
      Tensor valueUp = up.joined(values, "both").of(values, inFile);
      float[] stored = new float[rank];
      float[] key = new float[KEY_DIM];
      float[] value = new float[rank];
      for (int head = 0; head < HEADS; head++) {
        for (int i = 0; i < KEY_DIM + VALUE_DIM; i++) {
          inFile.rowSource().read(head * (KEY_DIM + VALUE_DIM) + i, stored, 0);
          for (int r = 0; r < rank; r++) {
            if (i < KEY_DIM) {
              keyUp.rowSource().read(head * rank + r, key, 0);
              assertEquals(stored[r], key[i]);
            } else {
              valueUp.rowSource().read(head * VALUE_DIM + i - KEY_DIM, value, 0);
              assertEquals(stored[r], value[r]);
            }
          }
        }
      }
    }
  }

  private static LatentAttention withRank(LatentAttention of, int rank) {
    return new LatentAttention(
        of.numAttentionHeads(),
        of.queryLoraRank(),
        rank,
        of.keyDim(),
        of.rope(),
        of.valueDim(),
        of.scoreScale(),
        of.span());
  }

  private static TensorSpec spec(TensorRole role, long rows, long columns) {
    return new TensorSpec(role, Part.WEIGHT, 0, List.of(rows, columns));
  }

  private static Architecture architecture(String name) {
    return StoredModel.read(TestResources.path("logits/" + name + "/model-bf16.gguf"))
        .architecture();
  }

  /** Before latents were attended themselves, a head's sizes were those of its keys and values. */
  @ParameterizedTest
  @ValueSource(strings = {"deepseek-v2", "deepseek-v3"})
  void olderFilesHaveTheSizesOfHeadsElsewhere(String name, @TempDir Path folder)
      throws IOException {
    Path newer = TestResources.path("logits/" + name + "/model-bf16.gguf");
    byte[] bytes = Files.readAllBytes(newer);
    set(bytes, "deepseek2.attention.key_length", 16);
    set(bytes, "deepseek2.attention.value_length", 12);
    rename(bytes, "deepseek2.attention.key_length_mla", "deepseek2.attention.key_length_xxx");
    rename(bytes, "deepseek2.attention.value_length_mla", "deepseek2.attention.value_length_xxx");
    Path older = Files.write(folder.resolve("older.gguf"), bytes);
    assertEquals(StoredModel.read(newer).architecture(), StoredModel.read(older).architecture());
  }

  @Test
  void sizesThatDoNotFitAreNamed(@TempDir Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(TestResources.path("logits/deepseek-v3/model-bf16.gguf"));
    set(bytes, "deepseek2.attention.key_length_mla", 8);
    assertRefused(
        "key \"deepseek2.attention.key_length_mla\" must be more than"
            + " \"deepseek2.rope.dimension_count\" 8",
        Files.write(folder.resolve("model.gguf"), bytes));
  }

  @Test
  void anotherScoringOfExpertsIsNamed(@TempDir Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(TestResources.path("logits/deepseek-v3/model-bf16.gguf"));
    set(bytes, "deepseek2.expert_gating_func", 3);
    assertRefused(
        "key \"deepseek2.expert_gating_func\" must be 1 or 2, but is 3",
        Files.write(folder.resolve("model.gguf"), bytes));
  }

  /** What llama.cpp would compute otherwise is not written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deepseek-v3 | \"yarn\" | \"linear\" | RoPE scaling Linear[factor=4.0]",
        "deepseek-v3 | \"beta_fast\": 32 | \"beta_fast\": 16 | RoPE scaling Yarn[factor=4.0,"
            + " originalMaxPositionEmbeddings=32, betaFast=16.0, betaSlow=1.0, attentionFactor=1.0,"
            + " isTruncated=true]",
        "deepseek-v2 | \"n_group\": 1, \"topk_group\": 1, \"topk_method\": \"greedy\" |"
            + " \"n_group\": 2, \"topk_group\": 1, \"topk_method\": \"group_limited_greedy\" |"
            + " groups of experts whose 1 best decide",
        "deepseek-v3 | \"moe_layer_freq\": 1 | \"moe_layer_freq\": 3 | models without experts",
        "deepseek-v3 | \"first_k_dense_replace\": 1, \"moe_layer_freq\": 1 |"
            + " \"first_k_dense_replace\": 0, \"moe_layer_freq\": 2 | dense layer behind one with"
            + " experts",
        "deepseek-v3 | \"n_shared_experts\": 1 | \"n_shared_experts\": 0 | experts without shared"
            + " ones",
      })
  void whatAFileCannotSayIsNamed(
      String model, String field, String replacement, String lacking, @TempDir Path folder)
      throws IOException {
    Path original = TestResources.path("logits/" + model + "/hf-f32/config.json");
    String config = Files.readString(original).replaceAll("\\s+", " ");
    assertTrue(config.contains(field), config);
    Architecture architecture =
        ConfigReader.parse("config.json", config.replace(field, replacement));
    Path file = folder.resolve("model.gguf");
    InvalidInputException refused =
        assertThrows(InvalidInputException.class, () -> new GgufWriter(file, architecture, false));
    assertEquals(
        file + ": llama.cpp's architecture \"deepseek2\" has no " + lacking, refused.getMessage());
  }

  private static void assertRefused(String problem, Path file) {
    InvalidInputException refused =
        assertThrows(InvalidInputException.class, () -> StoredModel.read(file));
    assertEquals(file + ": " + problem, refused.getMessage());
  }

  private static void set(byte[] bytes, String key, int value) {
    int at = indexOf(bytes, key) + key.length() + Integer.BYTES;
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
  }

  private static void rename(byte[] bytes, String key, String other) {
    byte[] name = other.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, bytes, indexOf(bytes, key), name.length);
  }

  /** Where a key stands, whose length stands before it. */
  private static int indexOf(byte[] bytes, String key) {
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] name = key.getBytes(StandardCharsets.US_ASCII);
    for (int i = Long.BYTES; i < bytes.length - name.length; i++) {
      if (all.getLong(i - Long.BYTES) == name.length
          && Arrays.equals(bytes, i, i + name.length, name, 0, name.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException(key);
  }
}
