package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Operations;
import dev.ridgepoint.engine.ops.RotaryTable;
import dev.ridgepoint.engine.ops.SequenceRows;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.config.ModelConfig;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.DecoderWeights;
import dev.ridgepoint.model.SyntheticWeights;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One operation of a decoder alone, on a model's shapes. Each invocation takes the next layer, so
 * that weights and cache come from where they come from in a forward pass.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@Costed(OperationBenchmark.Model.class)
public class OperationBenchmark {
  private static final long SEED = 1;

  /** A name of the operation list. */
  @Param({
    "embedding",
    "attention_norm",
    "qkv_proj",
    "rope",
    "kv_append",
    "attention",
    "o_proj",
    "ffn_gate_up",
    "swiglu",
    "ffn_down",
    "lm_head"
  })
  String operation;

  /** A preset, or a folder or file with a config. */
  @Param("Qwen2.5-0.5B")
  String model;

  /** Storage format of the weight matrices. */
  @Param("bf16")
  String dtype;

  @Param("1")
  int threads;

  /** New tokens of one sequence: 1 for decode, more for prefill. */
  @Param({"1", "512"})
  int newTokens;

  /** Tokens that the sequence has cached. */
  @Param("128")
  int context;

  private Arena arena;
  private Workers workers;
  private KvCache cache;
  private Runnable invocation;
  private int layer;

  /** Builds a model's weights and the activations that the operation needs. */
  @Setup
  public void setUp() {
    arena = new HugePageArena();
    workers = new Workers(threads);
    ModelConfig config = ModelSource.config(model);
    DType weightType = EngineFormats.named("dtype", dtype, config);
    DecoderWeights weights =
        DecoderWeights.load(
            config, new SyntheticWeights(SEED), weightType, arena, workers, (done, total) -> {});
    int kvHeads = config.numKeyValueHeads();
    int headDim = config.headDim();
    cache = new KvCache(DType.F32, config.numHiddenLayers(), kvHeads, headDim, context + newTokens);
    cache.advance(context);
    invocation = invocation(config, weights);
  }

  private Runnable invocation(ModelConfig config, DecoderWeights weights) {
    Operations operations = new Operations(workers, Meter.NONE);
    List<DecoderWeights.Layer> layers = weights.layers();
    int heads = config.numAttentionHeads();
    int kvHeads = config.numKeyValueHeads();
    int headDim = config.headDim();
    float epsilon = (float) config.rmsNormEps();
    Tensor hidden = tensor(config.hiddenSize());
    Tensor normed = tensor(config.hiddenSize());
    Tensor qkv = tensor((heads + 2 * kvHeads) * headDim);
    Tensor attended = tensor(heads * headDim);
    Tensor gateUp = tensor(2 * config.intermediateSize());
    Tensor activated = tensor(config.intermediateSize());
    List<SequenceRows> rows = List.of(new SequenceRows(cache, 0, newTokens, 0));
    return switch (operation) {
      case "embedding" -> {
        int[] tokens = new int[newTokens];
        yield () -> operations.embed(weights.embedding(), tokens, hidden);
      }
      case "attention_norm" ->
          () -> operations.rmsNorm(hidden, layers.get(layer).attentionNorm(), epsilon, normed);
      case "qkv_proj" ->
          () -> {
            DecoderWeights.Layer w = layers.get(layer);
            operations.linear(hidden, w.qkv(), w.qkvBias(), false, qkv);
          };
      case "rope" -> {
        RotaryTable angles = new RotaryTable(new double[headDim / 2]);
        yield () -> operations.rotate(qkv, heads, kvHeads, angles, rows);
      }
      case "kv_append" -> () -> operations.append(qkv, heads, rows, layer);
      case "attention" ->
          () ->
              operations.attention(
                  qkv, heads, rows, layer, config.attentionWindow(layer), attended);
      case "o_proj" ->
          () -> {
            DecoderWeights.Layer w = layers.get(layer);
            operations.linear(attended, w.output(), w.outputBias(), true, hidden);
          };
      case "ffn_gate_up" ->
          () -> {
            DecoderWeights.Layer w = layers.get(layer);
            operations.linear(hidden, w.gateUp(), w.gateUpBias(), false, gateUp);
          };
      case "swiglu" -> () -> operations.swiGlu(gateUp, activated);
      case "ffn_down" ->
          () -> {
            DecoderWeights.Layer w = layers.get(layer);
            operations.linear(activated, w.down(), w.downBias(), true, hidden);
          };
      case "lm_head" -> {
        Tensor last = hidden.rows(1);
        Tensor logits = Tensor.allocate(arena, DType.F32, 1, config.vocabSize());
        yield () -> operations.linear(last, weights.lmHead(), null, false, logits);
      }
      default -> throw new IllegalArgumentException("no operation is called " + operation);
    };
  }

  private Tensor tensor(int columns) {
    return Tensor.allocate(arena, DType.F32, newTokens, columns);
  }

  @Benchmark
  public void operation() {
    invocation.run();
    layer = (layer + 1) % cache.layers();
  }

  @TearDown
  public void tearDown() {
    cache.close();
    workers.close();
    arena.close();
  }

  /** The operation's entry in the operation list. */
  public static final class Model implements WorkModel {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      ModelConfig config = ModelSource.config(parameters.apply("model"));
      DataFormats formats =
          new DataFormats(Precision.named("dtype", parameters.apply("dtype")), Precision.F32);
      Step.Sequence sequence =
          new Step.Sequence(
              Integer.parseInt(parameters.apply("newTokens")),
              Integer.parseInt(parameters.apply("context")),
              1);
      Step step = new Step(Collections.singletonList(sequence));
      String name = parameters.apply("operation");
      Cost cost =
          OperationList.of(config.architecture(), ForwardOptions.of(formats, step), step).stream()
              .filter(operation -> operation.name().equals(name))
              .map(OperationCost::cost)
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no operation is called " + name));
      int threads = Integer.parseInt(parameters.apply("threads"));
      // All layers take turns: the bytes come from a working set of that many times their own.
      long workingSet = Math.multiplyExact(cost.bytes(), (long) config.numHiddenLayers());
      return new Work(cost.flops(), cost.bytes(), workingSet, threads);
    }
  }
}
