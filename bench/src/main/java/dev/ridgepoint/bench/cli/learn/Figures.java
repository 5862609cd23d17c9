package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.TextTables;
import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What pages name: numbers, words and tables, and the conditions under which a paragraph holds.
 * Nothing is computed before a page asks for it, and nothing twice.
 */
final class Figures {

  /**
   * A number, a word or a table.
   *
   * @param derivation how it comes about, where there is more to say than the page says
   */
  private record Figure(Supplier<String> text, Supplier<Optional<Derivation>> derivation) {}

  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final Map<String, Supplier<Boolean>> conditions = new LinkedHashMap<>();

  /** All that pages may name of a setting. */
  static Figures of(Setting setting) {
    Figures figures = new Figures();
    RoofFigures.addTo(figures, setting);
    StepFigures.addTo(figures, setting);
    CacheFigures.addTo(figures, setting);
    AttentionFigures.addTo(figures, setting);
    WeightFigures.addTo(figures, setting);
    ServingFigures.addTo(figures, setting);
    TrainingFigures.addTo(figures, setting);
    return figures;
  }

  /** A number or a word. */
  void put(String name, Format format, Supplier<?> value) {
    put(name, () -> format.brief(value.get()));
  }

  /** A number that the estimator derives. */
  void derive(String name, Format format, Supplier<Derivation> derivation) {
    Supplier<Derivation> once = new Once<>(derivation);
    put(name, new Figure(() -> format.brief(once.get().value()), () -> Optional.of(once.get())));
  }

  /** A table, which stands in a line of its own. */
  void table(String name, Supplier<Table> table) {
    put(name, () -> TextTables.render(table.get()).stripTrailing());
  }

  private void put(String name, Supplier<String> text) {
    put(name, new Figure(new Once<>(text), Optional::empty));
  }

  private void put(String name, Figure figure) {
    if (figures.put(name, figure) != null) {
      throw new IllegalArgumentException("two figures are named " + name);
    }
  }

  /** Whether paragraphs that say so are shown. */
  void when(String name, BooleanSupplier condition) {
    if (conditions.put(name, new Once<>(condition::getAsBoolean)) != null) {
      throw new IllegalArgumentException("two conditions are named " + name);
    }
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  String text(String name) {
    return figure(name).text().get();
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  Optional<Derivation> derivation(String name) {
    return figure(name).derivation().get();
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  boolean holds(String condition) {
    Supplier<Boolean> supplier = conditions.get(condition);
    if (supplier == null) {
      throw new IllegalArgumentException("no condition is named " + condition);
    }
    return supplier.get();
  }

  /** All names, of figures and of conditions. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(figures.keySet());
    names.addAll(conditions.keySet());
    return names;
  }

  private Figure figure(String name) {
    Figure figure = figures.get(name);
    if (figure == null) {
      throw new IllegalArgumentException("no figure is named " + name);
    }
    return figure;
  }
}
