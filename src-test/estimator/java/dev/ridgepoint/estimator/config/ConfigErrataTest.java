package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right numbers for the errata of {@code estimator/ERRATA.md} about configurations. */
class ConfigErrataTest {
  private static final String LLAMA =
      """
      {"model_type": "llama", "vocab_size": 1000, "hidden_size": 64, "intermediate_size": 256,
       "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2%s}\
      """;

  private static final String MIXTRAL = LLAMA.replace("llama", "mixtral");

  /** Layers, widths and heads as before: what one more field does to the parameters. */
  @Test
  void erratum103FieldsThatChangeTheCount() {
    int h = 64;
    // Queries and the output have 4 heads, keys and values 2; heads of 32 instead of h / 4.
    assertEquals(3 * 2 * h * (4 + 2) * (32 - 16), added("'head_dim': 32"));
    // One table instead of two.
    assertEquals(-1000 * h, added("'tie_word_embeddings': true"));
    // (a + 2k) d and h.
    assertEquals(3 * ((4 + 2 * 2) * 16 + h), added("'attention_bias': true"));
    // 2I and h.
    assertEquals(3 * (2 * 256 + h), added("'mlp_bias': true"));
  }

  @Test
  void erratum103ExpertsAndWindowsAreFieldsToo() {
    String experts = ", 'num_local_experts': 8, 'num_experts_per_tok': 2, 'sliding_window': null";
    Architecture mixtral = parse(MIXTRAL, experts);
    long router = 8L * 64;
    long expert = 3L * 64 * 256;
    long dense = parameters(LLAMA, "");
    assertEquals(
        3 * (router + 7 * expert), ParameterCount.of(mixtral).total() - dense, "in memory");
    assertEquals(
        3 * (router + expert), ParameterCount.active(mixtral).total() - dense, "per token");
    Architecture mistral = parse(LLAMA.replace("llama", "mistral"), ", 'sliding_window': 100");
    AttentionSpan span = mistral.decoder().orElseThrow().layers().get(0).attention().span();
    assertEquals(100, span.visible(1, 5000));
  }

  /** The text would have h divide a: heads of h / a elements need a to divide h. */
  @ParameterizedTest
  @CsvSource({"768, 12, 64", "1024, 16, 64", "256, 4, 64", "64, 32, 2"})
  void erratum105TheHeadsDivideTheWidth(int hiddenSize, int heads, int headDim) {
    assertEquals(headDim, attention(hiddenSize, heads).headDim());
  }

  @ParameterizedTest
  @CsvSource({"768, 10", "12, 768", "64, 128"})
  void erratum105OtherHeadsAreRefused(int hiddenSize, int heads) {
    String message =
        assertThrows(InvalidInputException.class, () -> attention(hiddenSize, heads)).getMessage();
    assertEquals(
        String.format(
            Locale.ROOT,
            "test: hidden_size must be a multiple of num_attention_heads (%d) where head_dim is not"
                + " given, but is %d",
            heads,
            hiddenSize),
        message);
  }

  private static GroupedQueryAttention attention(int hiddenSize, int heads) {
    String json =
        String.format(
            Locale.ROOT,
            """
            {"model_type": "llama", "vocab_size": 100, "hidden_size": %d, "intermediate_size": 8,
             "num_hidden_layers": 1, "num_attention_heads": %d}\
            """,
            hiddenSize,
            heads);
    return (GroupedQueryAttention)
        ConfigReader.parse("test", json).decoder().orElseThrow().layers().getFirst().attention();
  }

  private static long added(String field) {
    return parameters(LLAMA, ", " + field) - parameters(LLAMA, "");
  }

  private static long parameters(String json, String fields) {
    return ParameterCount.of(parse(json, fields)).total();
  }

  private static Architecture parse(String json, String fields) {
    return ConfigReader.parse("test", json.formatted(fields).replace('\'', '"'));
  }
}
