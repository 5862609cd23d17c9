package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.PackedMatrix;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.ModelConfig;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a dense Llama-family decoder, packed for the engine. Query, key and value
 * projections are one matrix, as are gate and up; norm weights and biases are F32 whatever the
 * matrices are.
 *
 * @param embedding {@code [vocabSize][hiddenSize]}
 * @param finalNorm {@code [hiddenSize]}
 * @param lmHead {@code [vocabSize][hiddenSize]}; the embedding itself when they are tied
 */
public record DecoderWeights(
    PackedMatrix embedding, List<Layer> layers, float[] finalNorm, PackedMatrix lmHead) {

  /**
   * One layer. Biases, and the norms of query and key heads, are null where the architecture has
   * none.
   *
   * @param qkv {@code [(heads + 2 kvHeads) headDim][hiddenSize]}
   * @param output {@code [hiddenSize][heads * headDim]}
   * @param gateUp {@code [2 intermediateSize][hiddenSize]}
   * @param down {@code [hiddenSize][intermediateSize]}
   */
  public record Layer(
      float[] attentionNorm,
      PackedMatrix qkv,
      float[] qkvBias,
      float[] queryNorm,
      float[] keyNorm,
      PackedMatrix output,
      float[] outputBias,
      float[] ffnNorm,
      PackedMatrix gateUp,
      float[] gateUpBias,
      PackedMatrix down,
      float[] downBias) {}

  /** Told how far loading has come. */
  @FunctionalInterface
  public interface Progress {
    /** {@code done} of {@code total} matrices are packed. */
    void matrices(int done, int total);
  }

  /**
   * Reads and packs all weights.
   *
   * @param arena owns the packed weights
   * @param dtype what matrices are stored as: F32 or BF16
   */
  public static DecoderWeights load(
      ModelConfig config,
      WeightSource source,
      DType dtype,
      Arena arena,
      Workers workers,
      Progress progress) {
    return new Loader(config, source, dtype, arena, workers, progress).load();
  }

  private static final class Loader {
    private final ModelConfig config;
    private final WeightSource source;
    private final DType dtype;
    private final Arena arena;
    private final Workers workers;
    private final Progress progress;
    private final int total;
    private int done;

    Loader(
        ModelConfig config,
        WeightSource source,
        DType dtype,
        Arena arena,
        Workers workers,
        Progress progress) {
      this.config = config;
      this.source = source;
      this.dtype = dtype;
      this.arena = arena;
      this.workers = workers;
      this.progress = progress;
      total = 4 * config.numHiddenLayers() + (config.tieWordEmbeddings() ? 1 : 2);
    }

    /** A part of a matrix that is stored as several tensors, one below the other. */
    private record Part(String name, int outputs) {}

    DecoderWeights load() {
      PackedMatrix embedding = matrix(config.hiddenSize(), vocabulary("model.embed_tokens"));
      List<Layer> layers = new ArrayList<>();
      for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
        layers.add(layer("model.layers." + layer + "."));
      }
      float[] finalNorm = source.vector("model.norm.weight", config.hiddenSize());
      PackedMatrix lmHead =
          config.tieWordEmbeddings()
              ? embedding
              : matrix(config.hiddenSize(), vocabulary("lm_head"));
      return new DecoderWeights(embedding, List.copyOf(layers), finalNorm, lmHead);
    }

    private Part vocabulary(String name) {
      return new Part(name, config.vocabSize());
    }

    private Layer layer(String prefix) {
      int hidden = config.hiddenSize();
      int headDim = config.headDim();
      int queries = config.numAttentionHeads() * headDim;
      int keys = config.numKeyValueHeads() * headDim;
      Part[] qkv = {
        new Part(prefix + "self_attn.q_proj", queries),
        new Part(prefix + "self_attn.k_proj", keys),
        new Part(prefix + "self_attn.v_proj", keys)
      };
      Part output = new Part(prefix + "self_attn.o_proj", hidden);
      Part[] gateUp = {
        new Part(prefix + "mlp.gate_proj", config.intermediateSize()),
        new Part(prefix + "mlp.up_proj", config.intermediateSize())
      };
      Part down = new Part(prefix + "mlp.down_proj", hidden);
      boolean qkNorm = config.qkNorm();
      return new Layer(
          source.vector(prefix + "input_layernorm.weight", hidden),
          matrix(hidden, qkv),
          config.qkvBias() ? bias(qkv) : null,
          qkNorm ? source.vector(prefix + "self_attn.q_norm.weight", headDim) : null,
          qkNorm ? source.vector(prefix + "self_attn.k_norm.weight", headDim) : null,
          matrix(queries, output),
          config.outputBias() ? bias(output) : null,
          source.vector(prefix + "post_attention_layernorm.weight", hidden),
          matrix(hidden, gateUp),
          config.mlpBias() ? bias(gateUp) : null,
          matrix(config.intermediateSize(), down),
          config.mlpBias() ? bias(down) : null);
    }

    private PackedMatrix matrix(int inputs, Part... parts) {
      PackedMatrix.Rows[] rows = new PackedMatrix.Rows[parts.length];
      int outputs = 0;
      for (int i = 0; i < parts.length; i++) {
        rows[i] = source.matrix(parts[i].name + ".weight", parts[i].outputs, inputs);
        outputs += parts[i].outputs;
      }
      PackedMatrix packed =
          PackedMatrix.pack(
              arena,
              workers,
              dtype,
              outputs,
              inputs,
              (row, target, offset) -> {
                int part = 0;
                while (row >= parts[part].outputs) {
                  row -= parts[part++].outputs;
                }
                rows[part].read(row, target, offset);
              });
      progress.matrices(++done, total);
      return packed;
    }

    private float[] bias(Part... parts) {
      int outputs = 0;
      for (Part part : parts) {
        outputs += part.outputs;
      }
      float[] bias = new float[outputs];
      int offset = 0;
      for (Part part : parts) {
        System.arraycopy(
            source.vector(part.name + ".bias", part.outputs), 0, bias, offset, part.outputs);
        offset += part.outputs;
      }
      return bias;
    }
  }
}
