package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.Optimizer;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A small decoder with batches to train it on. */
record TrainingCase(
    String name,
    Architecture architecture,
    TrainingBatch batch,
    Checkpointing checkpointing,
    Optimizer optimizer) {

  /** What differs among decoders of Llama's and Qwen's kind. */
  record Parts(
      int heads,
      int keyValueHeads,
      int headDim,
      boolean hasBiases,
      boolean hasQueryKeyNorm,
      boolean isTied,
      Activation activation) {}

  static final Parts PLAIN = new Parts(2, 2, 8, false, false, false, Activation.SILU);
  static final Parts GROUPED = new Parts(6, 2, 6, false, false, true, Activation.SILU);
  static final Parts QWEN2 = new Parts(4, 1, 10, true, false, true, Activation.SILU);
  static final Parts QWEN3 = new Parts(4, 2, 12, false, true, false, Activation.SILU);
  static final Parts ALL = new Parts(6, 3, 4, true, true, true, Activation.GELU_TANH);

  static Architecture architecture(Parts parts, int vocabulary, int hidden, int layers) {
    Layer layer =
        new Layer(
            new GroupedQueryAttention(
                parts.heads,
                parts.keyValueHeads,
                parts.headDim,
                parts.hasBiases,
                parts.hasBiases,
                parts.hasQueryKeyNorm
                    ? new QueryKeyNorm(Norm.RMS, QueryKeyNorm.Scope.SHARED_BY_HEADS)
                    : QueryKeyNorm.NONE,
                Rope.of(parts.headDim),
                ScoreTerms.NONE,
                new AttentionSpan.Causal()),
            new DenseFeedForward(hidden * 3 / 2 + 1, true, parts.activation, parts.hasBiases),
            LayerNorms.before(Norm.RMS));
    return Architecture.decoderOnly(
        "llama",
        hidden,
        Embedding.ofTokens(vocabulary, hidden),
        new Stack(Collections.nCopies(layers, layer), Norm.RMS),
        new Head.LanguageModel(parts.isTied, false));
  }

  /** Every kind, each with another way of keeping activations and of cutting a batch. */
  static List<TrainingCase> all() {
    List<TrainingCase> cases = new ArrayList<>();
    for (Checkpointing checkpointing : Checkpointing.values()) {
      cases.add(of("plain", PLAIN, 16, new TrainingBatch(7, 2, 1), checkpointing, Optimizer.ADAMW));
      cases.add(
          of(
              "grouped",
              GROUPED,
              20,
              new TrainingBatch(5, 3, 2),
              checkpointing,
              Optimizer.MOMENTUM));
      cases.add(
          of("qwen2", QWEN2, 18, new TrainingBatch(9, 1, 3), checkpointing, Optimizer.ADAFACTOR));
      cases.add(of("qwen3", QWEN3, 24, new TrainingBatch(6, 2, 1), checkpointing, Optimizer.ADAMW));
      cases.add(
          of("all", ALL, 13, new TrainingBatch(11, 2, 2), checkpointing, Optimizer.ADAFACTOR));
    }
    return cases;
  }

  private static TrainingCase of(
      String name,
      Parts parts,
      int hidden,
      TrainingBatch batch,
      Checkpointing checkpointing,
      Optimizer optimizer) {
    return new TrainingCase(
        name, architecture(parts, 31, hidden, 3), batch, checkpointing, optimizer);
  }

  TrainingProgram program(Workers workers, Meter meter) {
    return program(weights(3), workers, meter);
  }

  TrainingProgram program(WeightSource source, Workers workers, Meter meter) {
    return program(source, Optional.empty(), workers, meter);
  }

  TrainingProgram program(
      WeightSource source, Optional<SoftTargets> targets, Workers workers, Meter meter) {
    return new TrainingProgram(
        architecture,
        batch,
        checkpointing,
        OptimizerSettings.of(optimizer),
        source,
        targets,
        workers,
        meter);
  }

  /** The same of another decoder. */
  TrainingCase with(Architecture other) {
    return new TrainingCase(name, other, batch, checkpointing, optimizer);
  }

  /** Of random tokens. */
  List<TokenBatch> batches(long seed) {
    Random random = new Random(seed);
    List<TokenBatch> batches = new ArrayList<>();
    for (int i = 0; i < batch.microBatches(); i++) {
      int rows = Math.toIntExact(batch.microBatchTokens());
      batches.add(
          new TokenBatch(
              batch.microBatch(),
              batch.sequenceLength(),
              random.ints(rows, 0, architecture.embedding().vocabSize()).toArray(),
              random.ints(rows, 0, architecture.embedding().vocabSize()).toArray()));
    }
    return batches;
  }

  /** Random weights, of norms around one and of biases around zero, too. */
  static WeightSource weights(long seed) {
    SyntheticWeights matrices = new SyntheticWeights(seed);
    return new WeightSource() {
      @Override
      public RowSource matrix(TensorSpec spec) {
        return matrices.matrix(spec);
      }

      @Override
      public float[] vector(TensorSpec spec) {
        float[] vector = matrices.vector(spec);
        Random random = new Random(seed + spec.name().hashCode());
        for (int i = 0; i < vector.length; i++) {
          vector[i] += 0.3f * (random.nextFloat() - 0.5f);
        }
        return vector;
      }
    };
  }

  @Override
  public String toString() {
    return name + " " + checkpointing;
  }
}
