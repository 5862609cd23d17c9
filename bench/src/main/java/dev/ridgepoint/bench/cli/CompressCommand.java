package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.compression.Calibration;
import dev.ridgepoint.model.compression.Distillation;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.ModelWeights;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import dev.ridgepoint.model.training.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
  /** Copies of the weights in F32 at once: as they were, scaled, loaded, and what is narrower. */
  private static final int COPIES = 4;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model folder or a .gguf file with a tokenizer, or a name as of generate.")
  private String model;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "gptq",
      completionCandidates = MethodNames.class,
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
      names = "--group",
      paramLabel = "N",
      description =
          "Inputs of an output that share a scale: 32, 64, 128, or -1 for all (default: 32).")
  private Integer group;

  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description = "Share of the weights that prune sets to zero (default: ${DEFAULT-VALUE}).")
  private double sparsity;

  @Mixin private CompressionTexts texts;

  @Mixin private StudentOptions students;

  @Option(
      names = "--to",
      paramLabel = "TARGET",
      description =
          "Write the model: a file that ends with .gguf, or a folder, new or empty, whose integers"
              + " are those of GPTQ, of AWQ, or else of compressed-tensors.")
  private String target;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write compress.html, one file that needs no network, and compress.json there.")
  private String out;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  /** As they are typed, for the help. */
  static final class MethodNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Method.values())
          .map(method -> method.name().toLowerCase(Locale.ROOT))
          .iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    CompressionPlan.Wish wish = wish();
    texts.check();
    students.check();
    Path source = ModelSource.withWeights(model);
    Optional<Path> path = Optional.ofNullable(target).map(ModelSource::path);
    Optional<Path> folder = path.filter(each -> !FileHeader.hasGgufName(each));
    Optional<Path> pages = Optional.ofNullable(out).map(ModelSource::path);
    pages.ifPresent(each -> AtomicFiles.requireWritable("--out", each));
    Tokenizer tokenizer = TokenizerFiles.read(source);
    try (Checkpoint checkpoint = Checkpoint.open(source);
        Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      Architecture architecture = checkpoint.architecture();
      Optional<NamedModel> student =
          method == Method.DISTIL
              ? Optional.of(students.of(model, architecture))
              : StudentOptions.usual(architecture);
      Architecture sizes =
          method == Method.DISTIL ? student.orElseThrow().architecture() : architecture;
      MatrixTypes stored = MatrixTypes.stored(checkpoint);
      CompressionPlan plan = CompressionPlan.of(method, wish, stored, folder.isPresent());
      if (folder.isPresent()) {
        plan.requireWritable(folder.get(), sizes);
      }
      CompressionForecast forecast =
          new CompressionForecast(
              architecture,
              student,
              stored,
              wish,
              workers.size(),
              StepTimes.prompt(architecture, sizes));
      List<int[]> heldOut = texts.heldOut(tokenizer, sizes);
      CompressionReport report =
          method == Method.DISTIL
              ? distilled(
                  checkpoint, tokenizer, student.orElseThrow(), plan, forecast, heldOut, workers)
              : compressed(checkpoint, tokenizer, plan, forecast, heldOut, workers);
      if (path.isPresent()) {
        write(
            report.result().compressed().export(Optional.of(checkpoint.origin())),
            path.get(),
            workers);
      }
      if (pages.isPresent()) {
        String json = report.render(Document.JSON);
        AtomicFiles.write(pages.get().resolve("compress.json"), json);
        AtomicFiles.write(pages.get().resolve("compress.html"), report.page(json));
      }
      Output.print(spec, report.render(output.document()));
    }
    return 0;
  }

  private CompressionReport compressed(
      Checkpoint checkpoint,
      Tokenizer tokenizer,
      CompressionPlan plan,
      CompressionForecast forecast,
      List<int[]> heldOut,
      Workers workers)
      throws IOException {
    Architecture architecture = checkpoint.architecture();
    requireMemory(
        Math.addExact(
            Math.multiplyExact(
                ParameterCount.of(architecture).total(), (long) COPIES * Float.BYTES),
            Calibration.bytes(architecture)));
    List<int[]> calibration = texts.calibration(tokenizer, architecture);
    CompressionRun run = new CompressionRun(plan, forecast, calibration, heldOut, workers);
    print(forecast, List.of());
    return new CompressionReport(
        model,
        plan,
        forecast,
        run.of(ModelWeights.read(architecture, new CheckpointWeights(checkpoint))),
        List.of(),
        texts.described());
  }

  private CompressionReport distilled(
      Checkpoint checkpoint,
      Tokenizer tokenizer,
      NamedModel student,
      CompressionPlan plan,
      CompressionForecast forecast,
      List<int[]> heldOut,
      Workers workers)
      throws IOException {
    Architecture teacher = checkpoint.architecture();
    int positions = Math.min(teacher.maxPositions(), student.architecture().maxPositions());
    Distillation distillation = students.distillation(student, positions);
    requireMemory(Math.addExact(forecast.bytesBefore(), distillation.bytes()));
    TokenDataset data =
        texts.training(checkpoint.origin(), tokenizer, student.architecture(), distillation);
    DistillationRun run =
        new DistillationRun(
            student,
            distillation,
            students.hasBaseline(),
            forecast.stored(),
            plan.settings().dense(),
            data,
            heldOut,
            workers,
            spec.commandLine().getErr());
    List<Cell> facts = run.facts(teacher);
    print(forecast, facts);
    try (LoadedModel loaded =
        LoadedModel.load(checkpoint, forecast.stored(), workers, (done, total) -> {})) {
      CompressionResult result = run.of(loaded);
      String how = run.described(result) + "; " + texts.describedForTraining(data, distillation);
      return new CompressionReport(model, plan, forecast, result, facts, how);
    }
  }

  private void print(CompressionForecast forecast, List<Cell> facts) {
    if (output.document() == Document.TEXT) {
      Output.print(spec, new Sections(List.of(forecast.section(facts)), false).text());
      spec.commandLine().getOut().println();
      spec.commandLine().getOut().flush();
    }
  }

  private CompressionPlan.Wish wish() {
    OptionChecks.requireIn("--sparsity", sparsity, 0, 1);
    if (!method.isQuantising()) {
      requireAbsent("--bits", bits);
      requireAbsent("--group", group);
    }
    refuseOptionsOfStudents();
    CompressionPlan.Wish wish = new CompressionPlan.Wish(bits, group, sparsity);
    wish.check();
    return wish;
  }

  private void refuseOptionsOfStudents() {
    if (method == Method.DISTIL) {
      return;
    }
    spec.mixins().get("students").options().stream()
        .map(OptionSpec::longestName)
        .filter(spec.commandLine().getParseResult()::hasMatchedOption)
        .findFirst()
        .ifPresent(
            option -> {
              throw new InvalidInputException(option, "says nothing to " + method.label());
            });
  }

  private void requireAbsent(String option, Integer value) {
    if (value != null) {
      throw new InvalidInputException(option, "says nothing to " + method.label());
    }
  }

  private void requireMemory(long needed) {
    long available = Host.availableMemoryBytes();
    if (needed > available) {
      throw new InvalidInputException(
          model,
          "needs %s to be compressed, but %s are available"
              .formatted(Units.bytes(needed), Units.bytes(available)));
    }
  }

  private void write(ModelExport export, Path path, Workers workers) throws IOException {
    Optional<String> lacking;
    // What is interrupted now is written to its end.
    try (Interruption _ = new Interruption();
        WriteProgressDisplay progress = new WriteProgressDisplay()) {
      lacking = export.write(path, workers, progress);
    }
    lacking.map(ExportCommand::remark).ifPresent(spec.commandLine().getErr()::println);
    spec.commandLine().getErr().println("wrote " + path);
    spec.commandLine().getErr().flush();
  }
}
