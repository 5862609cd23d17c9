package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.OwnModels;
import dev.ridgepoint.bench.cli.options.ModelOptions;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.jmh.StepBenchmark;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.Inspection;
import dev.ridgepoint.model.serving.Drafter;
import dev.ridgepoint.model.serving.Session;
import dev.ridgepoint.model.support.EngineSupport;
import dev.ridgepoint.model.support.TrainingSupport;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tries a model out, and holds each thing that it does against what was predicted. */
@Command(
    name = "verify",
    description = {
      "Counts a model's parameters, makes a forward pass and training steps of random tokens and a"
          + " sample, and shows each beside its prediction.",
      "Of a known name, a config or sizes the weights are drawn."
    },
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final String SYNTHETIC_DTYPE = "bf16";
  private static final int MOST_SEQUENCES = 1 << 10;
  private static final int SAMPLE_TOKENS = 32;

  @Mixin private ModelOptions models;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "2",
      description = "Sequences of the passes (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--seq",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of each (default: ${DEFAULT-VALUE}, or what the model takes).")
  private int sequenceLength;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (default: one for each core).")
  private Integer threads;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    OptionChecks.requireIn("--batch", batch, 1, MOST_SEQUENCES);
    OptionChecks.requireIn("--seq", sequenceLength, 2, Integer.MAX_VALUE);
    NamedModel model = models.model();
    EngineSupport.require(model.name(), model.architecture());
    Optional<Path> files = ModelSource.found(model.name()).filter(Checkpoint::hasWeights);
    VerifySection section;
    try (Workers workers = new Workers(threads())) {
      if (files.isPresent()) {
        try (Checkpoint checkpoint = Checkpoint.open(files.get())) {
          MatrixTypes types = MatrixTypes.stored(checkpoint);
          WeightSource weights = new CheckpointWeights(checkpoint);
          section = verify(new Subject(model, weights, types, files), workers);
        }
      } else {
        DType dtype = EngineFormats.synthetic("MODEL", SYNTHETIC_DTYPE, model.architecture());
        Subject subject =
            new Subject(
                model,
                new SyntheticWeights(StepBenchmark.SEED),
                MatrixTypes.all(dtype),
                Optional.empty());
        section = verify(subject, workers);
      }
    }
    Sections sections = new Sections(List.of(section.section()), false);
    Output.print(spec, sections.render(output.document()));
    return section.holds() ? 0 : 1;
  }

  /**
   * What is tried out.
   *
   * @param files that the weights are read from, unless they are drawn
   */
  private record Subject(
      NamedModel model, WeightSource weights, MatrixTypes types, Optional<Path> files) {
    Architecture architecture() {
      return model.architecture();
    }
  }

  private int threads() {
    if (threads == null) {
      return Host.current().physicalCores();
    }
    OptionChecks.requireIn("--threads", threads, 1, Runtime.getRuntime().availableProcessors());
    return threads;
  }

  private VerifySection verify(Subject subject, Workers workers) {
    Architecture architecture = subject.architecture();
    int length = Math.min(sequenceLength, architecture.maxPositions());
    Step step = new Step(Collections.nCopies(batch, new Step.Sequence(length, 0, length)));
    RunningModel.Setup setup = setup(subject, step, length, workers);
    List<int[]> sequences = sequences(architecture, length);
    ForwardCheck forward;
    String sample;
    try (LoadedModel loaded =
        LoadedModel.of(
            architecture, subject.weights, subject.types, workers, (done, total) -> {})) {
      forward = ForwardCheck.of(loaded, setup, sequences, workers);
      sample = sample(subject, loaded, setup, workers);
    }
    Optional<String> refusal = refusal(architecture, length);
    Optional<TrainingCheck> training =
        refusal.isPresent()
            ? Optional.empty()
            : Optional.of(TrainingCheck.of(architecture, subject.weights, sequences, workers));
    return new VerifySection(
        setup,
        subject.files.map(each -> Inspection.of(each).parameters()),
        step,
        forward,
        training,
        Stream.of(Optional.of(sample), refusal).flatMap(Optional::stream).toList());
  }

  private RunningModel.Setup setup(Subject subject, Step step, int length, Workers workers) {
    DataFormats formats = new DataFormats(subject.types.formats(), Precision.F32);
    MemoryEstimate memory = EngineMemory.of(subject.architecture(), formats, step, length);
    memory.requireFits(subject.model.name(), Host.availableMemoryBytes());
    return new RunningModel.Setup(
        subject.model.name(),
        subject.architecture(),
        subject.types,
        DType.F32,
        workers.size(),
        formats,
        memory);
  }

  private List<int[]> sequences(Architecture architecture, int length) {
    SplittableRandom random = new SplittableRandom(StepBenchmark.SEED);
    int vocabulary = architecture.embedding().vocabSize();
    return IntStream.range(0, batch)
        .mapToObj(any -> random.ints(length, 0, vocabulary).toArray())
        .toList();
  }

  /** Why the model is not trained, if it is not. */
  private Optional<String> refusal(Architecture architecture, int length) {
    Optional<String> lacking = TrainingSupport.lacking(architecture);
    if (lacking.isPresent()) {
      return Optional.of("no training step: the engine has no gradients of " + lacking.get());
    }
    if (length < 3) {
      return Optional.of("no training step: it needs sequences of three tokens");
    }
    long needed = TrainingCheck.bytes(architecture, new TrainingBatch(length - 1, batch, 1));
    long available = Host.availableMemoryBytes();
    return needed > available
        ? Optional.of(
            "no training step: it needs %s, but %s are available"
                .formatted(Units.bytes(needed), Units.bytes(available)))
        : Optional.empty();
  }

  private static String sample(
      Subject subject, LoadedModel loaded, RunningModel.Setup setup, Workers workers) {
    Optional<Dialogue> dialogue =
        subject
            .files
            .filter(TokenizerFiles::has)
            .map(files -> Dialogue.of(files, false, Optional.empty()));
    int[] prompt = dialogue.map(each -> each.ask(OwnModels.BEGINNING)).orElse(new int[] {0});
    int capacity = Math.min(prompt.length + SAMPLE_TOKENS, subject.architecture().maxPositions());
    try (Program program = loaded.program(setup.kvDtype(), workers, Meter.NONE);
        Session session = new Session(program, capacity, capacity)) {
      int[] tokens =
          session
              .generate(
                  prompt,
                  capacity - prompt.length,
                  Sampler.greedy(),
                  Drafter.NONE,
                  token -> dialogue.isEmpty() || !dialogue.get().isEnd(token))
              .tokens();
      return dialogue.isPresent()
          ? "sample: " + OwnModels.BEGINNING + dialogue.get().tokenizer().decode(tokens, false)
          : "sample, token ids: " + Arrays.toString(tokens);
    }
  }
}
