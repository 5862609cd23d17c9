package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.cli.scaling.OptimumSection;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.tokenizer.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scaling, tried: trains several sizes for equal FLOPs. */
@Command(
    name = "isoflop",
    description = {
      "Trains small decoders of several sizes on stories, each for as many FLOPs, and finds the"
          + " size whose held-out loss is lowest, beside what every published law says.",
      "Writes isoflop.html, which draws and explains the curve, and isoflop.json after each size;"
          + " the same command goes on with those that are missing."
    },
    mixinStandardHelpOptions = true)
public final class IsoFlopCommand implements Callable<Integer> {
  private static final int LARGEST_VOCABULARY = 1 << 16;

  @Option(
      names = "--flops",
      paramLabel = "C",
      defaultValue = "1.5e13",
      description = "That each size is trained for (default: ${DEFAULT-VALUE}).")
  private String flops;

  @Option(
      names = "--sizes",
      paramLabel = "N",
      split = ",",
      defaultValue = "32,48,64,96,128",
      description =
          "Hidden sizes h, multiples of 16: h/16 layers and heads, 8h/3 in the feed-forward"
              + " (default: ${DEFAULT-VALUE}).")
  private int[] sizes;

  @Option(
      names = "--vocab",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of the tokenizer, which is learnt (default: ${DEFAULT-VALUE}).")
  private int vocabulary;

  @Option(
      names = "--stories",
      paramLabel = "N",
      defaultValue = "100000",
      description = "To train on, over and over (default: ${DEFAULT-VALUE}).")
  private int stories;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sequences of a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--seq",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of a sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      defaultValue = "3e-3",
      description = "Highest learning rate of AdamW, along a cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of weights, stories and their order (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "ridge-isoflop",
      description = "Folder of the results (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Mixin private ThreadsOption threads;
  @Mixin private OutputOptions output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    IsoFlopResults.Settings settings = settings();
    TrainingBatch shape = StepOptions.shape(batch, sequenceLength, StepOptions.LONGEST, 1);
    List<Integer> hiddenSizes = IsoFlopSizes.of(sizes);
    List<IsoFlopPlan> plans =
        hiddenSizes.stream().map(size -> IsoFlopPlan.of(size, settings, shape)).toList();
    AtomicFiles.requireWritable("--out", out);
    IsoFlopResults known = IsoFlopResults.read(out, settings);
    List<IsoFlopPlan> missing =
        plans.stream().filter(plan -> known.of(plan.hiddenSize()).isEmpty()).toList();
    IsoFlopResults results =
        missing.isEmpty() ? known : trained(known, missing, hiddenSizes, shape);
    // Also of results that were all known: perhaps a version without pages wrote them.
    writePage(results, hiddenSizes);
    List<IsoFlopResults.Size> asked = results.of(hiddenSizes);
    if (asked.size() < hiddenSizes.size()) {
      return Interruption.EXIT_CODE;
    }
    Sections sections =
        new Sections(
            List.of(IsoFlopSection.of(settings, asked), OptimumSection.of(settings.flops())),
            false);
    Output.print(spec, sections.render(output.document()));
    return ExitCode.OK;
  }

  private IsoFlopResults.Settings settings() {
    OptionChecks.requireIn(
        "--vocab", vocabulary, BytePairTrainer.MIN_VOCABULARY, LARGEST_VOCABULARY);
    OptionChecks.requireIn("--stories", stories, 1, DataOptions.MOST_STORIES);
    OptionChecks.requirePositive("--lr", learningRate);
    return new IsoFlopResults.Settings(
        Quantities.amount("--flops", flops),
        vocabulary,
        stories,
        batch,
        sequenceLength,
        learningRate,
        seed);
  }

  /** What is known and what is missing, or as much of it as was trained before an interruption. */
  private IsoFlopResults trained(
      IsoFlopResults known,
      List<IsoFlopPlan> missing,
      List<Integer> hiddenSizes,
      TrainingBatch shape)
      throws IOException {
    IsoFlopResults results = known;
    try (Interruption interruption = new Interruption();
        Workers workers = new Workers(threads.threads())) {
      if (known.sizes().isEmpty()) {
        StoryTokens.learnTokenizer(vocabulary, stories, seed, out);
      }
      IsoFlopTraining training = new IsoFlopTraining(known.settings(), shape, out, workers);
      for (IsoFlopPlan plan : missing) {
        Optional<IsoFlopResults.Size> size = training.train(plan, interruption);
        if (size.isEmpty()) {
          break;
        }
        results = results.with(size.get());
        results.write(out);
        writePage(results, hiddenSizes);
        spec.commandLine().getErr().println(line(size.get()));
      }
    }
    return results;
  }

  private void writePage(IsoFlopResults results, List<Integer> hiddenSizes) throws IOException {
    List<IsoFlopResults.Size> known = results.of(hiddenSizes);
    if (!known.isEmpty()) {
      IsoFlopPage page = IsoFlopPage.of(results.settings(), hiddenSizes.size(), known);
      AtomicFiles.write(out.resolve("isoflop.html"), page.render());
    }
  }

  private static String line(IsoFlopResults.Size size) {
    return String.format(
        Locale.ROOT,
        "hidden size %d: held-out loss %.4f after %s in %s, %s",
        size.hiddenSize(),
        size.loss(),
        Units.count(size.steps(), "step"),
        Units.duration(size.seconds()),
        Units.flopsPerSecond(size.flops() / size.seconds()));
  }
}
