package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.SizeOptions;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.CheckpointFolder;
import dev.ridgepoint.model.support.EngineSupport;
import dev.ridgepoint.model.support.TrainingSupport;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingCheckpoint;
import dev.ridgepoint.model.training.TrainingProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a decoder on a text. */
@Command(
    name = "train",
    description = {
      "Trains a decoder of Llama's or Qwen's kind on a text, in F32, from drawn weights.",
      "Writes checkpoints as Hugging Face folders, train.json and train.html."
    },
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
  private static final String DEFAULT_MODEL = "tiny";

  @Mixin private RunSettings settings;

  @Mixin private DataOptions data;
  @Mixin private SizeOptions sizes;
  @Mixin private ThreadsOption threads;

  @Option(
      names = "--config",
      paramLabel = "MODEL",
      description =
          "What is trained: a known model's name, or a config.json with its sizes; or give sizes"
              + " (default: tiny).")
  private String config;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "ridge-train",
      description = "Folder of checkpoints and report (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--resume",
      description = "Go on from the last checkpoint in the folder, to the same bits.")
  private boolean resume;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    NamedModel model = model();
    Architecture architecture = model.architecture();
    EngineSupport.require(model.name(), architecture);
    TrainingSupport.require(model.name(), architecture);
    TrainingBatch shape = settings.shape(architecture.maxPositions());
    settings.check();
    data.check();
    AtomicFiles.requireWritable("--out", out);
    CheckpointFolder.requireExpressible(out, architecture);
    Optional<TrainingCheckpoint> last = TrainingCheckpoint.last(out);
    if (last.isPresent() && !resume) {
      throw new InvalidInputException(
          "--out", out + " has checkpoints; --resume goes on, another folder begins anew");
    }
    if (last.isPresent() && last.get().step() >= settings.steps()) {
      throw new InvalidInputException(
          "--steps", settings.steps() + " are made already: see " + last.get().model());
    }
    int vocabulary = architecture.embedding().vocabSize();
    Optional<Path> tokenizer = data.tokenizer(vocabulary, settings.seed(), out, last.isPresent());
    int[] tokens = data.tokens(tokenizer, vocabulary, settings.seed());
    TokenDataset dataset = new TokenDataset(data.source(), tokens, shape, settings.seed());
    spec.commandLine().getErr().println(described(tokens.length, dataset));
    try (Workers workers = new Workers(threads.threads())) {
      if (last.isEmpty()) {
        SyntheticWeights drawn = new SyntheticWeights(settings.seed());
        return run(model, shape, dataset, tokenizer, drawn, last, workers);
      }
      try (Checkpoint checkpoint = Checkpoint.open(last.get().model())) {
        requireSame(checkpoint.architecture(), architecture, last.get());
        WeightSource weights = new CheckpointWeights(checkpoint);
        return run(model, shape, dataset, tokenizer, weights, last, workers);
      }
    }
  }

  private NamedModel model() {
    if (!sizes.areGiven()) {
      return ModelSource.named(config == null ? DEFAULT_MODEL : config);
    }
    if (config != null) {
      throw new InvalidInputException(
          "--config", config + " has sizes of its own; leave out it or the flags of sizes");
    }
    return sizes.model();
  }

  private String described(int tokens, TokenDataset dataset) {
    return String.format(
        Locale.ROOT,
        "%s: %,d tokens, %s",
        data.source(),
        tokens,
        Units.count(dataset.windows(), "sequence"));
  }

  private static void requireSame(
      Architecture written, Architecture asked, TrainingCheckpoint checkpoint) {
    if (!written.equals(asked)) {
      throw new InvalidInputException(
          "--config", "is another model than that of " + checkpoint.model());
    }
  }

  private int run(
      NamedModel model,
      TrainingBatch shape,
      TokenDataset dataset,
      Optional<Path> tokenizer,
      WeightSource source,
      Optional<TrainingCheckpoint> from,
      Workers workers)
      throws IOException {
    OptimizerSettings optimizer = settings.optimizer();
    Checkpointing checkpointing = settings.checkpointing();
    LearningRate learningRate = settings.learningRate();
    OperationTimes times = new OperationTimes();
    try (TrainingProgram program =
        new TrainingProgram(
            model.architecture(), shape, checkpointing, optimizer, source, workers, times)) {
      from.ifPresent(checkpoint -> checkpoint.restore(program));
      TrainingRun run =
          new TrainingRun(
              model, settings, shape, dataset, program, learningRate, times, workers, out);
      long first = from.map(TrainingCheckpoint::step).orElse(0L);
      boolean isDone = run.to(first, tokenizer, spec.commandLine().getErr());
      TrainingReport report = run.written();
      spec.commandLine().getOut().println(report.summary());
      spec.commandLine().getOut().println(report.process().summary());
      TrainingCheckpoint.last(out).ifPresent(this::nameFiles);
      return isDone ? ExitCode.OK : Interruption.EXIT_CODE;
    }
  }

  private void nameFiles(TrainingCheckpoint last) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("wrote " + last.model() + " and " + out.resolve(TrainingRun.PAGE));
  }
}
