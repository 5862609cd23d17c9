package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.StepForecast.Speedup;
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
 * @param stored what its matrices are stored as
 * @param wish what was asked for of the method
 * @param threads that run steps
 * @param prompt tokens of a prefill, after which one is decoded
 */
record CompressionForecast(
    Architecture architecture,
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
          "The engine stores and multiplies zeros as other weights: prune and nm24 bring neither"
              + " size nor speed here. 2:4 pays where a device has units for it.",
          "Expected by this machine's kernels if 'ridge report' timed them in the model's formats,"
              + " else by its roofline if 'ridge machine' measured it, else by the bytes that"
              + " decode reads, as if memory alone took time. A model that fits into a cache gains"
              + " less.");

  /** All of it. */
  Section section() {
    return new Section("expected", List.of(), List.of(table()), List.of(), NOTES);
  }

  /** Every method in a row. */
  Table table() {
    List<List<Object>> rows = new ArrayList<>();
    for (Method method : Method.values()) {
      CompressionPlan plan = CompressionPlan.of(method, wish, stored, false);
      MatrixTypes after = plan.types(architecture);
      Optional<Speedup> decode = speedup(after, decode());
      rows.add(
          Table.row(
              method.label(),
              after.name(),
              after.formats().storedBytes(architecture),
              plan.packing()
                  .map(packing -> packing.formats().storedBytes(architecture))
                  .orElse(null),
              decode.map(Speedup::ratio).orElse(null),
              speedup(after, prefill()).map(Speedup::ratio).orElse(null),
              decode.map(Speedup::basis).orElse(null)));
    }
    return new Table("expected", "", COLUMNS, rows);
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
    return of(stored, step);
  }

  /** A step of the model if its matrices are stored so. */
  StepForecast of(MatrixTypes types, Step step) {
    return StepForecast.of(architecture, types, threads, step);
  }

  private Optional<Speedup> speedup(MatrixTypes after, Step step) {
    return of(after, step).speedup(before(step));
  }
}
