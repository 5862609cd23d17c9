package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.architecture.TensorRole.ALTUP_CORRECTION;
import static dev.ridgepoint.estimator.architecture.TensorRole.ALTUP_PREDICTION;
import static dev.ridgepoint.estimator.architecture.TensorRole.ALTUP_ROUTER;
import static dev.ridgepoint.estimator.architecture.TensorRole.ALTUP_ROUTER_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ALTUP_SCALE;
import static dev.ridgepoint.estimator.architecture.TensorRole.EXPERTS_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.EXPERT_SCALES;
import static dev.ridgepoint.estimator.architecture.TensorRole.LAUREL_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.LAUREL_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.LAUREL_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.LAYER_SCALE;
import static dev.ridgepoint.estimator.architecture.TensorRole.PER_LAYER_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.PER_LAYER_POST_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.PER_LAYER_PROJECTION;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_EXPERTS_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.POST_SHARED_EXPERT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ROUTER_NORM;

import dev.ridgepoint.estimator.architecture.LayerAddition;
import dev.ridgepoint.estimator.architecture.LayerAddition.AlternatingUpdates;
import dev.ridgepoint.estimator.architecture.LayerAddition.ExpertNorms;
import dev.ridgepoint.estimator.architecture.LayerAddition.LowRankResidual;
import dev.ridgepoint.estimator.architecture.LayerAddition.OutputScale;
import dev.ridgepoint.estimator.architecture.LayerAddition.PerLayerInput;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import java.util.ArrayList;
import java.util.List;

/** Of what the additions of a layer consist. */
final class AdditionOperations {
  private final LayerWriter layer;
  private final List<LayerAddition> additions;

  AdditionOperations(LayerWriter layer, List<LayerAddition> additions) {
    this.layer = layer;
    this.additions = additions;
  }

  /** What stands before the mixer: the prediction of the streams. */
  void before() {
    for (LayerAddition addition : additions) {
      if (addition instanceof AlternatingUpdates updates) {
        alternate("altup_predict", updates, true, ALTUP_PREDICTION);
      }
    }
  }

  /** All that stands beside the parts or behind them. */
  void after() {
    for (LayerAddition addition : additions) {
      switch (addition) {
        case PerLayerInput input -> perLayerInput(input);
        case OutputScale _ ->
            layer.add(
                new ScaleRows(
                    "layer_scale", layer.index(), layer.hidden(), layer.weights(LAYER_SCALE)));
        case LowRankResidual _ -> {
          layer.linear("laurel_down", Buffer.NORMED, Buffer.SIDE, LAUREL_DOWN);
          layer.linear("laurel_up", Buffer.SIDE, Buffer.BRANCH, LAUREL_UP);
          addNormalized("laurel_norm", LAUREL_NORM);
        }
        case AlternatingUpdates updates ->
            alternate("altup_correct", updates, false, ALTUP_CORRECTION, ALTUP_SCALE);
        case ExpertNorms _ -> expertNorms();
      }
    }
  }

  private void perLayerInput(PerLayerInput input) {
    layer.linear("per_layer_gate", Buffer.RESIDUAL, Buffer.SIDE, PER_LAYER_GATE);
    layer.add(
        new Gate(
            "per_layer_input",
            layer.index(),
            Norm.NONE,
            List.of(),
            1,
            input.width(),
            input.activation()));
    layer.linear("per_layer_proj", Buffer.SIDE, Buffer.BRANCH, PER_LAYER_PROJECTION);
    addNormalized("per_layer_norm", PER_LAYER_POST_NORM);
  }

  private void addNormalized(String name, TensorRole role) {
    layer.normalize(name, Norm.RMS, role, layer.hidden(), Buffer.BRANCH, Buffer.RESIDUAL, true);
  }

  private void alternate(
      String name, AlternatingUpdates updates, boolean predicts, TensorRole... further) {
    List<WeightTensor> weights = new ArrayList<>(layer.weights(ALTUP_ROUTER_NORM, ALTUP_ROUTER));
    weights.addAll(layer.weights(further));
    layer.add(
        new AlternateStreams(
            name, layer.index(), updates.streams(), layer.hidden(), predicts, weights));
  }

  private void expertNorms() {
    int hidden = layer.hidden();
    layer.normalize("experts_norm", Norm.RMS, EXPERTS_NORM, hidden, Buffer.NORMED);
    layer.normalize("post_experts_norm", Norm.RMS, POST_EXPERTS_NORM, hidden, Buffer.BRANCH);
    layer.normalize(
        "post_shared_expert_norm", Norm.RMS, POST_SHARED_EXPERT_NORM, hidden, Buffer.BRANCH);
    layer.add(
        new Normalize(
            "router_norm",
            layer.index(),
            Norm.RMS,
            layer.weights(ROUTER_NORM, EXPERT_SCALES),
            hidden,
            Rows.TOKENS,
            Buffer.RESIDUAL,
            Buffer.NORMED,
            false));
  }
}
