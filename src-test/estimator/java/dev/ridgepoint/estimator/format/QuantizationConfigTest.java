package dev.ridgepoint.estimator.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  @Test
  void blocksOfFp8HaveAScaleEach() {
    long linear = 32 * (2L * 4096 * (4096 + 1024) + 3L * 4096 * 14_336);
    long others = 8_030_261_248L - linear;
    assertEquals(
        linear + linear / (128 * 128) * 4 + 2 * others,
        bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}"));
    assertEquals(linear + 2 * others, bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\"}"));
  }

  @Test
  void namedModulesStayAsTheyWere() {
    long all = bytes("Llama-3.1-8B", "{\"quant_method\": \"fp8\"}");
    long downs = 32L * 4096 * 14_336;
    for (String pattern : List.of("down_proj", "model.layers.*.mlp.down_proj")) {
      String config =
          "{\"quant_method\": \"fp8\", \"modules_to_not_convert\": [\"%s\"]}".formatted(pattern);
      assertEquals(all + downs, bytes("Llama-3.1-8B", config), pattern);
    }
    assertEquals(
        all + downs / 32,
        bytes(
            "Llama-3.1-8B",
            "{\"quant_method\": \"fp8\", \"modules_to_not_convert\":"
                + " [\"model.layers.1.mlp.down_proj\"]}"));
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
            + " awq",
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

  /** Every checkpoint of a family that can be read and that holds nothing but the text model. */
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
          DynamicTest.dynamicTest(
              checkpoint.get("id").asString(),
              () -> isCounted(checkpoint, (ObjectNode) checkpoint.get("config"))));
    }
    return tests.stream();
  }

  private static void isCounted(JsonNode checkpoint, ObjectNode config) {
    String modelType = config.get("model_type").asString();
    assumeTrue(ConfigReader.supported().contains(modelType), modelType + " is not read");
    assumeTrue(!config.has("vision_config"), "holds a vision tower");
    boolean hasFurtherModules = checkpoint.at("/breakdown/mtp_and_copies").asLong(0) > 0;
    assumeTrue(!hasFurtherModules, "holds modules for further tokens");
    WeightFormats formats = QuantizationConfig.read("config.json", config).orElseThrow();
    ObjectNode plain = config.deepCopy();
    plain.remove("quantization_config");
    long bytes = formats.storedBytes(ConfigReader.of("config.json", plain));
    long counted = checkpoint.get("counted_bytes").asLong();
    // The text beside NF4's matrices is not counted.
    long uncounted = formats.name().equals("NF4") ? 38_752 : 0;
    assertEquals(counted - uncounted, bytes);
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
