package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command line that was executed. */
public record CommandRun(int exitCode, String out, String err) {
  /** It belongs to what runs the tests. */
  private static final InputStream OF_TESTS = System.in;

  public static CommandRun of(String... arguments) {
    return observed(line -> {}, arguments);
  }

  /**
   * A command that is watched while it runs.
   *
   * @param onMessage is given each line that it prints to the standard error, once it has
   */
  public static CommandRun observed(Consumer<String> onMessage, String... arguments) {
    if (!System.in.equals(OF_TESTS)) {
      return execute(onMessage, arguments);
    }
    try {
      System.setIn(InputStream.nullInputStream());
      return execute(onMessage, arguments);
    } finally {
      System.setIn(OF_TESTS);
    }
  }

  /** What is piped in. */
  public static CommandRun piped(String input, String... arguments) {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      return execute(line -> {}, arguments);
    } finally {
      System.setIn(before);
    }
  }

  private static CommandRun execute(Consumer<String> onMessage, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    PrintWriter observedErr =
        new PrintWriter(err, true) {
          @Override
          public void println(String line) {
            super.println(line);
            onMessage.accept(line);
          }
        };
    CommandLine commandLine =
        Ridge.commandLine(arguments).setOut(new PrintWriter(out)).setErr(observedErr);
    int exitCode = commandLine.execute(arguments);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** Arguments separated by single spaces. */
  public static CommandRun ofLine(String line) {
    return of(line.isEmpty() ? new String[0] : line.split(" "));
  }

  /** What was printed, of a run that must have succeeded. */
  public String text() {
    assertEquals(0, exitCode, err);
    assertEquals("", err);
    return out;
  }

  public JsonNode json() {
    return JsonMapper.shared().readTree(text());
  }

  /** The rows of CSV by their headings. */
  public List<Map<String, String>> csv() {
    List<String> lines = text().lines().toList();
    List<String> headings = fields(lines.getFirst());
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> values = fields(line);
      assertEquals(headings.size(), values.size(), line);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < values.size(); i++) {
        row.put(headings.get(i), values.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  public void assertBadInput() {
    assertEquals(2, exitCode, err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.startsWith("ridge: "), err);
    assertEquals("", out);
  }

  /** As {@link #assertBadInput()}, naming what is wrong. */
  public void assertBadInput(String expected) {
    assertBadInput();
    assertTrue(err.contains(expected), err);
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          isQuoted = !isQuoted;
        }
      } else if (c == ',' && !isQuoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
