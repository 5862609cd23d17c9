package dev.ridgepoint.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Scores every expert for each row, {@code scores = x * w^T + bias}, and chooses by a rule. */
public final class Router implements Op {
  private final Workspace workspace;
  private final Activation x;
  private final PackedMatrix w;
  private final float[] bias;
  private final float[] correction;
  private final RoutingRule rule;
  private final Activation scores;
  private final ExpertChoice choice;
  private final Workers.Task chooseRows = this::chooseRows;

  /**
   * @param x {@code [rows][hidden]}
   * @param w {@code [experts][hidden]}
   * @param bias of the scores, {@code [experts]}, or null
   * @param correction of the choice alone, {@code [experts]}, or null
   * @param scores {@code [rows][experts]}
   * @param choice what the rule chooses
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Router(
      Workspace workspace,
      Activation x,
      PackedMatrix w,
      float[] bias,
      float[] correction,
      RoutingRule rule,
      Activation scores,
      ExpertChoice choice) {
    x.requireWidth("x", w.inputs());
    scores.requireWidth("scores", w.outputs());
    if (choice.experts() != w.outputs() || w.outputs() % rule.groups() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d scores for %d experts in %d groups",
              w.outputs(),
              choice.experts(),
              rule.groups()));
    }
    this.workspace = workspace;
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.correction = correction;
    this.rule = rule;
    this.scores = scores;
    this.choice = choice;
  }

  @Override
  public void run(StepRows step, Meter meter) {
    int rows = x.rows();
    scores.requireRows("scores", rows);
    workspace.matMul().run(x.tensor(), w, bias, false, scores.tensor());
    choice.begin(rows);
    workspace.runRows(rows, choice.perRow() * w.outputs(), chooseRows);
    choice.sort();
    long elements = scores.tensor().elements();
    long product = Math.multiplyExact(2L * w.inputs(), elements);
    boolean isBiased = bias != null || correction != null;
    long flops = product + (RoutingRule.FLOPS_PER_SCORE + (isBiased ? 1 : 0)) * elements;
    long weights = w.weightBytes() + (isBiased ? 4L * w.outputs() : 0);
    long activations = x.tensor().byteSize() + scores.tensor().byteSize();
    meter.end(flops, product, weights, 0, 0, activations);
  }

  private void chooseRows(int worker, int from, int to) {
    int experts = w.outputs();
    float[] scratch = workspace.rowScratch(worker, rule.scratch(experts));
    for (int row = from; row < to; row++) {
      MemorySegment.copy(
          scores.tensor().segment(), JAVA_FLOAT, 4L * row * experts, scratch, 0, experts);
      rule.choose(scratch, correction, choice, row);
    }
  }
}
