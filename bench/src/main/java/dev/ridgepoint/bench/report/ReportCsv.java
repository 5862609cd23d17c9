package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.CsvTables;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The points as CSV, for spreadsheets: a row for each, under the names that {@code report.json}
 * has, in base units, with every digit. Processor and model stand in every row, so that files of
 * several runs can be put together.
 */
public final class ReportCsv {

  private record Field(Column column, Function<Point, Object> value) {}

  private static final List<Field> FIELDS =
      List.of(
          field("number", Format.COUNT, Point::number),
          field("phase", Format.TEXT, point -> point.phase().label()),
          field("threads", Format.COUNT, Point::threads),
          field("batch", Format.COUNT, point -> point.measured().batch()),
          field("newTokens", Format.COUNT, point -> point.measured().newTokens()),
          field("context", Format.COUNT, point -> point.measured().context()),
          field("flops", Format.FLOPS, Point::flops),
          field("bytes", Format.BYTES, Point::bytes),
          field("weightBytes", Format.BYTES, Point::weightBytes),
          field("kvBytes", Format.BYTES, Point::kvBytes),
          field("intensity", Format.NUMBER, Point::intensity),
          field("seconds", Format.SECONDS, Point::seconds),
          field("secondsError", Format.SECONDS, p -> orNull(p.measured().secondsError())),
          field("samples", Format.COUNT, point -> point.measured().samples()),
          field("tokensPerSecond", Format.NUMBER, Point::tokensPerSecond),
          field("flopsPerSecond", Format.FLOPS_PER_SECOND, Point::flopsPerSecond),
          field("bytesPerSecond", Format.BYTES_PER_SECOND, Point::bytesPerSecond),
          field(
              "attainableFlopsPerSecond", Format.FLOPS_PER_SECOND, Point::attainableFlopsPerSecond),
          field("fractionOfRoof", Format.SHARE, Point::fractionOfRoof),
          field("boundBy", Format.TEXT, point -> Point.name(point.boundBy())),
          field(
              "readBytesPerSecond",
              Format.BYTES_PER_SECOND,
              point -> point.measured().readBytesPerSecond()),
          field(
              "predictedSecondsBound", Format.SECONDS, point -> point.prediction().boundSeconds()),
          field(
              "predictedSecondsCalibrated",
              Format.SECONDS,
              point -> orNull(point.prediction().calibratedSeconds())),
          field(
              "predictedSecondsLowest",
              Format.SECONDS,
              point -> orNull(point, PredictedTime::lowestSeconds)),
          field(
              "predictedSecondsHighest",
              Format.SECONDS,
              point -> orNull(point, PredictedTime::highestSeconds)));

  private ReportCsv() {}

  /** The text of {@code report.csv}. */
  public static String render(Report report) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("cpu", "", Format.TEXT));
    columns.add(new Column("model", "", Format.TEXT));
    columns.add(new Column("dtype", "", Format.TEXT));
    columns.add(new Column("kvDtype", "", Format.TEXT));
    FIELDS.forEach(field -> columns.add(field.column()));
    List<List<Object>> rows = new ArrayList<>();
    for (Point point : report.points()) {
      List<Object> row = new ArrayList<>();
      row.add(report.machine().cpu());
      row.add(report.run().modelName());
      row.add(report.model().dtype());
      row.add(report.model().kvDtype());
      FIELDS.forEach(field -> row.add(field.value().apply(point)));
      rows.add(row);
    }
    return CsvTables.render(new Table("points", "", columns, rows));
  }

  /** The text of {@code techniques.csv}: a row for each technique, with every digit. */
  public static String renderTechniques(Report report) {
    return CsvTables.render(TechniquesTable.full(report.techniques()));
  }

  private static Field field(String key, Format format, Function<Point, Object> value) {
    return new Field(new Column(key, key, format), value);
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
  }

  private static Double orNull(Point point, Function<PredictedTime, Double> value) {
    return point.prediction().calibrated().map(value).orElse(null);
  }
}
