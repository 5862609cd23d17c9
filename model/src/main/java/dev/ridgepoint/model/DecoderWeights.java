package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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
   * @param dtype what matrices are stored as; quantised ones need rows of whole blocks
   * @throws InvalidInputException if the dtype cannot hold a matrix, as F16 what is beyond 65504
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
    private final CheckpointLayout layout;
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
      layout = new CheckpointLayout(config);
      this.source = source;
      this.dtype = dtype;
      this.arena = arena;
      this.workers = workers;
      this.progress = progress;
      total = 4 * config.numHiddenLayers() + (config.tieWordEmbeddings() ? 1 : 2);
    }

    DecoderWeights load() {
      PackedMatrix embedding = matrix(layout.embedding());
      List<Layer> layers = new ArrayList<>();
      for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
        layers.add(layer(layer));
      }
      float[] finalNorm = source.vector(layout.finalNorm());
      PackedMatrix lmHead = config.tieWordEmbeddings() ? embedding : matrix(layout.lmHead());
      return new DecoderWeights(embedding, List.copyOf(layers), finalNorm, lmHead);
    }

    private Layer layer(int layer) {
      return new Layer(
          source.vector(layout.attentionNorm(layer)),
          matrix(layout.query(layer), layout.key(layer), layout.value(layer)),
          vector(layout.queryBias(layer), layout.keyBias(layer), layout.valueBias(layer)),
          vector(layout.queryNorm(layer)),
          vector(layout.keyNorm(layer)),
          matrix(layout.output(layer)),
          vector(layout.outputBias(layer)),
          source.vector(layout.ffnNorm(layer)),
          matrix(layout.gate(layer), layout.up(layer)),
          vector(layout.gateBias(layer), layout.upBias(layer)),
          matrix(layout.down(layer)),
          vector(layout.downBias(layer)));
    }

    /** Packs tensors [outputs, inputs] of the same inputs as one matrix, one below the other. */
    private PackedMatrix matrix(TensorSpec... parts) {
      RowSource[] rows = new RowSource[parts.length];
      int[] outputs = new int[parts.length];
      for (int i = 0; i < parts.length; i++) {
        rows[i] = source.matrix(parts[i]);
        outputs[i] = Math.toIntExact(parts[i].shape().get(0));
      }
      PackedMatrix packed;
      try {
        packed =
            PackedMatrix.pack(
                arena,
                workers,
                dtype,
                Arrays.stream(outputs).sum(),
                Math.toIntExact(parts[0].shape().get(1)),
                (row, target, offset) -> {
                  int part = 0;
                  int partRow = row;
                  while (partRow >= outputs[part]) {
                    partRow -= outputs[part++];
                  }
                  rows[part].read(partRow, target, offset);
                });
      } catch (IllegalArgumentException e) {
        String names = Arrays.stream(parts).map(TensorSpec::name).collect(Collectors.joining(", "));
        throw new InvalidInputException(names, e.getMessage(), e);
      }
      for (TensorSpec part : parts) {
        source.release(part);
      }
      progress.matrices(++done, total);
      return packed;
    }

    /** The vectors' elements one after the other, or null where the architecture has none. */
    @SafeVarargs
    private float[] vector(Optional<TensorSpec>... parts) {
      float[] all = null;
      for (Optional<TensorSpec> part : parts) {
        if (part.isPresent()) {
          float[] next = source.vector(part.get());
          int start = all == null ? 0 : all.length;
          all = all == null ? next : Arrays.copyOf(all, start + next.length);
          System.arraycopy(next, 0, all, start, next.length);
        }
      }
      return all;
    }
  }
}
