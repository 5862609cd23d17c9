package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.StepForecast.Speedup;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.compression.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each method should bring in this engine, before any is tried.
 *
 * @param architecture the model's sizes
 * @param student those of what it is distilled into, if it can be
 * @param stored what its matrices are stored as
 * @param wish what was asked for of the method
 * @param threads that run steps
 * @param prompt tokens of a prefill, after which one is decoded
 */
record CompressionForecast(
    Architecture architecture,
    Optional<NamedModel> student,
    MatrixTypes stored,
    CompressionPlan.Wish wish,
    int threads,
    int prompt) {

  private static final List<Column> COLUMNS =
      List.of(
          new Column("method", "expected of", Format.TEXT),
          new Column("format", "matrices", Format.TEXT),
          new Column("weightBytes", "weights", Format.BYTES),
          new Column("folderBytes", "in a folder", Format.BYTES),
          new Column("decodeSpeedup", "decode", Format.TIMES),
          new Column("prefillSpeedup", "prefill", Format.TIMES),
          new Column("basis", "by", Format.TEXT));

  /** What is known beforehand. */
  static final List<String> NOTES =
      List.of(
          "Fewer bits shorten decode, which reads all weights for every token; prefill computes as"
              + " much as before. The engine's blocks hold a scale for every 32 inputs: larger"
              + " groups take fewer bytes in a folder alone.",
          "A student also computes less: distilling shortens prefill, too, but has to be trained.",
          "The engine stores and multiplies zeros as other weights: prune and nm24 bring neither"
              + " size nor speed here. 2:4 pays where a device has units for it.",
          "Expected by this machine's kernels if 'ridge report' timed them in the model's formats,"
              + " else by its roofline if 'ridge machine' measured it, else by the bytes that"
              + " decode reads, as if memory alone took time. A model that fits into a cache gains"
              + " less.");

  /**
   * All of it.
   *
   * @param facts what else is known
   */
  Section section(List<Cell> facts) {
    return new Section("expected", facts, List.of(table()), List.of(), NOTES);
  }

  /** Every method in a row. */
  Table table() {
    List<List<Object>> rows = new ArrayList<>();
    for (Method method : Method.values()) {
      if (method != Method.DISTIL || student.isPresent()) {
        rows.add(row(CompressionPlan.of(method, wish, stored, false)));
      }
    }
    return new Table("expected", "", COLUMNS, rows);
  }

  private List<Object> row(CompressionPlan plan) {
    Architecture sizes = sizes(plan);
    MatrixTypes after = formatAfter(plan);
    Optional<Speedup> decode = speedup(plan, decode());
    return Table.row(
        plan.method() == Method.DISTIL
            ? "%s into %s".formatted(plan.method().label(), student.orElseThrow().name())
            : plan.method().label(),
        after.name(),
        bytesAfter(plan),
        plan.packing().map(packing -> packing.formats().storedBytes(sizes)).orElse(null),
        decode.map(Speedup::ratio).orElse(null),
        speedup(plan, prefill()).map(Speedup::ratio).orElse(null),
        decode.map(Speedup::basis).orElse(null));
  }

  /** Of what comes out: the model's own, but of a student. */
  private Architecture sizes(CompressionPlan plan) {
    return plan.method() == Method.DISTIL ? student.orElseThrow().architecture() : architecture;
  }

  /** Bytes of the model's weights. */
  long bytesBefore() {
    return stored.formats().storedBytes(architecture);
  }

  /** Bytes of the weights that come out. */
  long bytesAfter(CompressionPlan plan) {
    return formatAfter(plan).formats().storedBytes(sizes(plan));
  }

  /** What the matrices are stored as that come out. */
  MatrixTypes formatAfter(CompressionPlan plan) {
    return plan.types(sizes(plan));
  }

  /** Of the prompt. */
  Step prefill() {
    return Step.prefill(prompt);
  }

  /** Of a token after it. */
  Step decode() {
    return Step.decode(1, prompt);
  }

  /** A step of the model as it is. */
  StepForecast before(Step step) {
    return StepForecast.of(architecture, stored, threads, step);
  }

  /** A step of what comes out. */
  StepForecast after(CompressionPlan plan, Step step) {
    return StepForecast.of(sizes(plan), formatAfter(plan), threads, step);
  }

  private Optional<Speedup> speedup(CompressionPlan plan, Step step) {
    return after(plan, step).speedup(before(step));
  }
}
