package dev.ridgepoint.bench.cli.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.estimator.explain.Derivation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LessonTest {
  private static final List<Format> SHOWN =
      List.of(
          Format.COUNT,
          Format.NUMBER,
          Format.BYTES,
          Format.FLOPS,
          Format.SECONDS,
          Format.SHARE,
          Format.TIMES);

  @TempDir private Path folder;

  static Stream<Integer> numbers() {
    return IntStream.rangeClosed(1, Lesson.exercises().size()).boxed();
  }

  @Test
  void everyExerciseHasAnAnswer() throws IOException {
    List<Exercise> exercises = Lesson.exercises();
    assertTrue(exercises.size() >= 20, "exercises: " + exercises.size());
    assertEquals(exercises.size(), Answers.count());
    assertEquals(exercises, Lesson.parse(Files.readString(Path.of("../LESSON.md"))));
    for (Exercise exercise : exercises) {
      long lines = exercise.text().stream().mapToLong(text -> text.lines().count()).sum();
      assertTrue(lines >= 2 && lines <= 8, exercise.number() + ": lines of text: " + lines);
      exercise.commands().forEach(command -> assertTrue(command.startsWith("ridge "), command));
    }
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void theLastCommandShowsTheAnswer(int number) throws IOException {
    Exercise exercise = Lesson.exercise(number);
    Answer answer = Answers.of(number);
    List<String> arguments = arguments(exercise.commands().getLast());
    if (answer.needsMachine()) {
      arguments.addAll(List.of("--device", machineFile().toString()));
    }
    String shown = CommandRun.of(arguments.toArray(String[]::new)).text();
    Derivation derivation = derivation(answer);
    List<String> texts = SHOWN.stream().map(format -> format.brief(derivation.value())).toList();
    assertTrue(
        texts.stream().anyMatch(text -> isIn(shown, text)),
        "exercise " + number + ": none of " + texts + " in\n" + shown);
  }

  private static boolean isIn(String shown, String text) {
    String whole = "(?<![0-9.,])" + Pattern.quote(text) + "(?![0-9.,]*[0-9])";
    return Pattern.compile(whole).matcher(shown).find();
  }

  /** Those before the last measure: they are understood, not run. */
  @Test
  void everyCommandIsUnderstood() {
    for (Exercise exercise : Lesson.exercises()) {
      for (String command : exercise.commands()) {
        List<String> arguments = arguments(command);
        arguments.add("--help");
        CommandRun.of(arguments.toArray(String[]::new)).text();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void anAnswerIsCheckedWithItsDerivation(int number) {
    Answer answer = Answers.of(number);
    String name = String.valueOf(number);
    if (answer.needsMachine()) {
      CommandRun.of("lesson", name, "--answer", "1").assertBadInput("'ridge machine' does it");
      return;
    }
    Derivation derivation = derivation(answer);
    double right = derivation.value().doubleValue();
    CommandRun run = CommandRun.of("lesson", name, "--answer", Double.toString(1.009 * right));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("Right, within 1.0 %:"), run.out());
    assertTrue(run.out().contains(derivation.quantity() + " = "), run.out());
    assertTrue(run.out().contains("  source: "), run.out());
    assertTrue(run.out().contains("Then think. "), run.out());
    CommandRun wrong = CommandRun.of("lesson", name, "--answer", Double.toString(1.011 * right));
    assertEquals(1, wrong.exitCode(), wrong.err());
    assertTrue(wrong.out().startsWith("Not so, within 1.0 %:"), wrong.out());
    assertTrue(wrong.out().contains(derivation.quantity() + " = "), wrong.out());
  }

  private Derivation derivation(Answer answer) {
    return answer
        .derivation()
        .apply(
            answer.needsMachine()
                ? Settings.measured(answer.model())
                : Settings.of(answer.model(), answer.device()));
  }

  /** The measured machine as a device that commands read. */
  private Path machineFile() throws IOException {
    return Files.writeString(
        folder.resolve("machine.json"),
        """
        {"name": "two cores", "kind": "CPU", "peakFlopsPerSecond": {"F32": 230e9},
         "memoryBytesPerSecond": 36e9, "memoryMiB": 16384, "source": "a test"}
        """);
  }

  private static List<String> arguments(String command) {
    return new ArrayList<>(Arrays.asList(command.substring("ridge ".length()).split(" ")));
  }

  @Test
  void exercisesAreShownWithoutTheirAnswers() {
    String list = CommandRun.of("lesson").text();
    for (Exercise exercise : Lesson.exercises()) {
      assertTrue(list.contains(exercise.title()), list);
      String shown = CommandRun.of("lesson", String.valueOf(exercise.number())).text();
      exercise.commands().forEach(command -> assertTrue(shown.contains(command), shown));
      assertTrue(!shown.contains("source: ") && !shown.contains("**"), shown);
      shown.lines().forEach(line -> assertTrue(line.length() <= Page.WIDTH, shown));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lesson 0",
        "lesson 99",
        "lesson x",
        "lesson --answer 1",
        "lesson 4 --answer x",
        "lesson 4 --answer 12GB",
        "lesson 4 --answer -1"
      })
  void badInputIsOneLine(String line) {
    CommandRun.ofLine(line).assertBadInput();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "## 2. Title\n\ntext\n\n```\nridge x\n```\n\n**Question.** q\n\n**Then think.** t",
        "## 1. Title\n\n```\nridge x\n```\n\n**Question.** q\n\n**Then think.** t",
        "## 1. Title\n\ntext\n\n**Question.** q\n\n**Then think.** t",
        "## 1. Title\n\ntext\n\n```\nridge x\n```\n\n**Then think.** t",
        "## 1. Title\n\ntext\n\n```\nridge x\n```\n\n**Question.** q",
        "## Title\n\ntext"
      })
  void aLessonThatLacksSomethingIsRefused(String markdown) {
    assertThrows(IllegalArgumentException.class, () -> Lesson.parse("head\n\n" + markdown));
  }
}
