package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.ParameterBudget;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code --budget}: from a number of parameters back to a size. */
final class BudgetSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("size", "size", Format.TEXT),
          new Column("now", "now", Format.COUNT),
          new Column("largestWithin", "largest within", Format.COUNT),
          new Column("parametersWithin", "parameters", Format.COUNT),
          new Column("nearest", "nearest", Format.COUNT),
          new Column("parametersNearest", "parameters of that", Format.COUNT));

  private BudgetSection() {}

  static Section of(EstimatedModel estimated, String text) {
    long budget = Quantities.count("--budget", text);
    Architecture architecture = estimated.architecture();
    Stack decoder =
        architecture
            .decoder()
            .filter(any -> architecture.encoder().isEmpty())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        estimated.model().name(), "--budget needs a decoder alone"));
    List<List<Object>> rows = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    ParameterBudget layers =
        new ParameterBudget(budget, number -> withLayers(architecture, decoder, number), 1);
    rows.add(row("layers", decoder.layers().size(), layers));
    derivations.add(layers.derivation("layers"));
    if (UniformDecoder.of(architecture).isPresent()) {
      ParameterBudget hidden =
          new ParameterBudget(
              budget, size -> withHidden(architecture, size), hiddenStep(architecture));
      rows.add(row("hidden size", architecture.hiddenSize(), hidden));
      derivations.add(hidden.derivation("hidden size"));
    }
    Table table =
        new Table(
            "sizes", Units.count(budget, "parameter") + " by changing one size", COLUMNS, rows);
    return new Section("budget", List.of(), List.of(table), derivations);
  }

  private static List<Object> row(String size, int now, ParameterBudget budget) {
    OptionalInt within = budget.largestWithin();
    int nearest = budget.nearest();
    return Table.row(
        size,
        now,
        within.isPresent() ? within.getAsInt() : null,
        within.isPresent() ? budget.parameters(within.getAsInt()) : null,
        nearest,
        budget.parameters(nearest));
  }

  /** The model's own layers in their order, from the first again after the last. */
  private static Architecture withLayers(Architecture architecture, Stack decoder, int layers) {
    Limits.requireSize("num_hidden_layers", layers, Limits.MAX_LAYERS);
    List<Layer> all = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      all.add(decoder.layers().get(layer % decoder.layers().size()));
    }
    return new Architecture(
        architecture.modelType(),
        architecture.hiddenSize(),
        architecture.embedding(),
        Optional.empty(),
        Optional.of(new Stack(all, decoder.finalNorm(), decoder.relativePositionBuckets())),
        architecture.head(),
        architecture.numNextTokenPredictLayers(),
        architecture.maxPositions(),
        architecture.numerics());
  }

  /** As many heads of another size; the feed-forward grows with the hidden size. */
  private static Architecture withHidden(Architecture architecture, int hidden) {
    Stack decoder = architecture.decoder().orElseThrow();
    List<Layer> layers =
        decoder.layers().stream()
            .map(layer -> withHidden(layer, architecture.hiddenSize(), hidden))
            .toList();
    Embedding embedding = architecture.embedding();
    return new Architecture(
        architecture.modelType(),
        hidden,
        new Embedding(
            embedding.vocabSize(),
            hidden,
            embedding.positionRows(),
            embedding.tokenTypes(),
            embedding.norm()),
        Optional.empty(),
        Optional.of(new Stack(layers, decoder.finalNorm(), decoder.relativePositionBuckets())),
        architecture.head(),
        architecture.numNextTokenPredictLayers(),
        architecture.maxPositions(),
        architecture.numerics());
  }

  private static Layer withHidden(Layer layer, int now, int hidden) {
    GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
    DenseFeedForward feedForward = (DenseFeedForward) layer.feedForward();
    int headDim = size("head_dim", (long) attention.headDim() * hidden / now, Limits.MAX_WIDTH);
    Rope rope = attention.rope();
    int rotaryDim = (int) ((long) rope.dim() * headDim / attention.headDim());
    long intermediate = Math.ceilDiv((long) feedForward.intermediateSize() * hidden, (long) now);
    return new Layer(
        new GroupedQueryAttention(
            attention.numAttentionHeads(),
            attention.numKeyValueHeads(),
            headDim,
            attention.qkvBias(),
            attention.outputBias(),
            attention.queryKeyNorm(),
            new Rope(rotaryDim - rotaryDim % 2, rope.theta(), rope.scaling()),
            attention.scoreScale(),
            attention.scoreTerms(),
            attention.span()),
        new DenseFeedForward(
            size("intermediate_size", intermediate, Limits.MAX_INTERMEDIATE),
            feedForward.isGated(),
            feedForward.activation(),
            feedForward.bias()),
        layer.norms());
  }

  private static int size(String field, long value, int max) {
    Limits.require(value <= max, field, value, "must lie in 1.." + max);
    return (int) value;
  }

  /** The step of hidden sizes that keeps heads even, because RoPE rotates pairs. */
  private static int hiddenStep(Architecture architecture) {
    int headDim = UniformDecoder.of(architecture).orElseThrow().attention().headDim();
    int doubled = 2 * architecture.hiddenSize();
    int divisor = BigInteger.valueOf(doubled).gcd(BigInteger.valueOf(headDim)).intValue();
    return doubled / divisor;
  }
}
