package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with damaged tokenizers. */
class GgufTokenizerTest {

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
