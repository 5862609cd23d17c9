package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.text.WrappedText;
import dev.ridgepoint.estimator.explain.Derivation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of {@code ridge explain}, as its file has it: a line {@code title: ...}, a line {@code
 * also: ...} with other names, a line {@code about: ...} with its {@link Subject}, and paragraphs
 * between empty lines. {@code {name}} stands for a figure. A paragraph whose first line is {@code
 * [if name]} or {@code [unless name]} is shown only then. Lines that are indented stay as they are;
 * the others are filled.
 *
 * @param name what the reader asks for
 * @param title its first line
 * @param aliases other names that are understood
 * @param subject what a model must be or have
 * @param paragraphs in their order
 */
record Page(
    String name, String title, List<String> aliases, Subject subject, List<Paragraph> paragraphs) {
  /** Columns of the terminal that pages are made for. */
  static final int WIDTH = 80;

  private static final String COMMAND = "  ridge ";

  /** Between a command and what it is for. */
  private static final String REMARK = "    ";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z]+)}");
  private static final Pattern CONDITION = Pattern.compile("\\[(if|unless) ([A-Za-z]+)]");
  private static final String TITLE = "title: ";
  private static final String ALSO = "also: ";
  private static final String ABOUT = "about: ";

  /**
   * A paragraph.
   *
   * @param condition under which it is shown; empty for always
   * @param isExpected what the condition must be
   * @param lines with placeholders
   */
  record Paragraph(String condition, boolean isExpected, List<String> lines) {
    private boolean isShown(Figures figures) {
      return condition.isEmpty() || figures.holds(condition) == isExpected;
    }
  }

  /**
   * The page of a file.
   *
   * @throws IllegalArgumentException if title, other names or subject are missing
   */
  static Page parse(String name, String text) {
    List<String> blocks = Arrays.asList(text.strip().split("\n{2,}"));
    List<String> head = blocks.getFirst().lines().toList();
    if (head.size() != 3
        || !head.get(0).startsWith(TITLE)
        || !head.get(1).startsWith(ALSO)
        || !head.get(2).startsWith(ABOUT)) {
      throw new IllegalArgumentException(
          name + " must begin with 'title: ', 'also: ' and 'about: '");
    }
    return new Page(
        name,
        head.get(0).substring(TITLE.length()),
        List.of(head.get(1).substring(ALSO.length()).split(", ")),
        Subject.valueOf(head.get(2).substring(ABOUT.length()).toUpperCase(Locale.ROOT)),
        blocks.subList(1, blocks.size()).stream().map(Page::paragraph).toList());
  }

  private static Paragraph paragraph(String block) {
    List<String> lines = block.lines().toList();
    Matcher condition = CONDITION.matcher(lines.getFirst());
    return condition.matches()
        ? new Paragraph(
            condition.group(2), condition.group(1).equals("if"), lines.subList(1, lines.size()))
        : new Paragraph("", true, lines);
  }

  /** The paragraphs that hold, in at most {@link #WIDTH} columns. */
  String render(Figures figures) {
    List<String> blocks = new ArrayList<>();
    for (Paragraph paragraph : paragraphs) {
      if (paragraph.isShown(figures)) {
        blocks.add(String.join("\n", filled(paragraph, figures)));
      }
    }
    return String.join("\n\n", blocks) + "\n";
  }

  private static List<String> filled(Paragraph paragraph, Figures figures) {
    List<String> lines = new ArrayList<>();
    StringBuilder prose = new StringBuilder();
    for (String line : paragraph.lines) {
      String text =
          PLACEHOLDER
              .matcher(line)
              .replaceAll(match -> Matcher.quoteReplacement(figures.text(match.group(1))));
      boolean isKept = line.startsWith(" ") || isFigureAlone(line);
      if (isKept) {
        flush(prose, lines);
        text.lines().flatMap(Page::fitted).forEach(lines::add);
      } else {
        prose.append(text).append(' ');
      }
    }
    flush(prose, lines);
    return lines;
  }

  /** A command with its remark behind it, which stands below where the model's name is long. */
  private static Stream<String> fitted(String line) {
    int remark = line.indexOf(REMARK);
    return line.length() <= WIDTH || !line.startsWith(COMMAND) || remark < 0
        ? Stream.of(line)
        : Stream.of(line.substring(0, remark), REMARK + line.substring(remark).strip());
  }

  /** Such as a table. */
  private static boolean isFigureAlone(String line) {
    return PLACEHOLDER.matcher(line).matches();
  }

  private static void flush(StringBuilder prose, List<String> lines) {
    if (!prose.isEmpty()) {
      lines.addAll(WrappedText.lines(prose.toString(), WIDTH));
      prose.setLength(0);
    }
  }

  /** How the figures of the paragraphs that hold come about. */
  List<Derivation> derivations(Figures figures) {
    return paragraphs.stream()
        .filter(paragraph -> paragraph.isShown(figures))
        .flatMap(paragraph -> placeholders(paragraph).stream())
        .distinct()
        .flatMap(name -> figures.derivation(name).stream())
        .distinct()
        .toList();
  }

  /** All figures and conditions that it names. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Paragraph paragraph : paragraphs) {
      names.addAll(placeholders(paragraph));
      if (!paragraph.condition.isEmpty()) {
        names.add(paragraph.condition);
      }
    }
    return names;
  }

  private static List<String> placeholders(Paragraph paragraph) {
    return paragraph.lines.stream()
        .flatMap(line -> PLACEHOLDER.matcher(line).results().map((MatchResult m) -> m.group(1)))
        .toList();
  }
}
