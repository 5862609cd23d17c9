package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The exercises of {@code LESSON.md}, a copy of which lies in the jar. There each is a heading
 * {@code ## N. Title}, paragraphs, a fenced block of commands, a paragraph that begins with {@code
 * **Question.**}, and one that begins with {@code **Then think.**}. A rule {@code ---} ends them.
 */
final class Lesson {
  private static final String FILE = "LESSON.md";
  private static final Pattern HEADING = Pattern.compile("## ([1-9][0-9]*)\\. (.+)");
  private static final String END = "\n---\n";
  private static final String FENCE = "```";
  private static final String QUESTION = "**Question.** ";
  private static final String THOUGHT = "**Then think.** ";

  private Lesson() {}

  /** All exercises, in order. */
  static List<Exercise> exercises() {
    try (InputStream in = Lesson.class.getResourceAsStream(FILE)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
  }

  /**
   * The exercise of a number.
   *
   * @throws InvalidInputException if there is none
   */
  static Exercise exercise(int number) {
    List<Exercise> all = exercises();
    if (number < 1 || number > all.size()) {
      throw new InvalidInputException(
          "N", String.format(Locale.ROOT, "must lie in 1..%d, but is %d", all.size(), number));
    }
    return all.get(number - 1);
  }

  /**
   * The exercises of a file.
   *
   * @throws IllegalArgumentException if one is out of order, or lacks a part
   */
  static List<Exercise> parse(String markdown) {
    List<Exercise> exercises = new ArrayList<>();
    String[] sections = markdown.split(END)[0].split("(?m)^(?=## )");
    for (String section : Arrays.copyOfRange(sections, 1, sections.length)) {
      Exercise exercise = exercise(section.strip());
      if (exercise.number() != exercises.size() + 1) {
        throw new IllegalArgumentException("exercise " + exercise.number() + " is out of order");
      }
      exercises.add(exercise);
    }
    return List.copyOf(exercises);
  }

  private static Exercise exercise(String section) {
    List<String> blocks = Arrays.asList(section.split("\n{2,}"));
    Matcher heading = HEADING.matcher(blocks.getFirst());
    if (!heading.matches()) {
      throw new IllegalArgumentException("no heading of an exercise: " + blocks.getFirst());
    }
    List<String> text = new ArrayList<>();
    List<String> commands = List.of();
    String question = "";
    String thought = "";
    for (String block : blocks.subList(1, blocks.size())) {
      if (block.startsWith(FENCE)) {
        commands = block.lines().filter(line -> !line.startsWith(FENCE)).toList();
      } else if (block.startsWith(QUESTION)) {
        question = block.substring(QUESTION.length());
      } else if (block.startsWith(THOUGHT)) {
        thought = block.substring(THOUGHT.length());
      } else {
        text.add(block);
      }
    }
    int number = Integer.parseInt(heading.group(1));
    if (text.isEmpty() || commands.isEmpty() || question.isEmpty() || thought.isEmpty()) {
      throw new IllegalArgumentException("exercise " + number + " lacks a part");
    }
    return new Exercise(number, heading.group(2), text, commands, question, thought);
  }
}
