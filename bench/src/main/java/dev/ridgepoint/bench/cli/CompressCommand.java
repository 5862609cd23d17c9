package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.compression.Analysis;
import dev.ridgepoint.model.compression.Calibration;
import dev.ridgepoint.model.compression.CompressedModel;
import dev.ridgepoint.model.compression.Compressor;
import dev.ridgepoint.model.compression.Fidelity;
import dev.ridgepoint.model.compression.Fidelity.Subject;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.ModelWeights;
import dev.ridgepoint.model.compression.TensorFinding;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model smaller, and measures what that does to its answers and its speed. */
@Command(
    name = "compress",
    description = {
      "Compresses a model, and shows each matrix before and after, how close the answers stay on a"
          + " text that was held out, and the speed beside what fewer bytes allow at most."
    },
    mixinStandardHelpOptions = true)
final class CompressCommand implements Callable<Integer> {
  /** Copies of the weights in F32 at once: as they were, scaled, and in work. */
  private static final int COPIES = 3;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model folder or a .gguf file with a tokenizer, or a name as of generate.")
  private String model;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "gptq",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Method method;

  @Option(
      names = "--bits",
      paramLabel = "N",
      description =
          "4 or 8: matrices become Q4_0 or Q8_0, blocks of 32 with a scale (default: 4; 8 with"
              + " smoothquant, which rounds activations to 8, too).")
  private Integer bits;

  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description = "Share of the weights that prune sets to zero (default: ${DEFAULT-VALUE}).")
  private double sparsity;

  @Mixin private CompressionTexts texts;

  @Option(
      names = "--to",
      paramLabel = "TARGET",
      description =
          "Write the model: a file that ends with .gguf, or, of prune and nm24, a folder, new or"
              + " empty.")
  private String target;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write compress.html, one file that needs no network, and compress.json there.")
  private String out;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    OptionChecks.requireIn("--sparsity", sparsity, 0, 1);
    texts.check();
    Path source = ModelSource.withWeights(model);
    Optional<Path> path = Optional.ofNullable(target).map(ModelSource::path);
    Optional<Path> pages = Optional.ofNullable(out).map(ModelSource::path);
    pages.ifPresent(folder -> AtomicFiles.requireWritable("--out", folder));
    Tokenizer tokenizer = TokenizerFiles.read(source);
    try (Checkpoint checkpoint = Checkpoint.open(source);
        Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      requireMemory(checkpoint.architecture());
      MatrixTypes stored = MatrixTypes.stored(checkpoint);
      DType dtype = dtype(stored);
      List<int[]> calibration = texts.calibration(tokenizer, checkpoint.architecture());
      List<int[]> heldOut = texts.heldOut(tokenizer, checkpoint.architecture());
      ModelWeights original =
          ModelWeights.read(checkpoint.architecture(), new CheckpointWeights(checkpoint));
      Calibration seen = calibrate(original, calibration, workers);
      CompressedModel compressed = compress(original, seen, dtype, workers);
      Calibration ofReference =
          compressed.reference() == original
              ? seen
              : calibrate(compressed.reference(), calibration, workers);
      List<TensorFinding> findings =
          new Analysis(dtype, workers).findings(original, seen, compressed, ofReference);
      CompressionReport report =
          verify(original, stored, compressed, new Work(findings, heldOut), workers);
      if (path.isPresent()) {
        write(compressed, checkpoint, path.get(), workers);
      }
      Sections sections = new Sections(List.of(report.section()), false);
      if (pages.isPresent()) {
        String json = sections.render(Document.JSON);
        AtomicFiles.write(pages.get().resolve("compress.json"), json);
        AtomicFiles.write(pages.get().resolve("compress.html"), report.page(json));
      }
      Output.print(spec, sections.render(output.document()));
    }
    return 0;
  }

  /** What is known before the verification. */
  private record Work(List<TensorFinding> findings, List<int[]> heldOut) {}

  private DType dtype(MatrixTypes stored) {
    if (!method.isQuantising()) {
      if (bits != null) {
        throw new InvalidInputException("--bits", "says nothing to " + method.label());
      }
      DType most = stored.all().getFirst();
      return most.isQuantised() ? DType.BF16 : most;
    }
    int usual = method == Method.SMOOTHQUANT ? Byte.SIZE : Byte.SIZE / 2;
    return switch (bits == null ? usual : bits) {
      case Byte.SIZE / 2 -> DType.Q4_0;
      case Byte.SIZE -> DType.Q8_0;
      default -> throw new InvalidInputException("--bits", "must be 4 or 8, but is " + bits);
    };
  }

  private void requireMemory(Architecture architecture) {
    long needed =
        Math.addExact(
            Math.multiplyExact(
                ParameterCount.of(architecture).total(), (long) COPIES * Float.BYTES),
            Calibration.bytes(architecture));
    long available = Host.availableMemoryBytes();
    if (needed > available) {
      throw new InvalidInputException(
          model,
          "needs %s to be compressed, but %s are available"
              .formatted(Units.bytes(needed), Units.bytes(available)));
    }
  }

  private static Calibration calibrate(ModelWeights weights, List<int[]> windows, Workers workers) {
    try (LoadedModel loaded = load(weights, weights.types(DType.F32), workers);
        StepProgress progress = new StepProgress("calibrating")) {
      return Calibration.of(loaded, windows, workers, progress);
    }
  }

  private CompressedModel compress(
      ModelWeights original, Calibration calibration, DType dtype, Workers workers) {
    try (StepProgress progress = new StepProgress("compressing")) {
      return new Compressor(original, calibration, workers)
          .apply(method, dtype, sparsity, progress);
    }
  }

  private CompressionReport verify(
      ModelWeights original,
      MatrixTypes stored,
      CompressedModel compressed,
      Work work,
      Workers workers) {
    MatrixTypes types = compressed.weights().types(compressed.dtype());
    try (LoadedModel before = load(original, stored, workers);
        LoadedModel after = load(compressed.weights(), types, workers);
        StepProgress progress = new StepProgress("verifying")) {
      Fidelity fidelity =
          Fidelity.of(
              new Subject(before, false),
              new Subject(after, method == Method.SMOOTHQUANT),
              work.heldOut(),
              workers,
              progress);
      return new CompressionReport(
          model,
          method,
          original.architecture(),
          stored,
          types,
          work.findings(),
          fidelity,
          StepTimes.of(before, after, workers),
          texts.described());
    }
  }

  private static LoadedModel load(ModelWeights weights, MatrixTypes types, Workers workers) {
    return LoadedModel.of(weights.architecture(), weights, types, workers, (done, total) -> {});
  }

  private void write(CompressedModel compressed, Checkpoint checkpoint, Path path, Workers workers)
      throws IOException {
    try (WriteProgressDisplay progress = new WriteProgressDisplay()) {
      new ModelExport(
              checkpoint.architecture(),
              compressed.weights(),
              compressed.dtype(),
              Optional.of(checkpoint.origin()))
          .write(path, workers, progress);
    }
    spec.commandLine().getErr().println("wrote " + path);
    spec.commandLine().getErr().flush();
  }
}
