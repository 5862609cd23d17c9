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
 * Nothing is computed before a page asks for it.
 */
final class Figures {

  private interface Figure {
    String text();

    /** How it comes about, where there is more to say than the page says. */
    default Optional<Derivation> derivation() {
      return Optional.empty();
    }
  }

  private record Derived(Format format, Supplier<Derivation> source) implements Figure {
    @Override
    public String text() {
      return format.brief(source.get().value());
    }

    @Override
    public Optional<Derivation> derivation() {
      return Optional.of(source.get());
    }
  }

  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final Map<String, BooleanSupplier> conditions = new LinkedHashMap<>();

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
    putOnce(name, () -> format.brief(value.get()));
  }

  /** A number that the estimator derives. */
  void derive(String name, Format format, Supplier<Derivation> derivation) {
    putOnce(name, new Derived(format, derivation));
  }

  /** A table, which stands in a line of its own. */
  void table(String name, Supplier<Table> table) {
    putOnce(name, () -> TextTables.render(table.get()).stripTrailing());
  }

  private void putOnce(String name, Figure figure) {
    if (figures.put(name, figure) != null) {
      throw new IllegalArgumentException("two figures are named " + name);
    }
  }

  /** Whether paragraphs that say so are shown. */
  void when(String name, BooleanSupplier condition) {
    if (conditions.put(name, condition) != null) {
      throw new IllegalArgumentException("two conditions are named " + name);
    }
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  String text(String name) {
    return figure(name).text();
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  Optional<Derivation> derivation(String name) {
    return figure(name).derivation();
  }

  /**
   * @throws IllegalArgumentException if there is none of the name
   */
  boolean holds(String condition) {
    BooleanSupplier supplier = conditions.get(condition);
    if (supplier == null) {
      throw new IllegalArgumentException("no condition is named " + condition);
    }
    return supplier.getAsBoolean();
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
