package dev.ridgepoint.bench.launch;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A flag of a program, and what may follow it.
 *
 * @param name with its dashes
 * @param kind what its value is
 * @param choices the values that there are, of {@link Kind#CHOICE}
 */
public record Flag(String name, Kind kind, List<String> choices) {
  /** What a value is. */
  public enum Kind {
    /** There is none: the flag alone says it. */
    SWITCH(""),
    /** A positive integer. */
    COUNT("[1-9][0-9]{0,17}"),
    /** An integer that may be 0. */
    COUNT_OR_ZERO("0|[1-9][0-9]{0,17}"),
    /** A number above 0 and at most 1. */
    SHARE("0\\.[0-9]*[1-9][0-9]*|1(\\.0*)?"),
    /** A number as Python and C read it. */
    NUMBER("[0-9]+(\\.[0-9]+)?([eE]-?[0-9]+)?"),
    /** Positive integers, separated by commas. */
    COUNTS("[1-9][0-9]*(,[1-9][0-9]*)*"),
    /** Integers, separated by commas. */
    PARTS("[0-9]+(,[0-9]+)*"),
    /** A host and a port, or several, separated by commas. */
    ENDPOINTS("[\\w.-]+:[0-9]{1,5}(,[\\w.-]+:[0-9]{1,5})*"),
    /** One of the choices. */
    CHOICE(""),
    /** Anything: a path, a name. */
    TEXT(".+");

    private final Pattern pattern;

    Kind(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }
  }

  public Flag {
    choices = List.copyOf(choices);
  }

  static Flag of(String name, Kind kind) {
    return new Flag(name, kind, List.of());
  }

  static Flag of(String name, String... choices) {
    return new Flag(name, Kind.CHOICE, List.of(choices));
  }

  /** Whether the program takes this value of it. */
  public boolean accepts(String value) {
    return kind == Kind.CHOICE ? choices.contains(value) : kind.pattern.matcher(value).matches();
  }
}
