package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files, whose ids are counted by hand, and files with damaged tokenizers. */
class GgufTokenizerTest {
  @TempDir private Path folder;

  @Test
  void wordPieces() throws IOException {
    Tokenizer tokenizer =
        read(
            new GgufBytes()
                .text("tokenizer.ggml.model", "bert")
                .texts(
                    "tokenizer.ggml.tokens",
                    List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁un", "aff", "able", "▁cafe"))
                .integer("tokenizer.ggml.unknown_token_id", 1)
                .integer("tokenizer.ggml.cls_token_id", 2)
                .integer("tokenizer.ggml.seperator_token_id", 3));
    assertArrayEquals(
        new int[] {2, 4, 5, 6, 7, 1, 3}, tokenizer.encode("Unaffable café x", true, true));
    assertEquals("unaffable cafe", tokenizer.decode(new int[] {4, 5, 6, 7}, false));
  }

  /** "▁ab": ▁ + ab = -3.5 is better than ▁a + b = -7. */
  @Test
  void unigram() throws IOException {
    Tokenizer tokenizer =
        read(
            new GgufBytes()
                .text("tokenizer.ggml.model", "t5")
                .texts(
                    "tokenizer.ggml.tokens",
                    List.of("<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a"))
                .integers("tokenizer.ggml.token_type", 3, 3, 2, 1, 1, 1, 1, 1)
                .reals("tokenizer.ggml.scores", 0, 0, 0, -2, -3, -3, -1.5f, -4)
                .flag("tokenizer.ggml.add_space_prefix", true)
                .integer("tokenizer.ggml.unknown_token_id", 2)
                .integer("tokenizer.ggml.eos_token_id", 1));
    assertArrayEquals(new int[] {3, 6, 2, 1}, tokenizer.encode("ab??", true, true));
    assertEquals("ab", tokenizer.decode(new int[] {3, 6}, false));
  }

  private Tokenizer read(GgufBytes bytes) throws IOException {
    return TokenizerFiles.read(Files.write(folder.resolve("x.gguf"), bytes.toByteArray()));
  }

  @ParameterizedTest
  @CsvSource({
    "m-merges-bad, tokenizer.ggml.merges",
    "m-tok-model-unknown, tokenizer.ggml.model",
    "m-token-dup, tokenizer.ggml.tokens",
    "m-tokens-type, tokenizer.ggml.tokens",
  })
  void areRefusedByFileAndKey(String name, String key) {
    Path file = file(name);
    InvalidInputException e =
        assertThrows(InvalidInputException.class, () -> TokenizerFiles.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(key), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"m-token-nonutf8", "m-token-empty"})
  void oddPiecesAreRead(String name) {
    Tokenizer tokenizer = TokenizerFiles.read(file(name));
    String text = "he wd"; // the vocabulary has few letters
    assertEquals(text, tokenizer.decode(tokenizer.encode(text, false, false), false));
  }

  private static Path file(String name) {
    return TestResources.path("bad/gguf/" + name + ".gguf");
  }
}
