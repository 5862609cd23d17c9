package dev.ridgepoint.estimator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RopeReaderTest {
  private static final RopeScaling UNSCALED = new RopeScaling.None();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'rope_theta': 5000 | 5000 | None[]",
        "'rope_scaling': {'rope_type': 'default'} | 10000 | None[]",
        "'rope_scaling': {'type': 'linear', 'factor': 2} | 10000 | Linear[factor=2.0]",
        "'rope_parameters': {'rope_theta': 7} | 7 | None[]",
        "'rope_theta': 7, 'rope_parameters': {'rope_type': 'linear', 'rope_theta': 7, "
            + "'factor': 3.0} | 7 | Linear[factor=3.0]",
      })
  void readsBothSpellings(String fields, double theta, String scaling) {
    Rope rope = Configs.attention(Configs.read("llama", fields), 0).rope();
    assertEquals(theta, rope.theta());
    assertEquals(scaling, rope.scaling().toString());
    assertEquals(4, rope.dim());
  }

  @Test
  void readsTheGoldenModels() {
    assertEquals(new Rope(8, 10_000, UNSCALED), golden("llama-gqa"));
    assertEquals(new Rope(16, 10_000, new RopeScaling.Linear(4)), golden("llama-linear-rope"));
    assertEquals(new Rope(16, 10_000, new RopeScaling.Llama3(8, 1, 4, 32)), golden("llama31-rope"));
    assertEquals(new Rope(16, 10_000, new RopeScaling.Dynamic(4, 16)), golden("llama-dynamic-ntk"));
    assertEquals(500_000, golden("llama-tied-headdim").theta());
    // 0.1 ln 4 + 1
    double magnitude = 1.138629436111989;
    assertEquals(
        new Rope(16, 100, new RopeScaling.Yarn(4, 32, 32, 1, magnitude, true)),
        golden("llama-yarn"));
    assertEquals(
        new Rope(16, 1_000, new RopeScaling.Yarn(4, 32, 32, 1, magnitude, true)),
        golden("qwen2-yarn"));
    assertEquals(
        new Rope(16, 150, new RopeScaling.Yarn(4, 16, 32, 1, magnitude, false)), golden("gpt-oss"));
    // sqrt(1 + ln 4 / ln 16), on 3/4 of 16 elements
    double factor = Math.sqrt(1.5);
    assertEquals(
        new Rope(
            12,
            10_000,
            new RopeScaling.LongRope(
                List.of(1.0, 1.05, 1.1, 1.2, 1.3, 1.5),
                List.of(1.0, 1.25, 1.7, 2.4, 3.1, 4.0),
                16,
                factor,
                factor)),
        golden("phi3-longrope"));
    assertEquals(new Rope(4, 10_000, UNSCALED), golden("gpt-neox"));
    assertEquals(new Rope(4, 10_000, UNSCALED), golden("stablelm"));
  }

  /** One magnitude is in the scale of the scores, and none is left for the rotation. */
  @ParameterizedTest
  @CsvSource({"deepseek-v2, 0.707", "deepseek-v3, 1"})
  void deepseekPutsYarnsMagnitudeIntoTheScores(String name, double weight) {
    var attention =
        Configs.goldenModel(name).decoder().orElseThrow().layers().getFirst().attention();
    assertEquals(new RopeScaling.Yarn(4, 32, 32, 1, 1, true), attention.rope().scaling());
    double magnitude = 0.1 * weight * Math.log(4) + 1;
    assertEquals(magnitude * magnitude / 4, attention.scoreScale(), 1e-15);
  }

  /** As DeepSeek-R1-0528-Qwen3-8B has it: its factor is the inverse of YaRN's own. */
  @Test
  void yarnsMagnitudeMayBeUndone() {
    Rope rope =
        Configs.attention(
                Configs.read(
                    "llama",
                    "'rope_scaling': {'rope_type': 'yarn', 'factor': 4, 'finetuned': true,"
                        + " 'original_max_position_embeddings': 32768,"
                        + " 'attn_factor': 0.8782488562869419}"),
                0)
            .rope();
    RopeScaling.Yarn yarn = assertInstanceOf(RopeScaling.Yarn.class, rope.scaling());
    assertEquals(1, yarn.attentionFactor(), 1e-12);
  }

  @Test
  void layersOfOneModelMayDiffer() {
    var gemma = Configs.goldenModel("gemma3-text");
    Rope local = new Rope(12, 10_000, UNSCALED);
    Rope global = new Rope(12, 1_000_000, new RopeScaling.Linear(8));
    assertEquals(
        List.of(local, local, local, local, local, global, local),
        Configs.attentions(gemma).map(attention -> attention.rope()).toList());
    var newer =
        Configs.read(
            "gemma3_text",
            "'head_dim': 12, 'num_hidden_layers': 2, 'sliding_window_pattern': 2, "
                + "'num_key_value_heads': 1, 'rope_parameters': {"
                + "'full_attention': {'rope_type': 'linear', 'factor': 8, 'rope_theta': 1000000},"
                + "'sliding_attention': {'rope_type': 'default', 'rope_theta': 10000}}");
    assertEquals(
        List.of(local, global),
        Configs.attentions(newer).map(attention -> attention.rope()).toList());
    var smollm = Configs.goldenModel("smollm3");
    assertEquals(new Rope(8, 5_000_000, UNSCALED), Configs.attention(smollm, 2).rope());
    assertEquals(Rope.NONE, Configs.attention(smollm, 3).rope());
  }

  /** What a config does not say is stretched as the class does it. */
  @Test
  void gptOssIsStretchedByDefault() {
    Rope rope =
        Configs.attention(
                Configs.read(
                    "gpt_oss",
                    "'num_key_value_heads': 3, 'num_local_experts': 2, 'num_experts_per_tok': 1"),
                0)
            .rope();
    assertEquals(150_000, rope.theta());
    assertEquals(
        new RopeScaling.Yarn(32, 4_096, 32, 1, 0.1 * Math.log(32) + 1, false), rope.scaling());
  }

  /** PhiMoE gives the factors of both lengths itself. */
  @Test
  void longRopesFactorsMayBeGiven() {
    Rope rope =
        Configs.attention(
                Configs.read(
                    "phimoe",
                    "'num_local_experts': 2, 'num_experts_per_tok': 1, 'rope_scaling': {"
                        + "'type': 'longrope', 'short_factor': [1, 2], 'long_factor': [3, 4],"
                        + "'short_mscale': 1.25, 'long_mscale': 1.5,"
                        + "'original_max_position_embeddings': 4096}"),
                0)
            .rope();
    assertEquals(1_000_000, rope.theta());
    assertEquals(
        new RopeScaling.LongRope(List.of(1.0, 2.0), List.of(3.0, 4.0), 4_096, 1.25, 1.5),
        rope.scaling());
  }

  private static Rope golden(String name) {
    return Configs.attention(Configs.goldenModel(name), 0).rope();
  }
}
