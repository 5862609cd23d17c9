package dev.ridgepoint.estimator.architecture;

import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.KeyValues;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.OutputTerms;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention.ScoreTerms;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.operation.ExpertsTouched;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Small decoders of every kind, no two layers alike, and steps for them. */
public final class RandomArchitectures {
  private final Random random;

  public RandomArchitectures(long seed) {
    random = new Random(seed);
  }

  /** A decoder; with cross-attention it has an encoder too. */
  public Architecture decoder(boolean isCrossed) {
    int hidden = size(12);
    List<Layer> layers = new ArrayList<>();
    for (int count = size(3); count > 0; count--) {
      layers.add(layer(isCrossed));
    }
    boolean hasTable = !layers.getFirst().attentions().isEmpty() && random.nextBoolean();
    Stack decoder = new Stack(layers, any(Norm.values()), hasTable ? size(5) : 0);
    Optional<Stack> encoder =
        isCrossed ? Optional.of(Stack.of(1, encoderLayer(), Norm.RMS)) : Optional.empty();
    Embedding embedding =
        new Embedding(
            size(30),
            random.nextBoolean() ? hidden : size(12),
            random.nextBoolean() ? 0 : size(9),
            random.nextBoolean() ? 0 : 2,
            any(Norm.values()));
    Head head = new Head.LanguageModel(random.nextBoolean(), random.nextBoolean());
    double logitSoftCap = random.nextBoolean() ? 0 : 30;
    return new Architecture("random", hidden, embedding, encoder, Optional.of(decoder), head, 0)
        .withNumerics(new Numerics(1e-6, false, 1, 1, 1, logitSoftCap));
  }

  public Step step() {
    List<Step.Sequence> sequences = new ArrayList<>();
    for (int count = size(3); count > 0; count--) {
      int newTokens = size(12);
      sequences.add(
          new Step.Sequence(newTokens, random.nextInt(20), random.nextInt(newTokens + 1)));
    }
    return new Step(sequences);
  }

  /** Formats, ways to compute latents and bounds of experts. */
  public ForwardOptions options() {
    Precision kvCache = any(Precision.F16, Precision.FP8, Precision.Q8_0);
    return new ForwardOptions(
        WeightFormats.of(any(Precision.BF16, Precision.Q4_0, Precision.grouped(8, 8, true))),
        new KvCacheFormat(kvCache, any(LatentForm.values())),
        Precision.F32,
        any(ExpertsTouched.FEWEST, ExpertsTouched.MOST));
  }

  private Layer layer(boolean isCrossed) {
    LayerNorms norms =
        new LayerNorms(
            any(Norm.values()),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean());
    Optional<GroupedQueryAttention> cross =
        isCrossed
            ? Optional.of(grouped(new AttentionSpan.Bidirectional(), false))
            : Optional.empty();
    if (isCrossed) {
      return new Layer(attention(), cross, feedForward(), norms);
    }
    return switch (random.nextInt(6)) {
      case 0 -> new Layer(List.of(), cross, feedForward(), LayerNorms.beforeFeedForward(Norm.RMS));
      case 1 -> new Layer(mixer(), new FeedForward.None(), LayerNorms.shared(Norm.RMS));
      case 2 -> new Layer(List.of(mixer(), mixer()), cross, feedForward(), norms);
      case 3 -> new Layer(mixer(), feedForward(), norms);
      default -> new Layer(attention(), feedForward(), norms);
    };
  }

  private TokenMixer mixer() {
    int groups = size(2);
    int heads = groups * size(2);
    return switch (random.nextInt(6)) {
      case 0 -> new GatedDeltaNet(groups, heads, size(4), size(4), size(4), random.nextBoolean());
      case 1 -> new LightningAttention(size(3), size(4));
      case 2 ->
          new Mamba(
              size(6),
              size(3),
              size(4),
              size(4),
              random.nextBoolean(),
              random.nextBoolean(),
              any(Norm.NONE, Norm.RMS));
      case 3 ->
          new Mamba2(
              heads,
              size(3),
              size(4),
              groups,
              size(4),
              random.nextBoolean(),
              random.nextBoolean(),
              any(0, 1, groups));
      case 4 -> new GatedConvolution(size(6), size(4), random.nextBoolean());
      default -> attention();
    };
  }

  private Layer encoderLayer() {
    return new Layer(
        grouped(new AttentionSpan.Bidirectional(), false),
        dense(),
        LayerNorms.afterSum(Norm.LAYER));
  }

  private Attention attention() {
    if (random.nextInt(3) > 0) {
      AttentionSpan span =
          switch (random.nextInt(3)) {
            case 0 -> new AttentionSpan.Causal();
            case 1 -> new AttentionSpan.Sliding(size(20));
            default -> new AttentionSpan.Chunked(size(9));
          };
      return grouped(span, random.nextBoolean());
    }
    boolean isChosen = random.nextInt(3) == 0;
    int queryRank = !isChosen && random.nextBoolean() ? 0 : size(6);
    int positionDim = 2 * size(2);
    return new LatentAttention(
        size(3),
        queryRank,
        size(5),
        size(4),
        positionDim,
        random.nextBoolean() ? Rope.of(positionDim) : Rope.NONE,
        size(4),
        1,
        isChosen ? new AttentionSpan.Chosen(size(9)) : new AttentionSpan.Causal(),
        isChosen ? Optional.of(new SparseIndexer(size(2), size(5))) : Optional.empty());
  }

  private GroupedQueryAttention grouped(AttentionSpan span, boolean hasTerms) {
    int keyValueHeads = size(3);
    int headDim = size(7);
    QueryKeyNorm norm =
        hasTerms
            ? new QueryKeyNorm(
                any(Norm.values()), any(QueryKeyNorm.Scope.values()), random.nextBoolean())
            : QueryKeyNorm.NONE;
    ScoreTerms terms =
        hasTerms
            ? new ScoreTerms(
                random.nextBoolean(), random.nextBoolean() ? 50 : 0, random.nextBoolean())
            : ScoreTerms.NONE;
    return new GroupedQueryAttention(
        keyValueHeads * size(3),
        keyValueHeads,
        headDim,
        random.nextBoolean(),
        random.nextBoolean(),
        norm,
        Rope.of(2 * random.nextInt(headDim / 2 + 1)),
        1,
        terms,
        span,
        hasTerms ? any(KeyValues.values()) : KeyValues.PROJECTED,
        hasTerms ? new OutputTerms(random.nextBoolean(), any(Norm.values())) : OutputTerms.NONE,
        hasTerms && random.nextBoolean() ? 8 : 0);
  }

  private FeedForward feedForward() {
    if (random.nextBoolean()) {
      return dense();
    }
    int experts = size(6);
    boolean isShared = random.nextBoolean();
    return new MixtureOfExperts(
        experts,
        1 + random.nextInt(experts),
        expert(),
        isShared ? Optional.of(dense()) : Optional.empty(),
        isShared && random.nextBoolean(),
        Routing.SOFTMAX.withBias(any(Routing.Bias.values())));
  }

  private DenseFeedForward dense() {
    return new DenseFeedForward(
        size(12),
        random.nextBoolean(),
        any(Activation.values()),
        random.nextBoolean(),
        any(Norm.NONE, Norm.RMS));
  }

  private DenseFeedForward expert() {
    return new DenseFeedForward(
        size(12),
        random.nextBoolean(),
        any(Activation.SILU, Activation.GELU),
        random.nextBoolean());
  }

  private int size(int max) {
    return 1 + random.nextInt(max);
  }

  @SafeVarargs
  private final <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }
}
