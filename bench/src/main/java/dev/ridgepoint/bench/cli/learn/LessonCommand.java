package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.text.DerivationText;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.TextTables;
import dev.ridgepoint.bench.text.WrappedText;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The exercises of LESSON.md, and whether an answer to one is right. */
@Command(
    name = "lesson",
    description = {
      "A course in exercises on why decoding waits for memory; without N, lists them.",
      "Checks answers against the estimator, and this machine as 'ridge machine' measured it."
    },
    footer = "Exit codes: 0 right, 1 wrong, 2 no answer.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class LessonCommand implements Callable<Integer> {
  private static final int RIGHT = 0;
  private static final int WRONG = 1;

  @Parameters(paramLabel = "N", arity = "0..1", description = "Number of an exercise.")
  private Integer number;

  @Option(
      names = "--answer",
      paramLabel = "X",
      description = "Your number, with or without a unit: 24,576, 3.4e9, '12.3 GB', '85 %%'.")
  private String answer;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (number == null) {
      if (answer != null) {
        throw new InvalidInputException("N", "is missing: which exercise does --answer answer?");
      }
      Output.print(spec, list());
      return RIGHT;
    }
    Exercise exercise = Lesson.exercise(number);
    if (answer == null) {
      Output.print(spec, shown(exercise));
      return RIGHT;
    }
    Derivation derivation = derivation(exercise);
    boolean isRight =
        Answer.isRight(Quantities.inUnit("--answer", answer, derivation.unit()), derivation);
    Output.print(
        spec,
        String.join(
            "\n",
            (isRight ? "Right" : "Not so") + ", within " + tolerance() + ":\n",
            DerivationText.render(derivation),
            filled("Then think. " + exercise.thought())));
    return isRight ? RIGHT : WRONG;
  }

  private static String tolerance() {
    return Format.SHARE.brief(Answer.TOLERANCE);
  }

  private static Derivation derivation(Exercise exercise) {
    Answer answer = Answers.of(exercise.number());
    TargetDevice target =
        answer.needsMachine()
            ? DeviceOptions.measuredHere().orElseThrow(() -> unmeasured(exercise))
            : DeviceOptions.target(answer.device());
    return answer.derivation().apply(new Setting(ModelSource.named(answer.model()), target));
  }

  private static InvalidInputException unmeasured(Exercise exercise) {
    return new InvalidInputException(
        "exercise " + exercise.number(),
        "asks for your machine, which is not measured here yet; 'ridge machine' does it");
  }

  private static String list() {
    List<List<String>> rows = new ArrayList<>();
    for (Exercise exercise : Lesson.exercises()) {
      boolean isOwn = Answers.of(exercise.number()).needsMachine();
      rows.add(
          List.of(
              Format.COUNT.brief(exercise.number()),
              exercise.title() + (isOwn ? " (your machine)" : "")));
    }
    return "ridge lesson N shows an exercise, ridge lesson N --answer X checks your number:\n\n  "
        + String.join("\n  ", TextTables.aligned(rows, column -> column == 0));
  }

  private static String shown(Exercise exercise) {
    List<String> blocks = new ArrayList<>();
    blocks.add(exercise.number() + ". " + exercise.title() + "\n");
    exercise.text().forEach(paragraph -> blocks.add(filled(paragraph)));
    blocks.add("    " + String.join("\n    ", exercise.commands()) + "\n");
    blocks.add(filled(exercise.question()));
    blocks.add("    ridge lesson %s --answer X\n".formatted(exercise.number()));
    return String.join("\n", blocks);
  }

  private static String filled(String markdown) {
    String plain = markdown.replace("`", "").replace("**", "").replace('\n', ' ');
    return String.join("\n", WrappedText.lines(plain, Page.WIDTH)) + "\n";
  }
}
