package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.Technique.Work;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The techniques as tables: all that is known of them for programs, what one looks at for people.
 */
public final class TechniquesTable {
  private static final String KEY = "techniques";

  private record Field(Column column, Function<Technique, Object> value) {}

  private static final Field NAME = field("name", "technique", Format.TEXT, Technique::name);
  private static final Field PREDICTED =
      field("predicted", "predicted", Format.TIMES, Technique::predicted);
  private static final Field MEASURED =
      field("measured", "measured", Format.TIMES, Technique::measured);
  private static final Field TURNS = field("turns", "turns", Format.COUNT, Technique::turns);
  private static final Field USUAL_SECONDS =
      field("usualSeconds", "usual", Format.SECONDS, each -> each.usual().seconds());
  private static final Field SECONDS =
      field("seconds", "technique", Format.SECONDS, each -> each.technique().seconds());

  private static final List<Field> BRIEF =
      List.of(
          NAME,
          PREDICTED,
          MEASURED,
          field("relativeError", "+-", Format.SHARE, each -> relativeError(each)),
          USUAL_SECONDS,
          SECONDS,
          TURNS);

  private static final List<Field> ALL =
      List.of(
          NAME,
          field("compared", "compared", Format.TEXT, Technique::compared),
          PREDICTED,
          MEASURED,
          field("error", "error", Format.NUMBER, each -> orNull(each.error())),
          TURNS,
          work("usualSteps", Format.COUNT, Technique::usual, Work::steps),
          work("usualTokens", Format.COUNT, Technique::usual, Work::tokens),
          work("usualFlops", Format.FLOPS, Technique::usual, Work::flops),
          work("usualBytes", Format.BYTES, Technique::usual, Work::bytes),
          USUAL_SECONDS,
          work("steps", Format.COUNT, Technique::technique, Work::steps),
          work("tokens", Format.COUNT, Technique::technique, Work::tokens),
          work("flops", Format.FLOPS, Technique::technique, Work::flops),
          work("bytes", Format.BYTES, Technique::technique, Work::bytes),
          SECONDS,
          field("verdict", "verdict", Format.TEXT, Technique::verdict),
          field("explanation", "explanation", Format.TEXT, Technique::explanation),
          field("formula", "formula", Format.TEXT, Technique::formula),
          field("source", "source", Format.TEXT, Technique::source));

  private TechniquesTable() {}

  /** For people: how many times as fast, predicted and measured. */
  static Table brief(List<Technique> techniques) {
    return table(techniques, BRIEF);
  }

  /** For programs: every field, in base units. */
  public static Table full(List<Technique> techniques) {
    return table(techniques, ALL);
  }

  private static Table table(List<Technique> techniques, List<Field> fields) {
    return new Table(
        KEY,
        "",
        fields.stream().map(Field::column).toList(),
        techniques.stream()
            .map(
                technique ->
                    Table.row(fields.stream().map(field -> field.value.apply(technique)).toArray()))
            .toList());
  }

  private static Field field(
      String key, String heading, Format format, Function<Technique, Object> value) {
    return new Field(new Column(key, heading, format), value);
  }

  private static Field work(
      String key, Format format, Function<Technique, Work> work, Function<Work, Object> value) {
    return field(key, key, format, work.andThen(value));
  }

  private static Double relativeError(Technique technique) {
    return technique.error().isPresent()
        ? technique.error().getAsDouble() / technique.measured()
        : null;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
