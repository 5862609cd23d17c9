package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.RunFacts;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingFlops;
import dev.ridgepoint.estimator.training.TrainingMemory;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingRun;
import dev.ridgepoint.estimator.training.TrainingStates;
import dev.ridgepoint.estimator.training.TrainingStepFlops;
import dev.ridgepoint.estimator.training.UnknownActivationsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.DoubleFunction;

/** {@code --train}: memory, FLOPs, time and money of training. */
final class TrainingSection {
  private static final List<Column> ITEMS =
      List.of(
          new Column("group", "group", Format.TEXT),
          new Column("item", "item", Format.TEXT),
          new Column("bytes", "bytes", Format.BYTES),
          new Column("place", "on", Format.TEXT));

  /**
   * What is trained, and how.
   *
   * @param batch of one replica
   * @param limitBytes the memory of a device, if one is known
   * @param tokens of the whole run, if it is asked for
   * @param run the run of a number of FLOPs
   */
  record Task(
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      OptionalLong limitBytes,
      OptionalDouble tokens,
      DoubleFunction<TrainingRun> run) {}

  private final EstimatedModel estimated;
  private final Task task;
  private final List<Cell> facts = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Derivation> derivations = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private TrainingSection(EstimatedModel estimated, Task task) {
    this.estimated = estimated;
    this.task = task;
  }

  static Section of(EstimatedModel estimated, Task task) {
    TrainingSection section = new TrainingSection(estimated, task);
    section.addAll();
    return new Section("train", section.facts, section.tables, section.derivations, section.notes);
  }

  private void addAll() {
    TrainingStepFlops step =
        TrainingStepFlops.of(estimated.architecture(), 1, task.batch.sequenceLength());
    try {
      TrainingModel model = TrainingModel.of(estimated.model().name(), estimated.architecture());
      addMemory(model);
      addFlops(step);
      addHardwareFlops(model);
    } catch (UnknownActivationsException unknown) {
      notes.add(unknown.getMessage());
      addStates();
      addFlops(step);
    }
    if (task.tokens.isPresent()) {
      TrainingRun run = task.run.apply(step.perToken() * task.tokens.getAsDouble());
      facts.addAll(RunFacts.cells(run));
      derivations.addAll(RunFacts.derivations(run));
    }
  }

  private void addMemory(TrainingModel model) {
    TrainingMemory memory = TrainingMemory.peak(model, task.batch, task.layout, task.options);
    bytes("deviceBytes", "fullest device", memory.deviceBytes());
    bytes("hostBytes", "its share of the host", memory.hostBytes());
    for (Group group : Group.values()) {
      String name = group.name().toLowerCase(Locale.ROOT);
      bytes(name + "Bytes", "  " + name, memory.bytes(group));
    }
    derivations.add(memory.derivation());
    if (task.limitBytes.isPresent()) {
      long limit = task.limitBytes.getAsLong();
      bytes("limitBytes", "memory of a device", limit);
      facts.add(Cell.of("fits", "fits", Format.TEXT, memory.deviceBytes() <= limit ? "yes" : "no"));
      facts.add(
          Cell.of(
              "largestMicroBatch",
              "largest micro-batch",
              Format.COUNT,
              TrainingMemory.largestMicroBatch(
                  model, task.batch, task.layout, task.options, limit)));
    }
    List<List<Object>> rows = new ArrayList<>();
    memory
        .items()
        .forEach(
            item ->
                rows.add(
                    Table.row(
                        item.group().name().toLowerCase(Locale.ROOT),
                        item.name(),
                        item.bytes(),
                        item.isOnHost() ? "host" : "device")));
    tables.add(
        new Table(
            "items",
            String.format(
                Locale.ROOT,
                "%s, %d x %d tokens, stage %d",
                task.layout,
                task.batch.microBatch(),
                task.batch.sequenceLength(),
                memory.stage()),
            ITEMS,
            rows));
  }

  /** Of an architecture whose activations are not known. */
  private void addStates() {
    if (task.layout.devices() != task.layout.dataParallel()) {
      throw new InvalidInputException(
          estimated.model().name(),
          "%s: of this architecture only --dp is known".formatted(task.layout));
    }
    TrainingStates states =
        TrainingStates.of(estimated.architecture(), task.options, task.layout.dataParallel());
    bytes("stateBytes", "weights, gradients, optimizer of a device", states.totalBytes());
    derivations.add(states.derivation());
    List<List<Object>> rows = new ArrayList<>();
    states
        .states()
        .forEach(
            state ->
                rows.add(
                    Table.row(
                        state.kind().name().toLowerCase(Locale.ROOT),
                        state.name(),
                        states.bytes(state),
                        task.options.offload().moves(state.kind()) ? "host" : "device")));
    tables.add(new Table("items", "states alone", ITEMS, rows));
  }

  private void addFlops(TrainingStepFlops step) {
    facts.add(
        Cell.of(
            "modelFlopsPerSequence",
            "model FLOPs of a sequence of " + task.batch.sequenceLength(),
            Format.FLOPS,
            step.total()));
    facts.add(
        Cell.of("modelFlopsPerToken", "model FLOPs of a token", Format.FLOPS, step.perToken()));
    derivations.add(step.derivation());
  }

  private void addHardwareFlops(TrainingModel model) {
    TrainingFlops flops =
        TrainingFlops.perSequence(model, task.batch.sequenceLength(), TrainingFlops.Mask.CAUSAL);
    facts.add(
        Cell.of(
            "recomputedFlopsPerSequence",
            "computed a second time",
            Format.FLOPS,
            flops
                .hardwareFlops(task.options.checkpointing(), task.options.flashAttention())
                .subtract(flops.modelFlops())));
  }

  private void bytes(String key, String heading, long value) {
    facts.add(Cell.of(key, heading, Format.BYTES, value));
  }
}
