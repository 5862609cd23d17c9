package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.architecture.TensorRole.CONVOLUTION;
import static dev.ridgepoint.estimator.architecture.TensorRole.DECAY;
import static dev.ridgepoint.estimator.architecture.TensorRole.DECAY_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.DECAY_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.DELTA_GATES;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_GATE_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_GATE_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_INPUT;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.MIXER_OUTPUT;
import static dev.ridgepoint.estimator.architecture.TensorRole.SELECTION;
import static dev.ridgepoint.estimator.architecture.TensorRole.SKIP;
import static dev.ridgepoint.estimator.architecture.TensorRole.STATE_INPUT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.STATE_OUTPUT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.STEP;
import static dev.ridgepoint.estimator.architecture.TensorRole.STEP_NORM;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.CausalConvolution;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import java.util.List;

/** Of what a recurrent mixer consists, from the rows that it takes in to those that it puts out. */
final class RecurrentOperations {
  private final LayerWriter layer;
  private final Buffer from;
  private final Buffer to;
  private final boolean isResidual;

  /**
   * @param isResidual whether the output is added to the rows that are there
   */
  RecurrentOperations(LayerWriter layer, Buffer from, Buffer to, boolean isResidual) {
    this.layer = layer;
    this.from = from;
    this.to = to;
    this.isResidual = isResidual;
  }

  void add(RecurrentMixer mixer) {
    switch (mixer) {
      case GatedDeltaNet delta -> gatedDeltaNet(delta);
      case LightningAttention lightning -> lightningAttention(lightning);
      case Mamba mamba -> mamba(mamba);
      case Mamba2 mamba -> mamba2(mamba);
      case GatedConvolution convolution -> gatedConvolution(convolution);
    }
    layer.linear("out_proj", Owner.LAYER, Buffer.MIXED, to, isResidual, MIXER_OUTPUT);
  }

  private void gatedDeltaNet(GatedDeltaNet delta) {
    if (delta.decaysChannels()) {
      input(MIXER_INPUT, DELTA_GATES, DECAY_DOWN, MIXER_GATE_DOWN);
      layer.linear("decay_proj", Buffer.MIXER, Buffer.MIXER, DECAY_UP);
      layer.linear("gate_proj", Buffer.MIXER, Buffer.MIXER, MIXER_GATE_UP);
    } else {
      input(MIXER_INPUT, DELTA_GATES);
    }
    convolve(delta.convolution().orElseThrow(), Activation.SILU);
    layer.add(new ScanDeltaRule("delta_rule", layer.index(), delta, layer.weights(DECAY, STEP)));
    gate(
        GatedDeltaNet.NORM,
        delta.numValueHeads(),
        delta.valueHeadDim(),
        delta.decaysChannels() ? Activation.SIGMOID : Activation.SILU);
  }

  private void lightningAttention(LightningAttention lightning) {
    input(MIXER_INPUT, MIXER_GATE);
    layer.add(new ScanLinearAttention("linear_attention", layer.index(), lightning));
    gate(LightningAttention.NORM, 1, lightning.width(), Activation.SIGMOID);
  }

  private void mamba(Mamba mamba) {
    input(MIXER_INPUT);
    convolve(mamba.convolution().orElseThrow(), Activation.SILU);
    layer.linear("x_proj", Buffer.MIXER, Buffer.MIXER, SELECTION);
    norm("dt_norm", mamba.norm(), STEP_NORM, mamba.stepRank());
    norm("b_norm", mamba.norm(), STATE_INPUT_NORM, mamba.stateSize());
    norm("c_norm", mamba.norm(), STATE_OUTPUT_NORM, mamba.stateSize());
    layer.linear("dt_proj", Buffer.MIXER, Buffer.MIXER, STEP);
    layer.add(
        new ScanStateSpace(
            "selective_scan", layer.index(), StateSpace.of(mamba), layer.weights(DECAY, SKIP)));
    gate(Norm.NONE, 1, mamba.innerSize(), Activation.SILU);
  }

  private void mamba2(Mamba2 mamba) {
    input(MIXER_INPUT);
    convolve(mamba.convolution().orElseThrow(), Activation.SILU);
    layer.add(
        new ScanStateSpace(
            "ssd_scan", layer.index(), StateSpace.of(mamba), layer.weights(DECAY, SKIP, STEP)));
    int rows = Math.max(1, mamba.normGroups());
    gate(mamba.norm(), rows, mamba.innerWidth() / rows, Activation.SILU);
  }

  private void gatedConvolution(GatedConvolution convolution) {
    input(MIXER_INPUT);
    layer.add(identityGate("input_gate", convolution));
    convolve(convolution.convolution().orElseThrow(), Activation.IDENTITY);
    layer.add(identityGate("output_gate", convolution));
  }

  private Gate identityGate(String name, GatedConvolution convolution) {
    return new Gate(
        name, layer.index(), Norm.NONE, List.of(), 1, convolution.channels(), Activation.IDENTITY);
  }

  private void input(TensorRole... roles) {
    layer.linear("in_proj", from, Buffer.MIXER, roles);
  }

  private void convolve(CausalConvolution convolution, Activation activation) {
    layer.add(
        new Convolve("conv1d", layer.index(), convolution, layer.weights(CONVOLUTION), activation));
  }

  private void norm(String name, Norm norm, TensorRole role, long width) {
    layer.normalize(name, norm, role, width, Buffer.MIXER);
  }

  private void gate(Norm norm, long rowsPerToken, long width, Activation activation) {
    List<WeightTensor> weights = layer.weights(MIXER_NORM);
    layer.add(
        new Gate("mixer_gate", layer.index(), norm, weights, rowsPerToken, width, activation));
  }
}
