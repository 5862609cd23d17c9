package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.support.EngineSupport;
import dev.ridgepoint.model.support.TrainingSupport;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingCheckpoint;
import dev.ridgepoint.model.training.TrainingProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
  @Mixin private RunSettings settings;

  @Option(
      names = "--config",
      paramLabel = "MODEL",
      defaultValue = "tiny",
      description =
          "What is trained: a known model's name, or a config.json with its sizes"
              + " (default: ${DEFAULT-VALUE}).")
  private String config;

  @Option(names = "--data", paramLabel = "FILE", required = true, description = "A text in UTF-8.")
  private Path data;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "A model folder or a tokenizer.json whose tokens the text becomes (default: each byte is"
              + " a token).")
  private Path tokenizer;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (default: one for each core).")
  private Integer threads;

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
    NamedModel model = ModelSource.named(config);
    Architecture architecture = model.architecture();
    EngineSupport.require(config, architecture);
    TrainingSupport.require(config, architecture);
    TrainingBatch shape = settings.shape(architecture.maxPositions());
    settings.check();
    AtomicFiles.requireWritable("--out", out);
    Optional<TrainingCheckpoint> last = TrainingCheckpoint.last(out);
    if (last.isPresent() && !resume) {
      throw new InvalidInputException(
          "--out", out + " has checkpoints; --resume goes on, another folder begins anew");
    }
    if (last.isPresent() && last.get().step() >= settings.steps()) {
      throw new InvalidInputException(
          "--steps", settings.steps() + " are made already: see " + last.get().model());
    }
    TokenDataset dataset =
        new TokenDataset(
            data.toString(),
            TrainingText.tokens(data, Optional.ofNullable(tokenizer), architecture),
            shape,
            settings.seed());
    try (Workers workers = new Workers(threads())) {
      if (last.isPresent()) {
        try (Checkpoint checkpoint = Checkpoint.open(last.get().model())) {
          requireSame(checkpoint.architecture(), architecture, last.get());
          run(model, shape, dataset, new CheckpointWeights(checkpoint), last, workers);
        }
      } else {
        run(model, shape, dataset, new SyntheticWeights(settings.seed()), last, workers);
      }
    }
    return 0;
  }

  private static void requireSame(
      Architecture written, Architecture asked, TrainingCheckpoint checkpoint) {
    if (!written.equals(asked)) {
      throw new InvalidInputException(
          "--config", "is another model than that of " + checkpoint.model());
    }
  }

  private int threads() {
    if (threads == null) {
      return Host.current().physicalCores();
    }
    OptionChecks.requireIn("--threads", threads, 1, Runtime.getRuntime().availableProcessors());
    return threads;
  }

  private void run(
      NamedModel model,
      TrainingBatch shape,
      TokenDataset dataset,
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
      run.to(
          from.map(TrainingCheckpoint::step).orElse(0L),
          Optional.ofNullable(tokenizer),
          spec.commandLine().getErr());
      spec.commandLine().getOut().println(run.report().summary());
    }
  }
}
