package dev.ridgepoint.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A matrix of 256 outputs and 512 inputs, beside a norm, as quantisers store it. */
class StoredParametersTest {
  private static final int OUTPUTS = 256;
  private static final int INPUTS = 512;
  private static final long PARAMETERS = (long) OUTPUTS * INPUTS + INPUTS;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // AWQ packs outputs, GPTQ inputs, of 4, 8 and 3 bits.
        "awq-4 | qweight I32 512 32; qzeros I32 4 32; scales F16 4 256",
        "gptq-4 | qweight I32 64 256; qzeros I32 4 32; scales F16 4 256; g_idx I32 512",
        "gptq-8 | qweight I32 128 256; qzeros I32 4 64; scales F16 4 256; g_idx I32 512",
        "gptq-3 | qweight I32 48 256; qzeros I32 4 24; scales F16 4 256; g_idx I32 512",
        "nvfp4 of ModelOpt | weight U8 256 256; weight_scale F8_E4M3 256 32; weight_scale_2 F32;"
            + " input_scale F32",
        "nvfp4 of compressed-tensors | weight_packed U8 256 256; weight_scale F8_E4M3 256 32;"
            + " weight_global_scale F32 1; input_global_scale F32 1",
        "nf4 | weight U8 65536 1; weight.absmax U8 2048; weight.quant_map F32 16;"
            + " weight.nested_absmax F32 8; weight.nested_quant_map F32 256;"
            + " weight.quant_state.bitsandbytes__nf4 U8 173",
        "int8 of bitsandbytes | weight I8 256 512; SCB F32 256; weight_format U8",
        "int8 of compressed-tensors | weight I8 256 512; weight_scale BF16 256 1",
        "fp8 in blocks | weight F8_E4M3 256 512; weight_scale_inv F32 2 4",
        "fp8 | weight F8_E4M3 256 512; weight_scale F32; input_scale F32",
        "mlx-4 | weight U32 256 64; scales BF16 256 8; biases BF16 256 8",
        "mlx-8 | weight U32 256 128; scales BF16 256 8; biases BF16 256 8",
        "mlx-mxfp4 | weight U32 256 64; scales U8 256 16",
        "plain | weight BF16 256 512",
        "plain bytes | weight U8 256 512",
      })
  void aPackedMatrixCountsAsItsParameters(String format, String tensors) throws IOException {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    long end = add(header, "norm.weight", "BF16", List.of(INPUTS), 0);
    for (String tensor : tensors.split(";")) {
      String[] words = tensor.strip().split(" ");
      List<Integer> shape =
          List.of(words).subList(2, words.length).stream().map(Integer::valueOf).toList();
      end = add(header, "layers.0.up_proj." + words[0], words[1], shape, end);
    }
    assertEquals(PARAMETERS, inspect(header, new byte[Math.toIntExact(end)]).parameters(), format);
  }

  /** Of a model's experts at once, as gpt-oss is published. */
  @Test
  void blocksOfExpertsHoldTwoInAByte() throws IOException {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    String name = "model.layers.0.mlp.experts.down_proj";
    long end = add(header, name + "_blocks", "U8", List.of(4, OUTPUTS, INPUTS / 32, 16), 0);
    end = add(header, name + "_scales", "U8", List.of(4, OUTPUTS, INPUTS / 32), end);
    end = add(header, name + "_bias", "BF16", List.of(4, OUTPUTS), end);
    assertEquals(
        4L * OUTPUTS * (INPUTS + 1), inspect(header, new byte[Math.toIntExact(end)]).parameters());
  }

  /** Whatever the bits, the shape that is stored beside says it. */
  @ParameterizedTest
  @CsvSource({"64, I64", "128, I32"})
  void packedWordsAreCountedByTheShapeBesideThem(int words, String type) throws IOException {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    String name = "layers.0.up_proj.weight_";
    long shapeBegin = add(header, name + "packed", "I32", List.of(OUTPUTS, words), 0);
    long end = add(header, name + "shape", type, List.of(2), shapeBegin);
    end = add(header, name + "scale", "BF16", List.of(OUTPUTS, 4), end);
    ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(end)).order(ByteOrder.LITTLE_ENDIAN);
    data.position(Math.toIntExact(shapeBegin));
    if (type.equals("I64")) {
      data.putLong(OUTPUTS).putLong(INPUTS);
    } else {
      data.putInt(OUTPUTS).putInt(INPUTS);
    }
    assertEquals((long) OUTPUTS * INPUTS, inspect(header, data.array()).parameters());
  }

  /** Of 4 bits in groups of 32, and of 8 in groups of 64, rows have as many words and scales. */
  @Test
  void mlxsGroupIsThatOfTheConfig() throws IOException {
    Files.writeString(
        folder.resolve("config.json"), "{\"quantization\": {\"bits\": 4, \"group_size\": 32}}");
    ObjectNode header = JsonMapper.shared().createObjectNode();
    long end = add(header, "layers.0.up_proj.weight", "U32", List.of(OUTPUTS, 64), 0);
    end = add(header, "layers.0.up_proj.scales", "BF16", List.of(OUTPUTS, 16), end);
    assertEquals(
        (long) OUTPUTS * INPUTS, inspect(header, new byte[Math.toIntExact(end)]).parameters());
  }

  private Inspection inspect(ObjectNode header, byte[] data) throws IOException {
    return Inspection.of(
        SafetensorsBytes.write(
            folder.resolve("model.safetensors"),
            header.toString().getBytes(StandardCharsets.UTF_8),
            data));
  }

  /** Adds a tensor behind {@code begin}, and returns where it ends. */
  private static long add(
      ObjectNode header, String name, String type, List<Integer> shape, long begin) {
    long elements = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    long end = begin + SafetensorsDType.named(type).orElseThrow().bytes(elements);
    ObjectNode tensor = header.putObject(name);
    tensor.put("dtype", type);
    shape.forEach(tensor.putArray("shape")::add);
    tensor.putArray("data_offsets").add(begin).add(end);
    return end;
  }
}
