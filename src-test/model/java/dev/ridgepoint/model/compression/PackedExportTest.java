package dev.ridgepoint.model.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.IntegerPacking;
import dev.ridgepoint.model.checkpoint.IntegerPacking.Form;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import dev.ridgepoint.model.compression.Compressor.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of integers in published formats, written and read again. */
class PackedExportTest {
  private static final Path MODEL = TestResources.path("logits/llama-gqa/hf-f32");
  private static final Progress SILENT = (done, total) -> {};

  private static Workers workers;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() {
    workers = new Workers(2);
  }

  @AfterAll
  static void close() {
    workers.close();
  }

  /**
   * What the loader reads is what the method chose, bit for bit. AWQ's config has zero points, so
   * that its integers need a block of 5 bits.
   */
  @ParameterizedTest
  @CsvSource({
    "GPTQ, GPTQ, 4, 32, Q4_0",
    "GPTQ, GPTQ, 4, 64, Q4_0",
    "GPTQ, GPTQ, 4, -1, Q4_0",
    "GPTQ, GPTQ, 8, 32, Q8_0",
    "GPTQ, GPTQ, 8, -1, Q8_0",
    "AWQ, AWQ, 4, 32, Q5_0",
    "AWQ, AWQ, 4, 64, Q5_0",
    "AWQ, AWQ, 4, -1, Q5_0",
    "RTN, PACK_QUANTIZED, 4, 32, Q4_0",
    "RTN, PACK_QUANTIZED, 4, 64, Q4_0",
    "SMOOTHQUANT, PACK_QUANTIZED, 8, -1, Q8_0"
  })
  void isReadAsItWasChosen(Method method, Form form, int bits, int group, DType type)
      throws IOException {
    IntegerPacking packing = new IntegerPacking(form, bits, group);
    CompressedModel compressed = compressed(method, packing);
    Path folder = temporary.resolve("packed");
    compressed.export(Optional.of(MODEL)).write(folder, workers, (done, total) -> {});
    long stored = 0;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(compressed.weights().architecture(), checkpoint.architecture());
      for (TensorSpec spec : checkpoint.layout().tensors().toList()) {
        if (spec.isMatrix()) {
          boolean isPacked = spec.layer() >= 0 && spec.role() != TensorRole.FEED_FORWARD_DOWN;
          assertEquals(isPacked ? type : DType.F16, checkpoint.dtype(spec), spec.name());
          float[] chosen = compressed.weights().numbers(spec);
          assertArrayEquals(isPacked ? chosen : halves(chosen), numbers(checkpoint, spec));
        }
      }
      stored = packing.formats().storedBytes(checkpoint.architecture());
    }
    // Besides: the header, and the shapes of compressed-tensors. Of a single group in a row the
    // estimator pads a zero point of half a byte to one of a whole block.
    if (group != 64) {
      long file = Files.size(folder.resolve("model.safetensors"));
      assertTrue(stored < file && file < stored + 8_000, stored + " of " + file);
    }
  }

  /** Weights of 112 inputs, no whole blocks, are F16; the config says which. */
  @Test
  void whatIsNotPackedIsNamed() throws IOException {
    for (Form form : Form.values()) {
      Path folder = temporary.resolve(form.name());
      compressed(Method.RTN, new IntegerPacking(form, 4, 32))
          .export(Optional.of(MODEL))
          .write(folder, workers, (done, total) -> {});
      String config = Files.readString(folder.resolve("config.json"));
      String module =
          form == Form.GPTQ
              ? "-:^model\\\\.layers\\\\.1\\\\.mlp\\\\.down_proj$"
              : "model.layers.1.mlp.down_proj";
      assertTrue(config.contains(module), config);
      assertTrue(config.contains("\"torch_dtype\" : \"float16\""), config);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GPTQ | 4 | 128 | self_attn.q_proj.weight cannot be written as gptq: it has 64 inputs, no"
            + " groups of 128",
        "AWQ | 4 | 128 | self_attn.q_proj.weight cannot be written as awq: it has 64 inputs, no"
            + " groups of 128",
      })
  void whatOtherEnginesWouldNotReadIsRefused(Form form, int bits, int group, String problem) {
    CompressedModel compressed = compressed(Method.RTN, new IntegerPacking(form, bits, group));
    Path folder = temporary.resolve("packed");
    InvalidInputException refusal =
        assertThrows(
            InvalidInputException.class,
            () ->
                compressed.export(Optional.of(MODEL)).write(folder, workers, (done, total) -> {}));
    assertEquals(folder + ": model.layers.0." + problem, refusal.getMessage());
    assertTrue(Files.notExists(folder));
  }

  /**
   * As stories260K: of its feed-forward 172 outputs fill no words of 8, and 172 inputs no blocks.
   * What is not packed is F16 of the weights as they were, and the rest as it was chosen.
   */
  @ParameterizedTest
  @CsvSource({
    "GPTQ, GPTQ, 4, Q4_0, F16",
    "AWQ, AWQ, 4, Q5_0, F16",
    "GPTQ, GPTQ, 8, Q8_0, Q8_0", // words of 4, which 172 outputs fill
    "RTN, PACK_QUANTIZED, 4, Q4_0, Q4_0"
  })
  void whatNoWordsHoldStaysAsItWas(
      Method method, Form form, int bits, DType attention, DType feedForward) throws IOException {
    Architecture architecture =
        ConfigReader.parse(
            "config.json",
            """
            {"model_type": "llama", "vocab_size": 320, "hidden_size": 64,
             "intermediate_size": 172, "num_hidden_layers": 1, "num_attention_heads": 8,
             "num_key_value_heads": 4, "max_position_embeddings": 64}
            """);
    ModelWeights original = ModelWeights.read(architecture, new SyntheticWeights(3));
    CompressedModel compressed = compressed(original, method, new IntegerPacking(form, bits, 32));
    Path folder = temporary.resolve("packed");
    compressed.export(Optional.of(MODEL)).write(folder, workers, (done, total) -> {});
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (TensorSpec spec : checkpoint.layout().tensors().filter(TensorSpec::isMatrix).toList()) {
        boolean isOfLayer = spec.layer() >= 0;
        boolean isDown = spec.role() == TensorRole.FEED_FORWARD_DOWN;
        DType expected =
            !isOfLayer || isDown
                ? DType.F16
                : spec.shape().getFirst() == 172 ? feedForward : attention;
        assertEquals(expected, checkpoint.dtype(spec), spec.name());
        float[] chosen = compressed.weights().numbers(spec);
        boolean isPlain = expected == DType.F16;
        assertArrayEquals(
            isPlain ? halves(chosen) : chosen, numbers(checkpoint, spec), spec.name());
        if (isPlain) {
          float[] before = compressed.reference().numbers(spec);
          assertArrayEquals(halves(before), numbers(checkpoint, spec), spec.name());
        }
      }
    }
  }

  private static CompressedModel compressed(Method method, IntegerPacking packing) {
    try (Checkpoint checkpoint = Checkpoint.open(MODEL)) {
      return compressed(
          ModelWeights.read(checkpoint.architecture(), new CheckpointWeights(checkpoint)),
          method,
          packing);
    }
  }

  private static CompressedModel compressed(
      ModelWeights weights, Method method, IntegerPacking packing) {
    Grid grid = new Grid(packing.bits() == 4 ? BlockGrid.Q4 : BlockGrid.Q8, packing.groupSize());
    return new Compressor(weights, calibration(weights), workers)
        .apply(method, new Settings(grid, DType.F16, 0, Optional.of(packing)), SILENT);
  }

  private static Calibration calibration(ModelWeights weights) {
    int[] window = new Random(7).ints(40, 0, 270).toArray();
    try (LoadedModel model =
        LoadedModel.of(
            weights.architecture(),
            weights,
            MatrixTypes.all(DType.F32),
            workers,
            (done, total) -> {})) {
      return Calibration.of(model, List.of(window), workers, SILENT);
    }
  }

  private static float[] numbers(Checkpoint checkpoint, TensorSpec spec) {
    int columns = ModelWeights.columns(spec);
    float[] numbers = new float[ModelWeights.rows(spec) * columns];
    RowSource rows = checkpoint.tensor(spec).rowSource();
    for (int row = 0; row < ModelWeights.rows(spec); row++) {
      rows.read(row, numbers, row * columns);
    }
    return numbers;
  }

  private static float[] halves(float[] numbers) {
    float[] halves = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      halves[i] = Float.float16ToFloat(Float.floatToFloat16(numbers[i]));
    }
    return halves;
  }
}
