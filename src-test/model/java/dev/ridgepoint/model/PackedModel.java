package dev.ridgepoint.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tiny model whose linear layers are integers of groups, written twice: as AutoAWQ, GPTQModel or
 * compressed-tensors pack them, bit by bit; and in F32, as what they stand for.
 */
final class PackedModel {
  private static final int HIDDEN = 64;
  private static final int INTERMEDIATE = 96;
  private static final int KEY_VALUE = 32;
  private static final int VOCABULARY = 48;
  private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

  /** How the integers are stored. */
  enum Format {
    AWQ,
    GPTQ,
    GPTQ_V2,
    PACK_QUANTIZED
  }

  /**
   * A form of the files.
   *
   * @param groupSize inputs that share a scale; -1 for all
   * @param isSorted whether the inputs of a group do not follow one another
   */
  record Form(Format format, int bits, int groupSize, boolean isSymmetric, boolean isSorted) {
    private String config() {
      return switch (format) {
        case AWQ ->
            "{\"quant_method\": \"awq\", \"bits\": %d, \"group_size\": %d, \"version\": \"gemm\","
                + " \"zero_point\": true}";
        case GPTQ, GPTQ_V2 ->
            "{\"quant_method\": \"gptq\", \"bits\": %d, \"group_size\": %d, \"sym\": "
                + isSymmetric
                + ", \"desc_act\": "
                + isSorted
                + ", \"checkpoint_format\": \""
                + format.name().toLowerCase(Locale.ROOT)
                + "\"}";
        case PACK_QUANTIZED ->
            "{\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\","
                + " \"config_groups\": {\"group_0\": {\"targets\": [\"Linear\"], \"weights\":"
                + " {\"num_bits\": %d, \"group_size\": %d, \"strategy\": \"group\","
                + " \"type\": \"int\", \"symmetric\": "
                + isSymmetric
                + "}}}, \"ignore\": [\"lm_head\"]}";
      };
    }
  }

  private final Form form;
  private final Random random = new Random(41);
  private final Map<String, float[]> dequantised = new LinkedHashMap<>();
  private final SafetensorsFile packed = new SafetensorsFile();
  private final SafetensorsFile floats = new SafetensorsFile();

  PackedModel(Form form) {
    this.form = form;
    plain("model.embed_tokens.weight", VOCABULARY, HIDDEN);
    plain("lm_head.weight", VOCABULARY, HIDDEN);
    vector("model.norm.weight");
    for (int layer = 0; layer < 2; layer++) {
      String stem = "model.layers." + layer + ".";
      vector(stem + "input_layernorm.weight");
      vector(stem + "post_attention_layernorm.weight");
      linear(stem + "self_attn.q_proj", HIDDEN, HIDDEN);
      linear(stem + "self_attn.k_proj", KEY_VALUE, HIDDEN);
      linear(stem + "self_attn.v_proj", KEY_VALUE, HIDDEN);
      linear(stem + "self_attn.o_proj", HIDDEN, HIDDEN);
      linear(stem + "mlp.gate_proj", INTERMEDIATE, HIDDEN);
      linear(stem + "mlp.up_proj", INTERMEDIATE, HIDDEN);
      linear(stem + "mlp.down_proj", HIDDEN, INTERMEDIATE);
    }
  }

  /** Of each linear layer's weight, by its name, the numbers that it stands for. */
  Map<String, float[]> dequantised() {
    return dequantised;
  }

  /** The packed tensors, to be damaged. */
  SafetensorsFile packed() {
    return packed;
  }

  /** Writes the packed model. */
  Path write(Path folder) throws IOException {
    String text = String.format(Locale.ROOT, form.config(), form.bits, form.groupSize);
    return write(folder, text);
  }

  /** The same with another {@code quantization_config}. */
  Path write(Path folder, String quantization) throws IOException {
    ObjectNode config = config();
    config.set("quantization_config", JsonMapper.shared().readTree(quantization));
    return write(folder, config, packed);
  }

  /** Writes the model in F32. */
  Path writeFloats(Path folder) throws IOException {
    return write(folder, config(), floats);
  }

  private static Path write(Path folder, ObjectNode config, SafetensorsFile tensors)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toString());
    tensors.write(folder.resolve("model.safetensors"));
    return folder;
  }

  private static ObjectNode config() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", "llama");
    config.put("vocab_size", VOCABULARY);
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("num_hidden_layers", 2);
    config.put("num_attention_heads", 4);
    config.put("num_key_value_heads", 2);
    config.put("max_position_embeddings", 64);
    config.put("tie_word_embeddings", false);
    config.put("torch_dtype", "float16");
    return config;
  }

  private void vector(String name) {
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1f);
    packed.addHalves(name, ones, HIDDEN);
    floats.addFloats(name, ones, HIDDEN);
  }

  private void plain(String name, int rows, int columns) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = half(random.nextFloat(-0.5f, 0.5f));
    }
    packed.addHalves(name, numbers, rows, columns);
    floats.addFloats(name, numbers, rows, columns);
  }

  private void linear(String module, int outputs, int inputs) {
    int size = form.groupSize == -1 ? inputs : form.groupSize;
    int groups = Math.ceilDiv(inputs, size);
    int mask = (1 << form.bits) - 1;
    int middle = 1 << (form.bits - 1);
    int[] groupOf = new int[inputs];
    Arrays.setAll(groupOf, input -> form.isSorted ? (input * 7 + 3) % inputs / size : input / size);
    int[][] integers = new int[outputs][inputs];
    int[][] zeroPoints = new int[outputs][groups];
    float[][] scales = new float[outputs][groups];
    float[] numbers = new float[outputs * inputs];
    for (int output = 0; output < outputs; output++) {
      for (int group = 0; group < groups; group++) {
        zeroPoints[output][group] = form.isSymmetric ? middle : random.nextInt(mask + 1);
        scales[output][group] = half(random.nextFloat(0.2f, 1) / (4 << form.bits));
      }
      for (int input = 0; input < inputs; input++) {
        int group = groupOf[input];
        integers[output][input] = random.nextInt(mask + 1);
        numbers[output * inputs + input] =
            scales[output][group] * (integers[output][input] - zeroPoints[output][group]);
      }
    }
    dequantised.put(module + ".weight", numbers);
    floats.addFloats(module + ".weight", numbers, outputs, inputs);
    switch (form.format) {
      case AWQ -> {
        packed.addWords(module + ".qweight", acrossAwq(transposed(integers)), inputs, outputs / 8);
        packed.addWords(module + ".qzeros", acrossAwq(transposed(zeroPoints)), groups, outputs / 8);
        packed.addHalves(module + ".scales", flat(transposed(scales)), groups, outputs);
      }
      case GPTQ, GPTQ_V2 -> {
        int words = inputs * form.bits / 32;
        packed.addWords(
            module + ".qweight", transposedWords(across(integers), outputs), words, outputs);
        int stored = form.format == Format.GPTQ ? 1 : 0;
        int[][] ofGroups = transposed(zeroPoints);
        for (int[] row : ofGroups) {
          Arrays.setAll(row, output -> (row[output] - stored) & mask);
        }
        packed.addWords(module + ".qzeros", across(ofGroups), groups, outputs * form.bits / 32);
        packed.addHalves(module + ".scales", flat(transposed(scales)), groups, outputs);
        packed.addWords(module + ".g_idx", groupOf, inputs);
      }
      case PACK_QUANTIZED -> {
        packed.addWords(
            module + ".weight_packed", across(integers), outputs, inputs * form.bits / 32);
        packed.addHalves(module + ".weight_scale", flat(scales), outputs, groups);
        if (!form.isSymmetric) {
          int words = outputs * form.bits / 32;
          packed.addWords(
              module + ".weight_zero_point",
              transposedWords(across(transposed(zeroPoints)), groups),
              words,
              groups);
        }
        if (form.isSorted) {
          packed.addWords(module + ".weight_g_idx", groupOf, inputs);
        }
      }
    }
  }

  private static float half(float number) {
    return Float.float16ToFloat(Float.floatToFloat16(number));
  }

  /** Each row's integers as one string of bits, the first in the lowest ones. */
  private int[] across(int[][] rows) {
    return words(rows, form.bits);
  }

  private static int[] words(int[][] rows, int bits) {
    int words = rows[0].length * bits / 32;
    int[] all = new int[rows.length * words];
    for (int row = 0; row < rows.length; row++) {
      BitSet string = new BitSet();
      for (int i = 0; i < rows[row].length; i++) {
        for (int bit = 0; bit < bits; bit++) {
          string.set(i * bits + bit, (rows[row][i] >> bit & 1) == 1);
        }
      }
      for (int word = 0; word < words; word++) {
        for (int bit = 0; bit < 32; bit++) {
          all[row * words + word] |= string.get(word * 32 + bit) ? 1 << bit : 0;
        }
      }
    }
    return all;
  }

  /** The same with the eight integers of a word in AWQ's order. */
  private static int[] acrossAwq(int[][] rows) {
    int[][] ordered = new int[rows.length][rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < ordered[row].length; i++) {
        ordered[row][i] = rows[row][i / 8 * 8 + AWQ_ORDER[i % 8]];
      }
    }
    return words(ordered, 4);
  }

  private static int[] transposedWords(int[] words, int rows) {
    int columns = words.length / rows;
    int[] transposed = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      transposed[i % columns * rows + i / columns] = words[i];
    }
    return transposed;
  }

  private static int[][] transposed(int[][] rows) {
    int[][] transposed = new int[rows[0].length][rows.length];
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < rows[row].length; column++) {
        transposed[column][row] = rows[row][column];
      }
    }
    return transposed;
  }

  private static float[][] transposed(float[][] rows) {
    float[][] transposed = new float[rows[0].length][rows.length];
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < rows[row].length; column++) {
        transposed[column][row] = rows[row][column];
      }
    }
    return transposed;
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, flat, row * rows[row].length, rows[row].length);
    }
    return flat;
  }

  /** Tensors on their way to a safetensors file. */
  static final class SafetensorsFile {
    private final Map<String, Entry> tensors = new LinkedHashMap<>();

    private record Entry(String dtype, int[] shape, byte[] bytes) {}

    void addHalves(String name, float[] numbers, int... shape) {
      byte[] bytes = new byte[Short.BYTES * numbers.length];
      ByteBuffer target = littleEndian(bytes);
      for (float number : numbers) {
        target.putShort(Float.floatToFloat16(number));
      }
      tensors.put(name, new Entry("F16", shape, bytes));
    }

    void addFloats(String name, float[] numbers, int... shape) {
      byte[] bytes = new byte[Float.BYTES * numbers.length];
      littleEndian(bytes).asFloatBuffer().put(numbers);
      tensors.put(name, new Entry("F32", shape, bytes));
    }

    void addWords(String name, int[] words, int... shape) {
      byte[] bytes = new byte[Integer.BYTES * words.length];
      littleEndian(bytes).asIntBuffer().put(words);
      tensors.put(name, new Entry("I32", shape, bytes));
    }

    void remove(String name) {
      tensors.remove(name);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void write(Path file) throws IOException {
      ObjectNode header = JsonMapper.shared().createObjectNode();
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      tensors.forEach(
          (name, tensor) -> {
            ObjectNode entry = header.putObject(name);
            entry.put("dtype", tensor.dtype);
            ArrayNode shape = entry.putArray("shape");
            for (int size : tensor.shape) {
              shape.add(size);
            }
            int begin = data.size();
            data.writeBytes(tensor.bytes);
            entry.putArray("data_offsets").add(begin).add(data.size());
          });
      byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
      byte[] bytes = new byte[Long.BYTES + text.length + data.size()];
      littleEndian(bytes).putLong(text.length).put(text).put(data.toByteArray());
      Files.write(file, bytes);
    }
  }
}
