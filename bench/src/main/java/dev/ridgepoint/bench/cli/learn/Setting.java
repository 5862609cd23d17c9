package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.estimator.architecture.Architecture.UNLIMITED_POSITIONS;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.RepeatedOperation;
import dev.ridgepoint.estimator.operation.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What pages and exercises speak of, in the formats that {@code ridge estimate} takes where no flag
 * says otherwise.
 *
 * @param target what it runs on
 */
record Setting(NamedModel model, TargetDevice target) {
  private static final int USUAL_TOKENS = 512;
  private static final List<Integer> BATCHES = List.of(1, 4, 16, 64, 256);
  private static final int CONTEXT_FACTOR = 8;

  /** Contexts beyond this are in no table. */
  private static final int LONGEST_CONTEXT = (1 << 17) - 1;

  Setting {
    target = target.holding(weights(model, target).storedBytes(model.architecture()));
  }

  /** The same device with another model. */
  Setting with(NamedModel other) {
    return new Setting(other, target);
  }

  /** The same with a changed model. */
  Setting with(Architecture other) {
    return with(new NamedModel(model.name(), other, model.formats()));
  }

  Architecture architecture() {
    return model.architecture();
  }

  /** Whether it is a decoder alone, which writes a token at a time. */
  boolean isDecoder() {
    return architecture().decoder().isPresent() && architecture().encoder().isEmpty();
  }

  /** Of the encoder, if there is one, and then of the decoder. */
  List<Layer> layers() {
    return Stream.of(architecture().encoder(), architecture().decoder())
        .flatMap(Optional::stream)
        .flatMap(stack -> stack.layers().stream())
        .toList();
  }

  /** The attentions of all layers, in order; layers of other mixers have none. */
  List<Attention> attentions() {
    return layers().stream().flatMap(layer -> layer.attentions().stream()).toList();
  }

  boolean hasAttention() {
    return !attentions().isEmpty();
  }

  /** Whether keys and values come from one latent per token. */
  boolean isLatent() {
    return hasAttention() && attentions().getFirst() instanceof LatentAttention;
  }

  boolean hasExperts() {
    return layers().stream().anyMatch(layer -> layer.feedForward() instanceof MixtureOfExperts);
  }

  /** The spans of layers that can forget positions, in order. */
  List<AttentionSpan> windows() {
    return attentions().stream()
        .map(Attention::span)
        .filter(span -> span.kept(UNLIMITED_POSITIONS) < UNLIMITED_POSITIONS)
        .toList();
  }

  /** Tokens of the prompt. */
  int prompt() {
    return Math.min(USUAL_TOKENS, architecture().maxPositions());
  }

  /** Tokens cached before a decode step. */
  int context() {
    return Math.min(USUAL_TOKENS, architecture().maxPositions() - 1);
  }

  /** The longest context that the model was made for and tables show. */
  int longestContext() {
    return Math.min(architecture().maxPositions() - 1, LONGEST_CONTEXT);
  }

  /** Contexts from {@link #context} to the longest, each some times the one before. */
  List<Integer> contexts() {
    return Stream.concat(
            Stream.iterate(
                context(),
                tokens -> tokens < longestContext() / 2,
                tokens -> Math.multiplyExact(tokens, CONTEXT_FACTOR)),
            Stream.of(longestContext()))
        .distinct()
        .toList();
  }

  /** Sequences of a decode step, for tables. */
  static List<Integer> batches() {
    return BATCHES;
  }

  WeightFormats weights() {
    return weights(model, target);
  }

  private static WeightFormats weights(NamedModel model, TargetDevice target) {
    return model
        .formats()
        .orElseGet(() -> WeightFormats.of(Precision.BF16, target.device().usualVectors()));
  }

  /** Formats of a step. */
  ForwardOptions options(Step step) {
    return ForwardOptions.of(new DataFormats(weights(), target.device().usualVectors()), step)
        .withActivations(target.device().usualVectors());
  }

  /** Formats of decoding. */
  ForwardOptions decodeOptions() {
    return options(Step.decode(1, Math.max(1, context())));
  }

  List<OperationCost> operations(Step step) {
    return OperationList.of(architecture(), options(step), step);
  }

  Cost cost(Step step) {
    return RepeatedOperation.total(architecture(), options(step), step);
  }

  Roofline roofline() {
    return target.roofline();
  }

  /** The least time of a step. */
  double seconds(Step step) {
    return roofline().boundSeconds(cost(step));
  }

  /** The most new tokens per second. */
  double tokensPerSecond(Step step) {
    return step.totalNewTokens() / seconds(step);
  }

  boolean isMemoryBound(Step step) {
    return roofline().boundBy(cost(step)) == Roofline.Bound.MEMORY;
  }

  /** {@code memory} or {@code arithmetic}. */
  String boundBy(Step step) {
    return isMemoryBound(step) ? "memory" : "arithmetic";
  }
}
