package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.text.ShellCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command line as it is put together: only with flags that its {@link Program} knows. */
final class Line {
  private final Program first;
  private final List<String> words;
  private Program program;

  Line(Program program) {
    first = program;
    this.program = program;
    words = new ArrayList<>(program.words());
  }

  /** A word that belongs to no flag. */
  Line word(String word) {
    words.add(word);
    return this;
  }

  /** A flag without a value. */
  Line flag(String name) {
    return add(name, "");
  }

  /** A flag with its value. */
  Line flag(String name, Object value) {
    return add(name, value.toString());
  }

  /** A flag without a value, if {@code isMeant}. */
  Line flagIf(boolean isMeant, String name) {
    return isMeant ? flag(name) : this;
  }

  /** A flag with its value, if {@code isMeant}. */
  Line flagIf(boolean isMeant, String name, Object value) {
    return isMeant ? flag(name, value) : this;
  }

  /** Goes on with a program that the one before starts. */
  Line starting(Program next) {
    program = next;
    words.addAll(next.words());
    return this;
  }

  /** The line. */
  ShellCommand command(String place, Map<String, String> environment) {
    String label = first == program ? first.label() : program.label() + " by " + first.label();
    return new ShellCommand(label, place, environment, words);
  }

  ShellCommand command(String place) {
    return command(place, Map.of());
  }

  private Line add(String name, String value) {
    if (!program.flag(name).accepts(value)) {
      throw new IllegalArgumentException(
          "%s does not take \"%s\" for %s".formatted(program.label(), value, name));
    }
    words.add(name);
    if (!value.isEmpty()) {
      words.add(value);
    }
    return this;
  }
}
