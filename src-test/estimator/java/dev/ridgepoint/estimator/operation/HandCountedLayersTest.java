package dev.ridgepoint.estimator.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Embedding;
import dev.ridgepoint.estimator.architecture.FeedForward;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.Head;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LayerAddition;
import dev.ridgepoint.estimator.architecture.LayerNorms;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.TokenMixer;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers so small that their FLOPs of one token can be added up on paper, on 3 hidden elements. */
class HandCountedLayersTest {
  private static final int HIDDEN = 3;

  /** What leads out of every mixer below: 2 x 2 x 3, and the residual. */
  private static final int OUTPUT = 12 + 3;

  static List<Arguments> mixers() {
    return List.of(
        Arguments.of(
            // 6 of queries, keys and values, 2 of the gate, 2 strengths and 2 decays; 6 channels of
            // 2 taps and SiLU; 2 unit vectors, 2 sigmoids, 2 decays, 4 elements of the state.
            new GatedDeltaNet(1, 2, 2, 1, 2, false),
            2 * 3 * 12 + 6 * 7 + (2 * 8 + 2 * 3 + 2 * 6 + 4 * 7 + 2 * 2) + (2 * 7 + 2 * 4) + OUTPUT,
            4 + 6),
        Arguments.of(
            // A decay for each of 2 rows of the state, and the gate, each through a rank of 2.
            new GatedDeltaNet(1, 1, 2, 2, 1, true),
            2 * 3 * 11
                + 8
                + 8
                + 6 * 5
                + (2 * 8 + 3 + 2 * 6 + 4 * 7 + 2 * 2)
                + (11 + 2 * 4)
                + OUTPUT,
            4),
        Arguments.of(
            new LightningAttention(1, 2), 2 * 3 * 8 + (6 * 3 + 4 * 5) + (11 + 2 * 4) + OUTPUT, 4),
        Arguments.of(
            // 1 of the step's latent, 3 of B and 3 of C; softplus, decays, state, the input's
            // share.
            new Mamba(2, 3, 1, 2, false, false, Norm.NONE),
            2 * 3 * 4
                + 2 * 7
                + 2 * 2 * 7
                + (4 + 2)
                + (2 * 3 + 6 * 2 + 6 * 5 + 2 * 3)
                + 2 * 4
                + OUTPUT,
            6 + 2),
        Arguments.of(
            // The gate and the heads, 2 each; B and C, 2 each; 2 steps.
            new Mamba2(2, 1, 2, 1, 1, false, false, 1),
            2 * 3 * 10 + 6 * 5 + (2 * 4 + 2 * 2 + 4 * 5 + 2 * 3) + (11 + 2 * 4) + OUTPUT,
            4),
        Arguments.of(new GatedConvolution(2, 3, false), 2 * 3 * 6 + 2 + 2 * 6 + 2 + OUTPUT, 2 * 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mixers")
  void mixersCostWhatTheirDefinitionsSay(TokenMixer mixer, long flops, long stateElements) {
    Layer layer = new Layer(mixer, new FeedForward.None(), LayerNorms.shared(Norm.NONE));
    Cost cost = cost(layer, Step.decode(1, 100));
    assertEquals(flops, cost.flops());
    assertEquals(4 * stateElements, cost.kvReadBytes());
    assertEquals(4 * stateElements, cost.kvWrittenBytes());
  }

  /** However many tokens a step feeds, and however many there were. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("mixers")
  void statesAreReadAndWrittenOncePerStepAndSequence(
      TokenMixer mixer, long flops, long stateElements) {
    Layer layer = new Layer(mixer, new FeedForward.None(), LayerNorms.shared(Norm.NONE));
    Step.Sequence sequence = new Step.Sequence(5, 7, 1);
    Cost cost = cost(layer, new Step(List.of(sequence, sequence)));
    assertEquals(2 * 5 * flops, cost.flops());
    assertEquals(2 * 4 * stateElements, cost.kvReadBytes());
    assertEquals(2 * 4 * stateElements, cost.kvWrittenBytes());
  }

  static List<Arguments> additions() {
    int norm = 4 * HIDDEN + 3;
    return List.of(
        Arguments.of(
            new LayerAddition.PerLayerInput(2, Activation.SILU), 12 + 2 * 4 + 12 + norm + 3),
        Arguments.of(new LayerAddition.OutputScale(), 3),
        Arguments.of(new LayerAddition.LowRankResidual(1), 6 + 6 + norm + 3),
        Arguments.of(
            // A router twice; 4 coefficients that mix 2 streams and are added; 2 that correct them.
            new LayerAddition.AlternatingUpdates(2),
            2 * (norm + 12 + 2) + (16 + 24 + 6) + (8 + 2 + 3 + 12 + 3)),
        Arguments.of(new LayerAddition.ExpertNorms(5), 4 * norm));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("additions")
  void additionsCostWhatTheirDefinitionsSay(LayerAddition addition, long flops) {
    Layer layer =
        new Layer(
            List.of(),
            Optional.empty(),
            new FeedForward.None(),
            LayerNorms.shared(Norm.NONE),
            List.of(addition));
    assertEquals(flops, cost(layer, Step.decode(1, 100)).flops());
  }

  private static Cost cost(Layer layer, Step step) {
    Architecture architecture =
        Architecture.decoderOnly(
            "tiny",
            HIDDEN,
            Embedding.ofTokens(1, HIDDEN),
            Stack.of(1, layer, Norm.NONE),
            new Head.LanguageModel(true, false));
    DataFormats formats = new DataFormats(Precision.BF16, Precision.BF16);
    return OperationList.total(
        OperationList.of(architecture, ForwardOptions.of(formats, step), step).stream()
            .filter(each -> each.operation().layer() == 0)
            .toList());
  }
}
