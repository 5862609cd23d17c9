package dev.ridgepoint.bench.report;

import java.util.OptionalInt;

/**
 * What a reader must know before believing a number.
 *
 * @param subject what it is about
 * @param point number of the point that it is about; empty if it is about another subject
 * @param text a sentence or two; of a point's a predicate, since the point's name goes before it
 */
public record Warning(Subject subject, OptionalInt point, String text) {

  /** What a warning is about. */
  public enum Subject {
    /** One step's measurement or prediction. */
    POINT,
    /** The roofs. */
    MACHINE,
    /** All of the measuring. */
    RUN
  }

  public Warning {
    if (point.isPresent() != (subject == Subject.POINT)) {
      throw new IllegalArgumentException("a warning has a point if it is about one: " + text);
    }
  }

  static Warning ofPoint(int number, String text) {
    return new Warning(Subject.POINT, OptionalInt.of(number), text);
  }

  /** About the roofs. */
  public static Warning ofMachine(String text) {
    return new Warning(Subject.MACHINE, OptionalInt.empty(), text);
  }

  /** About all of the measuring. */
  public static Warning ofRun(String text) {
    return new Warning(Subject.RUN, OptionalInt.empty(), text);
  }
}
