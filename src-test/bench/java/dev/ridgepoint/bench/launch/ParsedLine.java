package dev.ridgepoint.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.text.ShellCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command line as its programs read it: flag by flag of those that {@link Program} lists, with
 * values that they take. Anything else fails.
 *
 * @param values of the flags of all its programs; empty of a flag alone
 * @param words those that belong to no flag
 */
record ParsedLine(ShellCommand command, Map<String, String> values, List<String> words) {
  /**
   * @param programs in the order in which they start each other
   */
  static ParsedLine of(ShellCommand command, Program... programs) {
    assertEquals(command.arguments(), shellWords(command.line(), command.environment().size()));
    assertEquals(command.arguments(), shellWords(command.block(), command.environment().size()));
    Map<String, String> values = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    List<String> rest = new ArrayList<>(command.arguments());
    int next = 0;
    Program program = null;
    while (!rest.isEmpty()) {
      if (next < programs.length && startsWith(rest, programs[next].words())) {
        program = programs[next++];
        rest.subList(0, program.words().size()).clear();
        continue;
      }
      String word = rest.removeFirst();
      if (!word.startsWith("-")) {
        words.add(word);
        continue;
      }
      Flag flag = program.flag(word);
      String value = flag.kind() == Flag.Kind.SWITCH ? "" : rest.removeFirst();
      assertTrue(flag.accepts(value), () -> word + " " + value + " in " + command.line());
      assertFalse(values.containsKey(word), () -> word + " twice in " + command.line());
      values.put(word, value);
    }
    assertEquals(programs.length, next, command.line());
    return new ParsedLine(command, values, words);
  }

  boolean has(String flag) {
    return values.containsKey(flag);
  }

  String text(String flag) {
    assertTrue(has(flag), () -> flag + " is missing in " + command.line());
    return values.get(flag);
  }

  long number(String flag) {
    return Long.parseLong(text(flag));
  }

  /** As {@link #number}, or what it is without the flag. */
  long number(String flag, long otherwise) {
    return has(flag) ? number(flag) : otherwise;
  }

  private static boolean startsWith(List<String> line, List<String> start) {
    return line.size() >= start.size() && line.subList(0, start.size()).equals(start);
  }

  /** The words of a line as a POSIX shell splits it, without the variables before them. */
  private static List<String> shellWords(String text, int variables) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isQuoted = false;
    boolean isBegun = false;
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (sign == '\'') {
        isQuoted = !isQuoted;
        isBegun = true;
      } else if (isQuoted) {
        word.append(sign);
      } else if (sign == '\\' && text.charAt(i + 1) == '\n') {
        i++;
      } else if (sign == '\\') {
        word.append(text.charAt(++i));
        isBegun = true;
      } else if (Character.isWhitespace(sign)) {
        if (isBegun) {
          words.add(word.toString());
          word.setLength(0);
          isBegun = false;
        }
      } else {
        word.append(sign);
        isBegun = true;
      }
    }
    if (isBegun) {
      words.add(word.toString());
    }
    return words.subList(variables, words.size());
  }
}
