package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class QuantizationConfigTest {
  private static final Path CHECKPOINTS = Path.of("facts", "quantised.json");

  private static Optional<WeightFormats> read(String config) {
    return QuantizationConfig.read("config.json", StrictJson.parseObject("config.json", config));
  }

  private static long bytes(String model, String quantization) {
    Architecture architecture = ModelCatalog.get(model);
    String config = "{\"quantization_config\": %s}".formatted(quantization);
    return read(config).orElseThrow().storedBytes(architecture);
  }

  // Tensor bytes of published checkpoints: of the files' index where one is known, or counted from
  // the shapes in their headers, scales included.
  @Test
  void publishedCheckpointsAreCountedToTheByte() {
    assertEquals(
        6_098_479_104L,
        bytes(
            "Qwen3-8B",
            "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128, \"zero_point\": true}"));
    assertEquals(
        13_761_264_768L,
        bytes(
            "gpt-oss-20b",
            "{\"quant_method\": \"mxfp4\", \"modules_to_not_convert\": [\"lm_head\"]}"));
    assertEquals(
        9_083_953_152L,
        bytes(
            "Llama-3.1-8B",
            """
            {"quant_method": "compressed-tensors", "ignore": ["lm_head"], "config_groups":
              {"group_0": {"targets": ["Linear"], "weights":
                {"num_bits": 8, "type": "float", "strategy": "channel"}}}}\
            """));
    assertEquals(
        18_087_458_304L,
        bytes(
            "Qwen3-30B-A3B",
            """
            {"quant_method": "modelopt", "quant_algo": "NVFP4",
              "ignore": ["lm_head", "model.layers.*.mlp.gate"]}\
            """));
    // But for 38,752 bytes of text that this library writes beside each matrix.
    assertEquals(
        5_702_578_016L - 38_752,
        bytes(
            "Llama-3.1-8B",
            """
            {"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4",
              "bnb_4bit_use_double_quant": true}\
            """));
  }

  private static final long LLAMA = 8_030_261_248L;
  private static final long LLAMA_LINEAR = 32 * (2L * 4096 * (4096 + 1024) + 3L * 4096 * 14_336);
  private static final long LLAMA_OTHERS = LLAMA - LLAMA_LINEAR;
  private static final int LLAMA_MATRICES = 32 * 7;

  @Test
  void blocksOfFp8HaveAScaleEach() {
    long plain = LLAMA_LINEAR + 2 * LLAMA_OTHERS;
    assertEquals(
        plain + LLAMA_LINEAR / (128 * 128) * 4,
        bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}"));
    assertEquals(plain + 4 * LLAMA_MATRICES, bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\"}"));
    assertEquals(
        plain + 8 * LLAMA_MATRICES,
        bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\", \"activation_scheme\": \"static\"}"));
  }

  /** What is beside the weights, by how compressed-tensors says that it is stored. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // A BF16 scale of each group, and the shape of each matrix in two longs.
        "'num_bits': 4, 'strategy': 'group', 'group_size': 128 | pack-quantized | 0.5 | 64 | 16",
        // A 4-bit zero point of each group, besides.
        "'num_bits': 4, 'strategy': 'group', 'group_size': 128, 'symmetric': false |"
            + " pack-quantized | 0.5 | 51.2 | 16",
        // The scales of two groups are those of one of half the size.
        "'num_bits': 8, 'group_size': 64 | pack-quantized | 1 | 32 | 16",
        "'num_bits': 8, 'strategy': 'tensor' | int-quantized | 1 | 0 | 2",
        "'num_bits': 8, 'type': 'float', 'strategy': 'block', 'block_structure': [128, 128] |"
            + " float-quantized | 1 | 8192 | 0",
        // An FP8 scale of each 16, and an F32 one of each matrix.
        "'num_bits': 4, 'type': 'float', 'strategy': 'tensor_group', 'group_size': 16 |"
            + " nvfp4-pack-quantized | 0.5 | 16 | 4",
        "'num_bits': 4, 'type': 'float', 'strategy': 'group', 'group_size': 32 |"
            + " mxfp4-pack-quantized | 0.5 | 32 | 0",
      })
  void compressedTensorsHaveScalesBeside(
      String weights, String format, double bytes, double perScaleByte, int perMatrix) {
    String config =
        """
        {"quant_method": "compressed-tensors", "ignore": ["lm_head"], "format": "%s",
         "config_groups": {"group_0": {"targets": ["Linear"], "weights": {%s}}}}
        """
            .formatted(format, weights.replace('\'', '"'));
    double scales = perScaleByte == 0 ? 0 : LLAMA_LINEAR / perScaleByte;
    assertEquals(
        (long) (LLAMA_LINEAR * bytes + scales) + perMatrix * LLAMA_MATRICES + 2 * LLAMA_OTHERS,
        bytes("Llama-3.1-8B", config));
  }

  /** Groups by names, of which a name counts before the class, and what no group names. */
  @Test
  void groupsAndIgnoredModulesAreTold() {
    String config =
        """
        {"quant_method": "compressed-tensors", "format": "mixed-precision",
         "ignore": ["lm_head", "re:.*layers\\\\.[01]\\\\..*", "model.layers.2.self_attn.q_proj"],
         "config_groups": {
           "group_0": {"targets": ["re:.*down_proj$"], "weights":
             {"num_bits": 8, "type": "float", "strategy": "channel"},
             "input_activations": {"num_bits": 8, "dynamic": true}},
           "group_1": {"targets": ["Linear"], "format": "pack-quantized", "weights":
             {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 128,
              "actorder": "group"}},
           "group_2": {"targets": ["Attention"], "weights": null}}}
        """;
    long down = 4096L * 14_336;
    long query = 4096L * 4096;
    long key = 1024L * 4096;
    long group = 128;
    long layer = LLAMA_LINEAR / 32;
    long packed = 30 * (layer - down) - query;
    long downs = 30 * down;
    long kept = LLAMA_OTHERS + 2 * layer + query;
    long inputs = 30L * 6 * 4096 - 4096;
    assertEquals(
        packed / 2
            + packed / group * 2
            + 16 * (30 * 6 - 1)
            + 4 * inputs
            + downs
            + 30 * 4096 * 2
            + 2 * kept,
        bytes("Llama-3.1-8B", config));
    assertEquals(layer, 2 * query + 2 * key + 3 * down);
  }

  @Test
  void mlxNamesExceptionsByTheirModules() {
    String usual = "\"bits\": 4, \"group_size\": 64";
    long all = bytes("Llama-3.1-8B", "{%s}".formatted(usual));
    long downs = 32L * 4096 * 14_336;
    long head = 128_256L * 4096;
    assertEquals(
        all + downs / 32 / 2 + head * 16 / 8 - head * 9 / 16,
        bytes(
            "Llama-3.1-8B",
            "{%s, \"model.layers.3.mlp.down_proj\": {\"bits\": 8, \"group_size\": 64},"
                    .formatted(usual)
                + " \"lm_head\": false, \"mode\": \"affine\"}"));
    // Once MLX wrote no field but its own.
    String config = "{\"quantization\": {%s}}".formatted(usual);
    assertEquals(all, read(config).orElseThrow().storedBytes(ModelCatalog.get("Llama-3.1-8B")));
    long inBlocks = LLAMA - 4096 * 65L;
    assertEquals(
        inBlocks / 32 * 17 + 2 * 4096 * 65L,
        bytes("Llama-3.1-8B", "{\"bits\": 4, \"group_size\": 32, \"mode\": \"mxfp4\"}"));
  }

  /** GPTQModel: of the first pattern that a name begins with. */
  @Test
  void gptqsModulesMayHaveBitsOfTheirOwn() {
    String usual = "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128";
    long all = bytes("Llama-3.1-8B", "{%s}".formatted(usual));
    long down = 4096L * 14_336;
    long head = 128_256L * 4096;
    String dynamic =
        """
        {%s, "lm_head": true, "dynamic": {"-:.*layers\\\\.0\\\\..*down.*": {}, "+:.*down.*": {"bits": 8},
         "-:lm_head": {}}}
        """
            .formatted(usual);
    // With 8 bits, words and zero points are twice as large.
    long wider = down / 2 + down / 128 / 2;
    long plain = 2 * down - (down / 2 + down / 128 * 5 / 2 + 4 * 14_336);
    assertEquals(all + 31 * wider + plain, bytes("Llama-3.1-8B", dynamic));
    assertEquals(
        all - 2 * head + head / 2 + head / 128 * 5 / 2 + 4 * 4096,
        bytes("Llama-3.1-8B", "{%s, \"lm_head\": true}".formatted(usual)));
  }

  /** A scale and half a byte of each row, and the group of each input. */
  @Test
  void aGroupMayBeAWholeRow() {
    long rows = 32L * (4096 + 1024 + 1024 + 4096 + 2 * 14_336 + 4096);
    long inputs = 32L * (6 * 4096 + 14_336);
    assertEquals(
        LLAMA_LINEAR / 2 + rows * 5 / 2 + 4 * inputs + 2 * LLAMA_OTHERS,
        bytes("Llama-3.1-8B", "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": -1}"));
  }

  @Test
  void namedModulesStayAsTheyWere() {
    long all = bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\"}");
    long down = 4096 * 14_336 - 4;
    for (String pattern : List.of("down_proj", "model.layers.*.mlp.down_proj")) {
      String config =
          "{\"quant_method\": \"fp8\", \"modules_to_not_convert\": [\"%s\"]}".formatted(pattern);
      assertEquals(all + 32L * down, bytes("Llama-3.1-8B", config), pattern);
    }
    for (String module : List.of("model.layers.1", "language_model.model.layers.1")) {
      String config =
          "{\"quant_method\": \"fp8\", \"ignored_layers\": [\"%s.mlp.down_proj\"]}"
              .formatted(module);
      assertEquals(all + down, bytes("Llama-3.1-8B", config), module);
    }
  }

  @Test
  void theSameForEveryFamily() {
    String awq = "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128}";
    for (String model : List.of("Llama-3.1-8B", "gemma-2-9b", "Mixtral-8x7B", "phi-2")) {
      Architecture architecture = ModelCatalog.get(model);
      assertEquals(
          WeightFormats.linearLayers(Precision.grouped(4, 128, true), Precision.BF16)
              .storedBytes(architecture),
          bytes(model, awq),
          model);
    }
  }

  @Test
  void aDtypeIsThatOfTheRest() {
    assertTrue(read("{}").isEmpty());
    WeightFormats formats =
        read("{\"torch_dtype\": \"float32\", \"quantization_config\": {\"quant_method\": \"fp8\"}}")
            .orElseThrow();
    Architecture llama = ModelCatalog.get("Llama-3.1-8B");
    assertEquals("F32", formats.of(llama.weights().getFirst(), -1).name());
    ObjectNode plain = StrictJson.parseObject("config.json", "{\"dtype\": \"float16\"}");
    assertEquals("F16", QuantizationConfig.formats("config.json", plain).orElseThrow().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'quant_method': 'quip'|quantization_config.quant_method \"quip\" is unknown; known are"
            + " auto-round",
        "'bits': 4|quantization_config.quant_method is missing",
        "'quant_method': 'awq', 'bits': 40, 'group_size': 128|"
            + "quantization_config.bits must lie in 2..8, but is 40",
        "'quant_method': 'gptq', 'bits': 4, 'group_size': 0|"
            + "quantization_config.group_size must lie in 1..65536, but is 0",
        "'quant_method': 'fp8', 'weight_block_size': [128]|"
            + "quantization_config.weight_block_size must be two positive sizes, but is [128]",
        "'quant_method': 'modelopt', 'quant_algo': 'X'|"
            + "quantization_config.quant_algo \"X\" is unknown",
        "'quant_method': 'bitsandbytes'|quantization_config.load_in_4bit or load_in_8bit must",
        "'bits': 4, 'group_size': 64, 'mode': 'x'|quantization_config.mode \"x\" is unknown",
        "'quant_method': 'gptq', 'bits': 4, 'group_size': 128, 'dynamic': {'-:(': {}}|"
            + "quantization_config.dynamic.-:( \"(\" is no regular expression",
        "'quant_method': 'compressed-tensors', 'config_groups': {}|"
            + "quantization_config.config_groups has no group with weights",
        "'quant_method': 'compressed-tensors', 'config_groups': {'g': {'targets': ['re:['],"
            + " 'weights': {'num_bits': 8}}}|"
            + "quantization_config.config_groups.g.targets \"[\" is no regular expression",
        "'quant_method': 'compressed-tensors', 'config_groups': {'g': {'targets': ['Linear'],"
            + " 'weights': {'num_bits': 3}}}|"
            + "quantization_config.config_groups.g.weights.num_bits must be 4 or 8, but is 3",
        "'quant_method': 'compressed-tensors', 'config_groups': {'g': {'targets': ['Linear'],"
            + " 'weights': {'num_bits': 4, 'type': 'float', 'group_size': 8}}}|"
            + "quantization_config.config_groups.g.weights.group_size must be 16 or 32",
        "'quant_method': 'compressed-tensors', 'sparsity_config': {'format': 'sparse-24'}|"
            + "quantization_config.sparsity_config.format \"sparse-24\" is not supported",
      })
  void refusesInOneLineWhatItDoesNotKnow(String fields, String message) {
    String config = "{\"quantization_config\": {%s}}".formatted(fields.replace('\'', '"'));
    String refusal = assertThrows(InvalidInputException.class, () -> read(config)).getMessage();
    assertTrue(refusal.startsWith("config.json: " + message), refusal);
    assertEquals(1, refusal.lines().count());
  }

  @Test
  void refusesWhatIsNoObject() {
    String config = "{\"quantization_config\": \"int8\"}";
    String refusal = assertThrows(InvalidInputException.class, () -> read(config)).getMessage();
    assertTrue(refusal.startsWith("config.json: quantization_config"), refusal);
  }

  /**
   * Bytes of published files that are no weights of the text model, or are stored wider than here:
   * the towers of vision, which shapes of the configs make, and modules for further tokens.
   */
  private static long besides(String id, Architecture architecture) {
    long gemmaTower = 2 * 569_550_384L;
    long gemmaProjector = 5376L * 1152;
    long furtherTokens = ParameterCount.ofNextTokenPrediction(architecture).total();
    return switch (id) {
      case "gemma-4-31b-it-mlx-4bit" -> gemmaTower + gemmaProjector * 9 / 16;
      case "gemma-4-31b-it-mlx-8bit" -> gemmaTower + gemmaProjector * 17 / 16;
      // A_log, a number of each head of each linear layer, in F32; of GPTQ's file norms of heads.
      case "qwen3.5-35b-a3b-mlx-8bit" -> 2 * qwenTower(2048) + 2 * 30 * 32;
      case "qwen3.5-27b-mlx-4bit" -> 2 * qwenTower(5120) + 2 * 48 * 48;
      case "qwen3.5-397b-a17b-gptq-int4" ->
          2 * (qwenTower(4096) + furtherTokens) + 2 * 45 * (64 + 128);
      case "deepseek-v3.2-fp8" -> deepSeekFurtherTokens(architecture, furtherTokens);
      // The text that this library writes beside each matrix.
      case "llama-3.1-8b-bnb-nf4" -> 38_752;
      default -> 0;
    };
  }

  /** 27 layers of width 1152, patches of 2 x 16 x 16 in three colours, four of which are joined. */
  private static long qwenTower(long outputs) {
    long patches = 1152 * (3 * 2 * 16 * 16 + 1) + 2304 * 1152;
    long norms = 2 * 2 * 1152;
    long attention = 4 * 1152 * (1152 + 1);
    long feedForward = 2 * 1152 * 4304 + 4304 + 1152;
    long joined = 4 * 1152;
    long merger = 2 * 1152 + joined * (joined + 1) + outputs * (joined + 1);
    return patches + 27 * (norms + attention + feedForward) + merger;
  }

  /** The layer in FP8 like the others, with embedding and head again; experts' biases in F32. */
  private static long deepSeekFurtherTokens(Architecture architecture, long parameters) {
    List<Long> inFp8 = new ArrayList<>();
    List<Long> scales = new ArrayList<>();
    BiConsumer<Long, Long> matrix =
        (rows, columns) -> {
          inFp8.add(rows * columns);
          scales.add(Math.ceilDiv(rows, 128L) * Math.ceilDiv(columns, 128L));
        };
    for (int expert = 0; expert < 256 + 1; expert++) {
      matrix.accept(2048L, 7168L);
      matrix.accept(2048L, 7168L);
      matrix.accept(7168L, 2048L);
    }
    matrix.accept(1536L, 7168L);
    matrix.accept(128 * 192L, 1536L);
    matrix.accept(512 + 64L, 7168L);
    matrix.accept(128 * 256L, 512L);
    matrix.accept(7168L, 128 * 128L);
    matrix.accept(64 * 128L, 1536L);
    matrix.accept(128L, 7168L);
    long copies = 2 * 7168L * architecture.embedding().vocabSize();
    long quantised = inFp8.stream().mapToLong(Long::longValue).sum();
    return quantised
        + 4 * scales.stream().mapToLong(Long::longValue).sum()
        + 2 * (parameters + copies - quantised)
        + 2 * 59 * 256;
  }

  /** Every published checkpoint, to the byte. */
  @TestFactory
  Stream<DynamicTest> sharedCheckpoints() {
    Optional<Path> file = shared();
    if (file.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "checkpoints", () -> assumeTrue(false, CHECKPOINTS + " is not there")));
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode checkpoint : StrictJson.readObject(file.get()).get("checkpoints")) {
      tests.add(
          DynamicTest.dynamicTest(checkpoint.get("id").asString(), () -> isCounted(checkpoint)));
    }
    return tests.stream();
  }

  private static void isCounted(JsonNode checkpoint) {
    ObjectNode config = checkpoint.get("config").asObject();
    Architecture architecture = ConfigReader.of("config.json", config);
    long bytes =
        QuantizationConfig.read("config.json", config).orElseThrow().storedBytes(architecture);
    assertEquals(
        checkpoint.get("counted_bytes").asLong(),
        bytes + besides(checkpoint.get("id").asString(), architecture));
  }

  private static Optional<Path> shared() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path file = folder.resolve("shared").resolve(CHECKPOINTS);
      if (Files.exists(file)) {
        return Optional.of(file);
      }
      folder = folder.getParent();
    }
    return Optional.empty();
  }
}
