package dev.ridgepoint.bench.cli.scaling;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scaling laws. */
@Command(
    name = "scaling",
    description = {
      "Splits a training budget between parameters and tokens, and predicts losses, by every"
          + " published fit.",
      "Give --compute, or --params and --tokens; --compute with --params tells what over-training"
          + " a smaller model costs."
    },
    mixinStandardHelpOptions = true)
public final class ScalingCommand implements Runnable {
  /** Beyond it powers of amounts leave the range of a double. */
  private static final double MAX_AMOUNT = 1e40;

  @Option(
      names = "--compute",
      paramLabel = "FLOPs",
      description = "FLOPs of the whole training run, such as 1e21.")
  private String compute;

  @Option(
      names = "--params",
      paramLabel = "N",
      description = "Parameters, embeddings included, such as 7B.")
  private String parameters;

  @Option(names = "--tokens", paramLabel = "D", description = "Training tokens, such as 2T.")
  private String tokens;

  @Option(
      names = "--explain",
      description = "Say of each number the formula, what was put in, its terms and its source.")
  private boolean explain;

  @Mixin private OutputOptions outputOptions;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Sections sections = new Sections(sections(), explain);
    Output.print(spec, sections.render(outputOptions.document()));
  }

  private List<Section> sections() {
    boolean hasRun = parameters != null && tokens != null;
    if (compute != null && tokens != null) {
      throw new InvalidInputException(
          "--tokens", "follows from --compute, so that only one of the two can be given");
    }
    if (compute == null && !hasRun) {
      throw new InvalidInputException(
          "--compute", "is missing; give it, or both --params and --tokens");
    }
    List<Section> sections = new ArrayList<>();
    double flops;
    if (hasRun) {
      double n = amount("--params", parameters);
      double d = amount("--tokens", tokens);
      flops = TrainingRun.ruleOfThumbFlops(n, d);
      sections.add(LossSection.of(n, d));
    } else {
      flops = amount("--compute", compute);
    }
    sections.add(OptimumSection.of(flops));
    if (parameters != null) {
      sections.add(OverTrainingSection.of(flops, amount("--params", parameters)));
    }
    sections.add(KnownRunsSection.near(flops));
    return sections;
  }

  private static double amount(String option, String text) {
    double amount = Quantities.amount(option, text);
    OptionChecks.requireIn(option, amount, 1, MAX_AMOUNT);
    return amount;
  }
}
