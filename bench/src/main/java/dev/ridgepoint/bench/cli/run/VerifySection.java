package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.cli.options.MeasuredPeak;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a model did beside what was predicted.
 *
 * @param inFiles parameters that the files hold, if the weights are not drawn
 * @param step of the forward pass
 * @param training empty if the model was not trained
 * @param remarks what else to say
 */
record VerifySection(
    RunningModel.Setup setup,
    Optional<Long> inFiles,
    Step step,
    ForwardCheck forward,
    Optional<TrainingCheck> training,
    List<String> remarks) {
  /** By which allocated memory may differ from the prediction. */
  private static final double MEMORY_TOLERANCE = 0.05;

  private static final String YES = "yes";
  private static final String NO = "no";

  private static final List<Column> COUNTS = columns("count", Format.COUNT, "as predicted");
  private static final List<Column> LOSSES =
      columns("loss, nats per drawn token", Format.NUMBER, "finite");
  private static final List<Column> BYTES = columns("memory", Format.BYTES, "as predicted");
  private static final List<Column> TIMES =
      List.of(
          new Column("what", "time", Format.TEXT),
          new Column("atLeast", "at least", Format.SECONDS),
          new Column("predicted", "predicted", Format.SECONDS),
          new Column("found", "found", Format.SECONDS));

  private static List<Column> columns(String heading, Format format, String holds) {
    return List.of(
        new Column("what", heading, Format.TEXT),
        new Column("predicted", "predicted", format),
        new Column("found", "found", format),
        new Column("holds", holds, Format.TEXT));
  }

  /** All of it. */
  Section section() {
    List<Cell> facts =
        List.of(
            Cell.of("model", "model", Format.TEXT, setup.name()),
            Cell.of("format", "matrices", Format.TEXT, setup.types().name()),
            Cell.of("threads", "threads", Format.COUNT, setup.threads()),
            Cell.of("holds", "all as predicted", Format.TEXT, holds() ? YES : NO));
    return new Section(
        "verify",
        facts,
        List.of(
            new Table("counts", "", COUNTS, counts()),
            new Table("losses", "", LOSSES, losses()),
            new Table("memory", "", BYTES, memory()),
            new Table("times", "", TIMES, times())),
        List.of(),
        notes());
  }

  /** Whether every count and every loss is as it should be. */
  boolean holds() {
    List<List<Object>> all = new ArrayList<>(counts());
    all.addAll(losses());
    all.addAll(memory());
    return all.stream().noneMatch(row -> NO.equals(row.getLast()));
  }

  private List<List<Object>> counts() {
    Architecture architecture = setup.architecture();
    long predicted = ParameterCount.of(architecture).total();
    List<List<Object>> rows = new ArrayList<>();
    rows.add(count("parameters", predicted, loadedParameters(architecture)));
    // Files may hold more than is read, such as tables of RoPE or a copy of the embedding.
    inFiles.ifPresent(
        found -> rows.add(Table.row("parameters in the files", predicted, found, null)));
    long wanted = step.totalLogits();
    rows.add(count("rows of logits", wanted, forward.rows()));
    rows.add(count("columns of logits", architecture.embedding().vocabSize(), forward.columns()));
    rows.add(count("logits that are not finite", 0, forward.notFinite()));
    Cost cost = ModelCosts.of(setup).of(List.of(step)).cost();
    rows.add(count("FLOPs of the forward pass", cost.flops(), forward.cost().flops()));
    // Which experts a router chooses decides how many weights are read.
    boolean isCertain =
        architecture.decoder().orElseThrow().layers().stream()
            .allMatch(layer -> layer.feedForward() instanceof DenseFeedForward);
    rows.add(
        isCertain
            ? count("bytes of the forward pass", cost.bytes(), forward.cost().bytes())
            : Table.row("bytes of the forward pass", cost.bytes(), forward.cost().bytes(), null));
    training.ifPresent(
        each -> {
          rows.add(count("trained parameters", predicted, each.parameters()));
          rows.add(count("FLOPs of a step", each.predicted().flops(), each.metered().flops()));
          rows.add(count("bytes of a step", each.predicted().bytes(), each.metered().bytes()));
        });
    return rows;
  }

  private static List<Object> count(String what, long predicted, long found) {
    return Table.row(what, predicted, found, yes(predicted == found));
  }

  private static String yes(boolean holds) {
    return holds ? YES : NO;
  }

  private static long loadedParameters(Architecture architecture) {
    return CheckpointLayout.of(architecture)
        .tensors()
        .mapToLong(tensor -> tensor.shape().stream().reduce(1L, Math::multiplyExact))
        .sum();
  }

  /** Of random tokens: a model that knows nothing foretells each with the logarithm of all. */
  private List<List<Object>> losses() {
    Double ofNothing =
        inFiles.isEmpty() ? Math.log(setup.architecture().embedding().vocabSize()) : null;
    List<List<Object>> rows = new ArrayList<>();
    rows.add(loss("of the forward pass", ofNothing, forward.loss()));
    training.ifPresent(
        each -> {
          rows.add(loss("of the first step", ofNothing, each.firstLoss()));
          rows.add(loss("after the last update", null, each.lastLoss()));
        });
    return rows;
  }

  private static List<Object> loss(String what, Double predicted, double found) {
    return Table.row(what, predicted, found, yes(Double.isFinite(found)));
  }

  private List<List<Object>> memory() {
    List<List<Object>> rows = new ArrayList<>();
    long forwardBytes = setup.memory().totalBytes();
    rows.add(Table.row("weights, KV cache, activations", forwardBytes, null, null));
    training.ifPresent(
        each -> {
          double ratio = (double) each.allocatedBytes() / each.predictedBytes();
          rows.add(
              Table.row(
                  "training",
                  each.predictedBytes(),
                  each.allocatedBytes(),
                  yes(Math.abs(ratio - 1) <= MEMORY_TOLERANCE)));
        });
    long most = Math.max(forwardBytes, training.map(TrainingCheck::predictedBytes).orElse(0L));
    rows.add(
        Table.row(
            "the process at most, with the JVM",
            most,
            Host.peakResidentBytes().orElse(null),
            null));
    return rows;
  }

  private List<List<Object>> times() {
    StepCosts costs = ModelCosts.of(setup).of(List.of(step));
    List<List<Object>> rows = new ArrayList<>();
    rows.add(
        Table.row(
            "forward pass",
            costs.boundSeconds().orElse(null),
            costs.predictedSeconds().orElse(null),
            forward.seconds()));
    training.ifPresent(
        each -> {
          OptionalDouble peak = MeasuredPeak.flopsPerSecond(setup.threads());
          Double atLeast = peak.isPresent() ? each.predicted().flops() / peak.getAsDouble() : null;
          rows.add(Table.row("training step", atLeast, null, each.seconds()));
        });
    return rows;
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>(remarks);
    ModelCosts.of(setup).lacking(step).ifPresent(notes::add);
    return notes;
  }
}
