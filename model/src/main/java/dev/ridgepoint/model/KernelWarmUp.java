package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import dev.ridgepoint.model.support.CachedHeads;
import dev.ridgepoint.model.watch.ThreadAllocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a model's operations, as programs of one small layer, until the optimising compiler has
 * compiled their kernels. Until then every vector is an object on the heap and a kernel takes about
 * 50 times as long, which the first tokens of a process would pay for.
 *
 * <p>Long prompts and steps of a single sequence find their kernels compiled afterwards. Those for
 * a few rows, as of a short prompt or of a few sequences at once, are compiled when they are first
 * used, which takes less time than to compile them here for all who never use them.
 */
final class KernelWarmUp implements AutoCloseable {
  /** One row streams four panels at once, and then the one, two or three that are left. */
  private static final int[] HEAD_PANELS = {5, 6, 7};

  /** Blocks of most formats, of which rows have one: the compiler counts calls. */
  private static final int LEAST_WIDTH = 32;

  private static final int CONTEXT = 63;

  /** Rounds in a row that allocate next to nothing, after which compiled code is in place. */
  private static final int QUIET_ROUNDS = 3;

  /** Less than the vectors of any kernel's call. */
  private static final long QUIET_BYTES = 512;

  private final Layer layer;
  private final Architecture model;
  private final DType weightType;
  private final DType kvType;
  private final Arena arena = Arena.ofShared();
  private final Workers alone = new Workers(1);
  private final List<Repeated> steps = new ArrayList<>();

  /** The same step again and again. */
  private record Repeated(Program program, Batch batch, int context) {
    void run() {
      program.forward(batch);
      cache().truncate(context);
    }

    KvCache cache() {
      return batch.entries().getFirst().cache();
    }
  }

  /**
   * Makes the programs.
   *
   * @param model one that the engine runs
   * @param weightType of the matrices
   * @param kvType of the caches
   */
  KernelWarmUp(Architecture model, DType weightType, DType kvType) {
    this.model = model;
    this.weightType = weightType;
    this.kvType = kvType;
    layer = model.decoder().orElseThrow().layers().getFirst();
    // All query heads of a token are rows of attention: one head is enough for a tile of a prompt.
    for (int rows : Blocking.rowsOfTallestTiles()) {
      add(small(1, 1), new int[rows], 0);
    }
    int group = layer.attention().numAttentionHeads() / CachedHeads.of(layer.attention()).heads();
    for (int panels : HEAD_PANELS) {
      add(small(group, panels), new int[1], CONTEXT);
    }
  }

  private void add(Architecture small, int[] tokens, int context) {
    Weights weights =
        Weights.load(
            small, new Zeros(), MatrixTypes.all(weightType), arena, alone, (done, total) -> {});
    Program program = new Program(weights, kvType, alone, Meter.NONE);
    KvCache cache = program.newCache(context + tokens.length);
    cache.advance(context);
    steps.add(new Repeated(program, Batch.of(cache, tokens), context));
  }

  private GroupedQueryAttention small(GroupedQueryAttention attention, int group) {
    int keyValueHeads = wholeBlocks(1, group * attention.headDim());
    return attention
        .withHeads(keyValueHeads * group, keyValueHeads)
        .withSpan(new AttentionSpan.Causal());
  }

  private LatentAttention small(LatentAttention attention, int group) {
    return new LatentAttention(
        wholeBlocks(group, attention.valueDim()),
        attention.queryLoraRank(),
        attention.keyValueLoraRank(),
        attention.keyDim(),
        attention.rope(),
        attention.valueDim(),
        attention.scoreScale(),
        new AttentionSpan.Causal());
  }

  /** As many heads of so many elements, or more, that the output projection's rows are blocks. */
  private int wholeBlocks(int least, int elements) {
    int heads = least;
    while (heads * elements % weightType.blockElements() != 0) {
      heads++;
    }
    return heads;
  }

  /**
   * The model with one layer as small as its formats allow.
   *
   * @param group query heads that share a key-value head
   * @param headPanels panels of the output head
   */
  private Architecture small(int group, int headPanels) {
    int width = Math.max(LEAST_WIDTH, weightType.blockElements());
    Attention attention =
        switch (layer.attention()) {
          case GroupedQueryAttention grouped -> small(grouped, group);
          case LatentAttention latent -> small(latent, group);
        };
    Layer small = new Layer(attention, small(layer.feedForward(), width), layer.norms());
    return Architecture.decoderOnly(
            model.modelType(),
            width,
            Embedding.ofTokens(headPanels * Blocking.PANEL, width),
            Stack.of(1, small, model.decoder().orElseThrow().finalNorm()),
            new Head.LanguageModel(false, false))
        .withNumerics(model.numerics());
  }

  private static FeedForward small(FeedForward feedForward, int width) {
    return switch (feedForward) {
      case DenseFeedForward dense -> dense.withIntermediateSize(width);
      case MixtureOfExperts experts ->
          new MixtureOfExperts(
              1,
              1,
              experts.expert().withIntermediateSize(width),
              experts.sharedExpert().map(shared -> shared.withIntermediateSize(width)),
              experts.hasSharedGate(),
              experts.routing().ofGroups(1, 1, 1));
      case FeedForward.None none -> none;
    };
  }

  private static final class Zeros implements WeightSource {
    @Override
    public RowSource matrix(TensorSpec spec) {
      return new RowSource() {
        @Override
        public void read(int row, float[] target, int offset) {
          // Rows are zeros as they are.
        }

        @Override
        public void encode(int row, int count, DType dtype, MemorySegment target, long offset) {
          // So they are in every type, those included that numbers are not rounded to.
        }
      };
    }

    @Override
    public float[] vector(TensorSpec spec) {
      return new float[Math.toIntExact(spec.shape().getFirst())];
    }
  }

  /** Runs until the kernels are compiled or the thread is interrupted. */
  void run() {
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && !Thread.currentThread().isInterrupted()) {
      long before = ThreadAllocation.bytes();
      runOnce();
      long allocated = ThreadAllocation.bytes() - before;
      quiet = allocated < QUIET_BYTES ? quiet + 1 : 0;
    }
  }

  /** Runs every program once. */
  void runOnce() {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).run();
    }
  }

  @Override
  public void close() {
    steps.forEach(step -> step.cache().close());
    steps.forEach(step -> step.program().close());
    alone.close();
    arena.close();
  }
}
