package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.TestResources;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GgufTest {

  /** Every tensor of a file in which each type has two: of random numbers, and of random bits. */
  static Stream<Arguments> tensorsOfEveryType() {
    Stream<DType> blocks = Arrays.stream(DType.values()).filter(DType::isQuantised);
    return Stream.concat(
        blocks.flatMap(
            dtype ->
                Stream.of("quantized", "randombits")
                    .map(bits -> Arguments.of(dtype + "." + bits, dtype))),
        Stream.of(Arguments.of("F16.bits", DType.F16), Arguments.of("BF16.bits", DType.BF16)));
  }

  /** ggml's own dequantisers made the expected numbers. */
  @ParameterizedTest
  @MethodSource("tensorsOfEveryType")
  void decodesWhatGgmlDecodes(String name, DType dtype) {
    try (TensorFile blocks = TensorFile.open(TestResources.path("quant/quants.gguf"));
        TensorFile numbers =
            TensorFile.open(TestResources.path("quant/quants.expected.safetensors"))) {
      Tensor actual = blocks.tensor(blocks.header().tensors().get(name));
      Tensor expected = numbers.tensor(numbers.header().tensors().get(name));
      assertEquals(dtype, actual.dtype());
      assertArrayEquals(values(expected), values(actual));
    }
  }

  /** Also where a scale is not the one that the numbers would be given. */
  @ParameterizedTest
  @MethodSource("tensorsOfEveryType")
  void panelsHoldTheNumbersOfTheFile(String name, DType dtype) {
    try (TensorFile blocks = TensorFile.open(TestResources.path("quant/quants.gguf"));
        Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      Tensor stored = blocks.tensor(blocks.header().tensors().get(name));
      DType packed = PanelFormats.packed(dtype);
      float[] numbers = values(stored);
      PackedMatrix matrix = PackedMatrix.pack(arena, workers, packed, stored);
      float[] row = new float[matrix.inputs()];
      for (int i = 0; i < matrix.outputs(); i++) {
        matrix.readRow(i, row);
        int from = i * row.length;
        assertArrayEquals(Arrays.copyOfRange(numbers, from, from + row.length), row, "row " + i);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-bias, bf16",
    "llama-gqa, f16",
    "llama-gqa, f32",
    "llama-linear-rope, bf16",
    "llama-tied-headdim, bf16",
    "qwen2-bias, f32",
    "qwen3-qknorm, f32",
    "gpt2, f32",
    "glm4, bf16",
    "gpt-neox, bf16",
    "granite, bf16",
    "llama-yarn, bf16",
    "olmo, bf16",
    "olmo2, bf16",
    "qwen2-yarn, bf16",
    "smollm3, bf16",
    "stablelm, bf16",
    "starcoder2, bf16",
    "mixtral-moe, bf16",
    "qwen2-moe, bf16",
    "qwen3-moe, bf16",
    "olmoe, bf16",
    "granitemoe, bf16",
    "glm4-moe, bf16"
  })
  void configAndTensorsAreThoseOfHuggingFace(String model, String variant) {
    Path folder = TestResources.path("logits/" + model);
    Path gguf = folder.resolve("model-" + variant + ".gguf");
    Architecture expected = ConfigReader.read(folder.resolve("hf-" + variant));
    assertEquals(expected, StoredModel.read(gguf).architecture());
    assertTensorsAreThoseOfHuggingFace(gguf, folder.resolve("hf-" + variant));
  }

  /** No key says whether the bounds of YaRN's ramp are whole, as llama.cpp has them. */
  @Test
  void theRampOfGptOssIsThatOfLlamaCpp() {
    Path folder = TestResources.path("logits/gpt-oss");
    Path gguf = folder.resolve("model-bf16.gguf");
    Architecture expected = ConfigReader.read(folder.resolve("hf-bf16"));
    Architecture actual = StoredModel.read(gguf).architecture();
    assertEquals(false, yarn(expected).isTruncated());
    assertEquals(true, yarn(actual).isTruncated());
    assertEquals(yarn(expected).attentionFactor(), yarn(actual).attentionFactor(), 1e-12);
    assertEquals(
        expected.decoder().orElseThrow().layers().getLast().feedForward(),
        actual.decoder().orElseThrow().layers().getLast().feedForward());
    assertTensorsAreThoseOfHuggingFace(gguf, folder.resolve("hf-bf16"));
  }

  private static RopeScaling.Yarn yarn(Architecture architecture) {
    var attention =
        (GroupedQueryAttention)
            architecture.decoder().orElseThrow().layers().getFirst().attention();
    return assertInstanceOf(RopeScaling.Yarn.class, attention.rope().scaling());
  }

  /** In GGUF, LongRoPE's divisors and magnitude are rounded to F32. */
  @Test
  void longRopeIsThatOfHuggingFace() {
    Path folder = TestResources.path("logits/phi3-longrope");
    Path gguf = folder.resolve("model-bf16.gguf");
    RopeScaling.LongRope expected = longRope(ConfigReader.read(folder.resolve("hf-bf16")));
    RopeScaling.LongRope actual = longRope(StoredModel.read(gguf).architecture());
    for (int i = 0; i < 6; i++) {
      assertEquals(expected.shortDivisors().get(i), actual.shortDivisors().get(i), 1e-6);
      assertEquals(expected.longDivisors().get(i), actual.longDivisors().get(i), 1e-6);
    }
    assertEquals(expected.shortAttentionFactor(), actual.shortAttentionFactor(), 1e-6);
    assertEquals(expected.longAttentionFactor(), actual.longAttentionFactor(), 1e-6);
    assertEquals(16, actual.originalMaxPositionEmbeddings());
    assertTensorsAreThoseOfHuggingFace(gguf, folder.resolve("hf-bf16"));
  }

  private static RopeScaling.LongRope longRope(Architecture architecture) {
    Rope rope = UniformDecoder.of(architecture).orElseThrow().attention().rope();
    assertEquals(12, rope.dim());
    return assertInstanceOf(RopeScaling.LongRope.class, rope.scaling());
  }

  private static void assertTensorsAreThoseOfHuggingFace(Path gguf, Path folder) {
    try (Checkpoint actual = Checkpoint.open(gguf);
        Checkpoint original = Checkpoint.open(folder)) {
      actual
          .layout()
          .tensors()
          .forEach(
              spec ->
                  assertArrayEquals(
                      values(original.tensor(spec)), values(actual.tensor(spec)), spec.name()));
    }
  }

  /** In GGUF, Llama 3.1's scaling is what it makes of each frequency. */
  @Test
  void ropeDivisorsAreThoseOfLlama3() {
    Path file = TestResources.path("logits/llama31-rope/model-bf16.gguf");
    RopeScaling.Divided divided =
        assertInstanceOf(
            RopeScaling.Divided.class,
            UniformDecoder.of(StoredModel.read(file).architecture())
                .orElseThrow()
                .attention()
                .rope()
                .scaling());
    assertEquals(8, divided.divisors().size());
    assertEquals(1, divided.divisors().getFirst());
    assertEquals(8, divided.divisors().getLast());
  }

  @ParameterizedTest
  @CsvSource({"QUERY, WEIGHT", "KEY, BIAS"})
  void rowsOfAHeadAlternateBetweenItsHalves(TensorRole role, Part part) {
    GgufLayout layout =
        GgufConfig.layout(
            StoredModel.read(TestResources.path("bad/gguf/ok-plain.gguf")).architecture(),
            any -> false);
    TensorSpec spec = new TensorSpec(role, part, 0, List.of(16L));
    IntUnaryOperator rowInFile = layout.rowInFile(spec);
    int[] expected = {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15};
    for (int row = 0; row < expected.length; row++) {
      assertEquals(expected[row], rowInFile.applyAsInt(row));
    }
    TensorSpec value = new TensorSpec(TensorRole.VALUE, Part.WEIGHT, 0, List.of(16L));
    assertEquals(5, layout.rowInFile(value).applyAsInt(5));
  }

  @Test
  void aFamilyThatIsNotWrittenIsNamed() {
    Architecture gemma =
        ConfigReader.parse(
            "config.json",
            """
            {"model_type": "gemma", "vocab_size": 64, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
            """);
    InvalidInputException refusal =
        assertThrows(
            InvalidInputException.class, () -> new GgufWriter(Path.of("model.gguf"), gemma, false));
    assertEquals(
        "model.gguf: no GGUF file is written of model_type \"gemma\"", refusal.getMessage());
  }

  private static float[] values(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    tensor.read(0, values, 0, values.length);
    return values;
  }
}
