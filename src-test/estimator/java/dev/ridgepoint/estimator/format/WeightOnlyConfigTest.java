package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Llama-3.1-8B in the formats of AutoRound, HQQ and torchao, counted by hand. */
class WeightOnlyConfigTest {
  private static final long PARAMETERS = 8_030_261_248L;
  private static final long QUERY_AND_OUTPUT = 2L * 4096 * 4096;
  private static final long KEY_AND_VALUE = 2L * 4096 * 1024;
  private static final long FEED_FORWARD = 3L * 4096 * 14_336;
  private static final long LINEAR = 32 * (QUERY_AND_OUTPUT + KEY_AND_VALUE + FEED_FORWARD);
  private static final long ROWS = 32 * (2 * 4096 + 2 * 1024 + 2 * 14_336 + 4096);
  private static final long OTHERS = 2 * (PARAMETERS - LINEAR);

  /** Bytes per weight, and per row of a matrix, of the linear layers; the rest is in BF16. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'quant_type': 'int4_weight_only', 'quant_type_kwargs': {'group_size': 64} | 0.5625 | 0",
        "'quant_type': 'int4_weight_only' | 0.53125 | 0",
        "'quant_type': {'default': {'_type': 'Int4WeightOnlyConfig', '_data': {'group_size': 32}}}"
            + " | 0.625 | 0",
        "'quant_type': 'int8_weight_only' | 1 | 2",
        "'quant_type': 'float8_weight_only' | 1 | 4",
        "'quant_type': {'default': {'_type': 'Float8DynamicActivationFloat8WeightConfig'}} | 1 | 4"
      })
  void torchaoStoresAScaleOfEachRowOrGroup(String fields, double perWeight, long perRow) {
    assertEquals(OTHERS + Math.round(perWeight * LINEAR) + perRow * ROWS, bytes("torchao", fields));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"4, 'group_size': 64 | 0.5625 | 0", "8, 'group_size': null | 1 | 4"})
  void hqqStoresAScaleAndAZeroPointOfEachGroup(String fields, double perWeight, long perRow) {
    assertEquals(
        OTHERS + Math.round(perWeight * LINEAR) + perRow * ROWS,
        bytes("hqq", "'quant_config': {'weight_quant_params': {'nbits': %s}}".formatted(fields)));
  }

  @Test
  void hqqNamesLayersByTheEndsOfTheirNames() {
    long queries = 32L * 4096 * 4096;
    assertEquals(
        OTHERS + 2 * (LINEAR - queries) + queries * 9 / 16,
        bytes(
            "hqq",
            "'quant_config': {'self_attn.q_proj':"
                + " {'weight_quant_params': {'nbits': 4, 'group_size': 64}}}"));
  }

  /** A 16-bit scale and a 4-bit zero point for 128 weights of 4 bits: 4.15625 bits. */
  @ParameterizedTest
  @CsvSource({"auto_round:auto_gptq", "auto_round:auto_awq"})
  void autoRoundIsLaidOutAsGptqOrAwq(String packing) {
    String fields =
        "'bits': 4, 'group_size': 128, 'sym': true, 'packing_format': '%s'".formatted(packing);
    assertEquals(OTHERS + LINEAR / 128 * 133 / 2, bytes("auto-round", fields));
    long down = 4096L * 14_336;
    assertEquals(
        OTHERS + (LINEAR - down) / 128 * 133 / 2 + 2 * down,
        bytes(
            "auto-round",
            fields + ", 'extra_config': {'model.layers.3.mlp.down_proj': {'bits': 16}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "torchao | 'quant_type': 'autoquant' | quantization_config.quant_type \"autoquant\" is"
            + " unknown; known are int4_weight_only, int8_weight_only,"
            + " int8_dynamic_activation_int8_weight, float8_weight_only,"
            + " float8_dynamic_activation_float8_weight and their classes",
        "hqq | 'quant_config': {'weight_quant_params': {'nbits': 3}} |"
            + " quantization_config.quant_config.weight_quant_params.nbits must be 1, 2, 4 or 8,"
            + " but is 3",
        "auto-round | 'bits': 4, 'group_size': 128, 'packing_format': 'gguf' |"
            + " quantization_config.packing_format \"gguf\" is unknown; known are"
            + " auto_round:auto_gptq and auto_round:auto_awq"
      })
  void whatIsNotKnownIsRefused(String method, String fields, String reason) {
    assertEquals(
        "config.json: " + reason,
        assertThrows(InvalidInputException.class, () -> bytes(method, fields)).getMessage());
  }

  private static long bytes(String method, String fields) {
    String config =
        "{'quantization_config': {'quant_method': '%s', %s}}"
            .formatted(method, fields)
            .replace('\'', '"');
    return QuantizationConfig.read("config.json", StrictJson.parseObject("config.json", config))
        .orElseThrow()
        .storedBytes(ModelCatalog.get("Llama-3.1-8B"));
  }
}
