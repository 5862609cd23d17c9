package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownPreTokenizersTest {

  /** By hand, from the models' patterns. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "gpt-2#`Don't  12345 go!!`#`Don|'t| | 12345| go|!!`",
        "llama-bpe#`DON'T  12345 go!!`#`DON|'T| | |123|45| go|!!`",
        "qwen2#`a 123\\n\\nb`#`a| |1|2|3|\\n\\n|b`",
        "starcoder#`a 123`#`a| |1|2|3`",
        "gpt-4o#`HelloWorld ABCdef it's 1234`#`Hello|World| ABCdef| it's| |123|4`",
        "tekken#`HelloWorld's 12`#`Hello|World|'s| |1|2`",
        "deepseek-v3#`a12345東京b.Go`#`a|123|45|東京|b|.Go`",
        "deepseek-llm#`a 12345 東京, b`#`a| |12345| |東京|,| b`",
        "falcon#`a 12345+b`#`a| |123|45|+|b`",
      })
  void wordsAreThoseOfTheModel(String name, String text, String words) {
    assertEquals(words.replace("\\n", "\n"), split(name, text.replace("\\n", "\n"), "|"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-bpe",
        "qwen2",
        "qwen35",
        "gpt-2",
        "starcoder",
        "gpt-4o",
        "tekken",
        "tiny_aya",
        "deepseek-llm",
        "deepseek-coder",
        "deepseek-v3",
        "falcon",
        "bloom",
        "viking",
        "default"
      })
  void nothingIsLost(String name) {
    String lines =
        """
          It's 1,234,567 ½ naïve\tCafé\r

        東京 ひらがな 한국어 العربية नमस्ते 🦙🏽‍🚀 {x}; \u00a0\u3000.
        """;
    String text = lines + "  ";
    assertEquals(text, split(name, text, ""));
  }

  @Test
  void othersAreNotKnown() {
    assertTrue(KnownPreTokenizers.named("file", "nope").isEmpty());
  }

  private static String split(String name, String text, String separator) {
    return KnownPreTokenizers.named("file", name).orElseThrow().split(text, true).stream()
        .map(word -> new String(ByteLevel.decode(word).orElseThrow(), StandardCharsets.UTF_8))
        .collect(Collectors.joining(separator));
  }
}
