package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.config.ModelConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * How a GGUF file names and orders the tensors of a {@link CheckpointLayout}: names as in {@code
 * gguf-py/gguf/constants.py}, rows as llama.cpp's {@code convert_hf_to_gguf.py} leaves them.
 *
 * <p>Where rotary embeddings turn neighbours (see {@link GgufArchitecture#rotatesNeighbours}), row
 * 2i of a head's queries and keys is row i of Hugging Face's, and row 2i + 1 is row i + headDim/2.
 *
 * @param architecture the file's
 * @param config the model's
 */
record GgufLayout(GgufArchitecture architecture, ModelConfig config) {
  /** What the rotary frequencies are divided by, where {@code rope_scaling} is not one factor. */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

  private static final String LAYER_PREFIX = "model.layers.";

  private static final Map<String, String> NAMES =
      Map.of(
          "model.embed_tokens.weight", "token_embd.weight",
          "model.norm.weight", "output_norm.weight",
          "lm_head.weight", "output.weight");

  private static final Map<String, String> NAMES_IN_LAYER =
      Map.ofEntries(
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.k_proj", "attn_k"),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("self_attn.q_norm", "attn_q_norm"),
          Map.entry("self_attn.k_norm", "attn_k_norm"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"));

  /** The layout of a file with this config, which {@link GgufConfig} read. */
  static GgufLayout of(ModelConfig config) {
    GgufArchitecture architecture =
        GgufArchitecture.ofModelType(config.modelType())
            .orElseThrow(() -> new IllegalArgumentException(config.modelType()));
    return new GgufLayout(architecture, config);
  }

  /** The name in the file of a tensor that {@link CheckpointLayout} names. */
  String name(TensorSpec spec) {
    String name = spec.name();
    if (!name.startsWith(LAYER_PREFIX)) {
      return NAMES.getOrDefault(name, name);
    }
    int afterLayer = name.indexOf('.', LAYER_PREFIX.length());
    int beforeKind = name.lastIndexOf('.');
    String layer = name.substring(LAYER_PREFIX.length(), afterLayer);
    String inLayer = NAMES_IN_LAYER.get(name.substring(afterLayer + 1, beforeKind));
    return "blk." + layer + "." + inLayer + name.substring(beforeKind);
  }

  /** Which row of the file holds row {@code i} of the tensor. */
  IntUnaryOperator rowInFile(TensorSpec spec) {
    int half = config.headDim() / 2;
    return isReordered(spec)
        ? row -> row - row % (2 * half) + row % half * 2 + row % (2 * half) / half
        : IntUnaryOperator.identity();
  }

  /** Which row of the tensor row {@code i} of the file holds: the inverse of the former. */
  IntUnaryOperator rowOfFile(TensorSpec spec) {
    int half = config.headDim() / 2;
    return isReordered(spec)
        ? row -> row - row % (2 * half) + row % (2 * half) / 2 + row % 2 * half
        : IntUnaryOperator.identity();
  }

  /** A tensor of the file with its rows as Hugging Face has them; a copy if they were not. */
  Tensor arranged(TensorSpec spec, Tensor inFile) {
    if (!isReordered(spec)) {
      return inFile;
    }
    Tensor arranged = Tensor.allocate(Arena.ofAuto(), inFile.dtype(), inFile.shape());
    IntUnaryOperator rowInFile = rowInFile(spec);
    int rows = inFile.size(0);
    long rowBytes = inFile.byteSize() / rows;
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(
          inFile.segment(),
          rowInFile.applyAsInt(row) * rowBytes,
          arranged.segment(),
          row * rowBytes,
          rowBytes);
    }
    return arranged;
  }

  /** The tensor under its name in the file and with its rows in the file's order. */
  OutputTensor inFile(OutputTensor tensor) {
    IntUnaryOperator rowOfFile = rowOfFile(tensor.spec());
    return new OutputTensor(
        new TensorSpec(name(tensor.spec()), tensor.spec().shape()),
        tensor.dtype(),
        (row, target, offset) -> tensor.rows().read(rowOfFile.applyAsInt(row), target, offset));
  }

  /** Queries and keys, of which the biases have one element a row. */
  private boolean isReordered(TensorSpec spec) {
    return architecture.rotatesNeighbours()
        && (spec.name().contains(".q_proj.") || spec.name().contains(".k_proj."));
  }
}
