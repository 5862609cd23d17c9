package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.PackedModel.Form;
import dev.ridgepoint.model.PackedModel.Format;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of AWQ, GPTQ and compressed-tensors, unpacked when they are loaded. */
class PackedModelTest {
  private static final int[] TOKENS = {3, 41, 17, 5, 29, 11};

  /** Of sums in another order, as of the golden logits. */
  private static final double TOLERANCE = 2e-4;

  /** Where weights are rounded to F16, by up to 2^-11 of them. */
  private static final double ROUNDED = 5e-3;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "AWQ, 4, 32, false, false, Q5_0, 4-bit integers of AWQ",
    "AWQ, 4, -1, false, false, Q5_0, 4-bit integers of AWQ",
    "AWQ, 4, 16, false, false, F16, 4-bit integers of AWQ",
    "GPTQ, 4, 32, true, false, Q4_0, 4-bit integers of GPTQ",
    "GPTQ, 4, 32, false, false, Q5_0, 4-bit integers of GPTQ",
    "GPTQ, 4, 64, true, false, Q4_0, 4-bit integers of GPTQ",
    "GPTQ, 4, 32, true, true, F16, 4-bit integers of GPTQ",
    "GPTQ, 4, -1, true, true, Q4_0, 4-bit integers of GPTQ",
    "GPTQ, 2, 32, true, false, Q4_0, 2-bit integers of GPTQ",
    "GPTQ, 3, 32, false, false, Q4_0, 3-bit integers of GPTQ",
    "GPTQ, 8, 32, true, false, Q8_0, 8-bit integers of GPTQ",
    "GPTQ, 8, -1, false, false, F16, 8-bit integers of GPTQ",
    "GPTQ_V2, 4, 32, false, false, Q5_0, 4-bit integers of GPTQ",
    "PACK_QUANTIZED, 4, 32, true, false, Q4_0, 4-bit integers of pack-quantized",
    "PACK_QUANTIZED, 4, 32, false, false, Q5_0, 4-bit integers of pack-quantized",
    "PACK_QUANTIZED, 4, 32, false, true, F16, 4-bit integers of pack-quantized",
    "PACK_QUANTIZED, 8, -1, true, false, Q8_0, 8-bit integers of pack-quantized",
  })
  void isWhatItStandsFor(
      Format format,
      int bits,
      int groupSize,
      boolean isSymmetric,
      boolean isSorted,
      DType type,
      String stored)
      throws IOException {
    PackedModel model = new PackedModel(new Form(format, bits, groupSize, isSymmetric, isSorted));
    Path packed = model.write(folder.resolve("packed"));
    Path floats = model.writeFloats(folder.resolve("floats"));
    try (Checkpoint checkpoint = Checkpoint.open(packed)) {
      for (TensorSpec spec : checkpoint.layout().tensors().toList()) {
        if (model.dequantised().containsKey(spec.name())) {
          assertEquals(type, checkpoint.dtype(spec), spec.name());
          assertUnpacked(model.dequantised().get(spec.name()), checkpoint, spec, type);
        }
      }
      String holds = type == DType.F16 ? "rounds them" : "holds them exactly";
      assertEquals(
          List.of(
              "14 matrices in %s are converted to %s, which %s: no kernel multiplies them as they are"
                  .formatted(stored, type, holds)),
          MatrixTypes.stored(checkpoint).conversions());
    }
    try (Forward expected = new Forward(floats, 1);
        Forward exact = new Forward(packed, 1, DType.F32);
        Forward usual = new Forward(packed, 2)) {
      float[][] logits = expected.logits(TOKENS, TOKENS.length);
      float[][] ofFloats = exact.logits(TOKENS, TOKENS.length);
      float[][] ofType = usual.logits(TOKENS, TOKENS.length);
      for (int position = 0; position < TOKENS.length; position++) {
        assertArrayEquals(logits[position], ofFloats[position]);
        double tolerance = type == DType.F16 ? ROUNDED : TOLERANCE;
        assertArrayEquals(logits[position], ofType[position], (float) tolerance);
      }
    }
  }

  private static void assertUnpacked(
      float[] expected, Checkpoint checkpoint, TensorSpec spec, DType type) {
    int inputs = Math.toIntExact(spec.shape().get(1));
    RowSource rows = checkpoint.rows(spec);
    RowSource stored = checkpoint.tensor(spec).rowSource();
    float[] row = new float[inputs];
    for (int output = 0; output < spec.shape().get(0); output++) {
      float[] numbers = Arrays.copyOfRange(expected, output * inputs, (output + 1) * inputs);
      rows.read(output, row, 0);
      assertArrayEquals(numbers, row, spec.name());
      stored.read(output, row, 0);
      if (type == DType.F16) {
        for (int i = 0; i < inputs; i++) {
          numbers[i] = Float.float16ToFloat(Float.floatToFloat16(numbers[i]));
        }
      }
      assertArrayEquals(numbers, row, spec.name());
    }
  }

  private static final String Q_PROJ = "model.layers.0.self_attn.q_proj";
  private static final Form AWQ = new Form(Format.AWQ, 4, 32, false, false);
  private static final Form GPTQ = new Form(Format.GPTQ, 4, 32, true, false);
  private static final Form PACK_QUANTIZED = new Form(Format.PACK_QUANTIZED, 4, 32, true, false);

  private void assertRefused(
      String problem, Form form, Consumer<PackedModel.SafetensorsFile> damage) throws IOException {
    PackedModel model = new PackedModel(form);
    damage.accept(model.packed());
    Path packed = model.write(folder);
    assertEquals(
        folder.resolve("model.safetensors") + ": " + problem,
        assertThrows(InvalidInputException.class, () -> Checkpoint.open(packed)).getMessage());
  }

  @Test
  void whatIsMissingOrOfAnotherShapeIsNamed() throws IOException {
    assertRefused(
        "tensor \"%s.scales\" is missing".formatted(Q_PROJ),
        AWQ,
        file -> file.remove(Q_PROJ + ".scales"));
    assertRefused(
        "tensor \"%s.qzeros\" is missing".formatted(Q_PROJ),
        GPTQ,
        file -> file.remove(Q_PROJ + ".qzeros"));
    assertRefused(
        "tensor \"%s.weight_scale\" is missing".formatted(Q_PROJ),
        PACK_QUANTIZED,
        file -> file.remove(Q_PROJ + ".weight_scale"));
    assertRefused(
        "tensor \"%s.qzeros\" has shape [1, 16], but [2, 8] is needed".formatted(Q_PROJ),
        AWQ,
        file -> file.addWords(Q_PROJ + ".qzeros", new int[16], 1, 16));
    assertRefused(
        "tensor \"%s.qweight\" has shape [64, 8], but [8, 64] is needed".formatted(Q_PROJ),
        GPTQ,
        file -> file.addWords(Q_PROJ + ".qweight", new int[512], 64, 8));
    assertRefused(
        "tensor \"%s.qweight\" has dtype F32; I32 is needed".formatted(Q_PROJ),
        GPTQ,
        file -> file.addFloats(Q_PROJ + ".qweight", new float[512], 8, 64));
    assertRefused(
        "tensor \"%s.weight_packed\" has rows that are no 64 integers of 4 or 8 bits"
            .formatted(Q_PROJ),
        PACK_QUANTIZED,
        file -> file.addWords(Q_PROJ + ".weight_packed", new int[64], 64, 1));
    assertRefused(
        "tensor \"%s.weight_scale\" has 3 groups of 64 inputs".formatted(Q_PROJ),
        PACK_QUANTIZED,
        file -> file.addHalves(Q_PROJ + ".weight_scale", new float[192], 64, 3));
    int[] beyond = new int[64];
    beyond[63] = 2;
    assertRefused(
        "tensor \"%s.g_idx\" names group 2 of 2".formatted(Q_PROJ),
        GPTQ,
        file -> file.addWords(Q_PROJ + ".g_idx", beyond, 64));
  }

  @Test
  void zeroPointsThatAreNotTheMiddleAreNamedWhereIntegersAreSymmetric() throws IOException {
    PackedModel model = new PackedModel(GPTQ);
    model.packed().addWords(Q_PROJ + ".qzeros", new int[16], 2, 8);
    Path packed = model.write(folder);
    assertEquals(
        Q_PROJ + ": group 0 of output 0 has zero point 1, but symmetric integers have 8",
        assertThrows(InvalidInputException.class, () -> new Forward(packed, 1)).getMessage());
  }

  @Test
  void anExportedFolderSaysNothingOfIntegers() throws IOException {
    Path packed = new PackedModel(AWQ).write(folder.resolve("packed"));
    Path exported = folder.resolve("exported");
    try (Checkpoint checkpoint = Checkpoint.open(packed);
        Workers workers = new Workers(1)) {
      new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              DType.F16,
              Optional.of(packed))
          .write(exported, workers, (done, total) -> {});
    }
    try (Checkpoint checkpoint = Checkpoint.open(exported)) {
      assertEquals("F16", MatrixTypes.stored(checkpoint).name());
    }
  }

  @Test
  void otherFormsOfTheConfigAreNamed() throws IOException {
    Map<String, String> problems =
        Map.of(
            "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 32, \"version\": \"gemv\"}",
            "quantization_config.version \"gemv\" is not supported; supported are gemm",
            "{\"quant_method\": \"awq\", \"bits\": 8, \"group_size\": 32}",
            "quantization_config.bits must be 4, but is 8",
            "{\"quant_method\": \"gptq\", \"bits\": 5, \"group_size\": 32}",
            "quantization_config.bits must be 2, 3, 4 or 8, but is 5",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 0}",
            "quantization_config.group_size must be positive, or -1, but is 0",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32,"
                + " \"checkpoint_format\": \"marlin\"}",
            "quantization_config.checkpoint_format \"marlin\" is not supported; supported are gptq,"
                + " gptq_v2",
            "{\"quant_method\": \"fp8\"}",
            "quantization_config is present, but such weights are not supported; supported are awq,"
                + " gptq, compressed-tensors in pack-quantized, and mxfp4");
    PackedModel model = new PackedModel(AWQ);
    for (Map.Entry<String, String> each : problems.entrySet()) {
      Path packed = model.write(folder, each.getKey());
      assertEquals(
          folder.resolve("config.json") + ": " + each.getValue(),
          assertThrows(InvalidInputException.class, () -> Checkpoint.open(packed)).getMessage());
    }
  }
}
