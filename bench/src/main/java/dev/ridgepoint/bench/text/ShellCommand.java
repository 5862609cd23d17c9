package dev.ridgepoint.bench.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A command line that another program takes.
 *
 * @param program whose it is
 * @param place where it is to run
 * @param environment variables that it needs, by name
 * @param arguments its words, the program's file first
 */
public record ShellCommand(
    String program, String place, Map<String, String> environment, List<String> arguments) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final String INDENT = "  ";
  private static final String NEXT_LINE = " \\";

  public ShellCommand {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    arguments = List.copyOf(arguments);
  }

  /** The whole line, quoted for a POSIX shell. */
  public String line() {
    return String.join(" ", words());
  }

  /**
   * The line broken between its flags, so that a shell reads it as one; lines end with \n, and all
   * but the first are indented.
   */
  public String block() {
    int width = WrappedText.TERMINAL_WIDTH - NEXT_LINE.length() - INDENT.length();
    StringBuilder block = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (String group : groups()) {
      if (!line.isEmpty() && line.length() + 1 + group.length() > width) {
        block.append(line).append(NEXT_LINE).append('\n');
        line.setLength(0);
        line.append(INDENT);
      } else if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(group);
    }
    return block.append(line).append('\n').toString();
  }

  /** Flags with their values, which stay on one line. */
  private List<String> groups() {
    List<String> groups = new ArrayList<>();
    for (String word : words()) {
      boolean isValue = !groups.isEmpty() && !word.startsWith("-") && isFlag(groups.getLast());
      if (isValue) {
        groups.add(groups.removeLast() + " " + word);
      } else {
        groups.add(word);
      }
    }
    return groups;
  }

  private static boolean isFlag(String group) {
    return group.startsWith("-") && !group.contains(" ");
  }

  private List<String> words() {
    List<String> words = new ArrayList<>();
    environment.forEach((name, value) -> words.add(name + "=" + quoted(value)));
    arguments.forEach(argument -> words.add(quoted(argument)));
    return words;
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
