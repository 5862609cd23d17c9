package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small models, written here, whose ids are counted by hand. */
class SentencePieceFileTest {
  private static final int UNIGRAM = 1;
  private static final int BPE = 2;
  private static final String SIGN = "\u2581";

  @TempDir private Path folder;

  @Test
  void bestScoresMergeFirst() throws IOException {
    Tokenizer tokenizer = read(model(BPE));
    // "▁ab": ▁ + a has the better score than a + b.
    assertArrayEquals(new int[] {7, 5}, ids(tokenizer, "ab"));
    assertArrayEquals(new int[] {7, 6}, ids(tokenizer, "  aab "));
    assertArrayEquals(new int[] {3, 0, 5}, ids(tokenizer, "??b"));
    assertArrayEquals(new int[] {1, 3, 5, 2}, ids(tokenizer, "<s>b</s>"));
    assertArrayEquals(new int[] {7, 8, 5}, ids(tokenizer, "a<x>b"));
    assertEquals("ab", tokenizer.decode(new int[] {7, 5}, false));
  }

  @Test
  void theConfigBesideItSaysWhatATextBeginsWith() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"add_bos_token\": true, \"add_eos_token\": false}");
    Files.write(folder.resolve("tokenizer.model"), model(BPE));
    Tokenizer tokenizer = TokenizerFiles.read(folder);
    assertArrayEquals(new int[] {1, 7, 5}, tokenizer.encode("ab", true, true));
  }

  @Test
  void unigramTakesTheBestSum() throws IOException {
    // ▁a + b = -7, ▁ + ab = -3.5.
    assertArrayEquals(new int[] {3, 6}, ids(read(model(UNIGRAM)), "ab"));
  }

  @Test
  @Timeout(60)
  void longTextsTakeTheirLength() throws IOException {
    int n = 1 << 20;
    assertEquals(n, ids(read(model(BPE)), "a".repeat(n)).length);
    assertEquals(n, ids(read(model(UNIGRAM)), "a".repeat(n)).length);
  }

  @Test
  void unknownKindsAreRefused() {
    assertTrue(refusal(model(3)).contains("model_type"));
    assertTrue(refusal(new byte[0]).contains("has no pieces"));
    assertTrue(refusal(new byte[] {10, 100}).contains("ends within its ModelProto"));
    assertTrue(refusal(new byte[] {8, 1}).contains("wire type"));
  }

  @Test
  void damagedFilesAreRefusedOrRead() throws IOException {
    byte[] model = model(UNIGRAM);
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = Arrays.copyOf(model, 1 + random.nextInt(model.length));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        read(damaged).encode("ab <s> xyz", true, true);
      } catch (InvalidInputException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().contains("tokenizer.model"), e.getMessage());
      }
    }
  }

  private String refusal(byte[] model) {
    return assertThrows(InvalidInputException.class, () -> read(model)).getMessage();
  }

  private static int[] ids(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text, false, true);
  }

  private Tokenizer read(byte[] model) throws IOException {
    return TokenizerFiles.read(Files.write(folder.resolve("tokenizer.model"), model));
  }

  private static byte[] model(int type) {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    piece(model, "<unk>", 0, 2);
    piece(model, "<s>", 0, 3);
    piece(model, "</s>", 0, 3);
    piece(model, SIGN, -2, 1);
    piece(model, "a", -3, 1);
    piece(model, "b", -3, 1);
    piece(model, "ab", -1.5f, 1);
    piece(model, SIGN + "a", type == BPE ? -1 : -4, 1);
    piece(model, "<x>", 0, 4);
    bytes(model, 2, new byte[] {3 << 3, (byte) type});
    return model.toByteArray();
  }

  private static void piece(ByteArrayOutputStream model, String text, float score, int type) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    bytes(piece, 1, text.getBytes(StandardCharsets.UTF_8));
    piece.write(2 << 3 | 5);
    piece.writeBytes(
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    piece.write(3 << 3);
    piece.write(type);
    bytes(model, 1, piece.toByteArray());
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    out.write(field << 3 | 2);
    out.write(value.length);
    out.writeBytes(value);
  }
}
