package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.estimate.EstimateReport.ModelEstimate;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.LayoutOptions;
import dev.ridgepoint.bench.cli.options.MemoryPlanOptions;
import dev.ridgepoint.bench.cli.options.ModelOptions;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.cli.options.RunOptions;
import dev.ridgepoint.bench.cli.options.ServingOptions;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.cli.options.WorkloadOptions;
import dev.ridgepoint.bench.cli.options.WorkloadOptions.Settings;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.checkpoint.Inspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts on paper. */
@Command(
    name = "estimate",
    description = {
      "Counts a model's parameters, and the FLOPs and bytes of a prefill and a decode step.",
      "Several models, or several values of a flag (--batch 1,8,64), give a table with a row each."
    },
    mixinStandardHelpOptions = true,
    abbreviateSynopsis = true,
    sortOptions = false)
public final class EstimateCommand implements Runnable {
  @Mixin private ModelOptions modelOptions;
  @Mixin private WorkloadOptions workloadOptions;

  @Option(names = "--params", description = "Parameters by component.")
  private boolean params;

  @Option(
      names = "--budget",
      paramLabel = "N",
      description =
          "With --params: the layers and the hidden size that make N parameters, such as 0.5B.")
  private String budget;

  @Option(
      names = "--flops",
      description = "FLOPs of phases, generation, training step, beside rules of thumb.")
  private boolean flops;

  @Option(names = "--bytes", description = "Bytes of each operation, by what they carry.")
  private boolean bytes;

  @Option(names = "--memory", description = "What inference holds, and what fits.")
  private boolean memory;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "16",
      description = "Positions of a block of the paged KV cache (default: ${DEFAULT-VALUE}).")
  private int blockPositions;

  @Option(names = "--train", description = "Memory, FLOPs, time and money of training.")
  private boolean train;

  @Option(names = "--compress", description = "The model in fewer bits, pruned, with less cache.")
  private boolean compress;

  @Option(
      names = "--serve",
      description =
          "Latency and throughput of --tp or --ep devices, for --prompt and --output tokens: of"
              + " --concurrency clients, or by static batch.")
  private boolean serve;

  @Option(
      names = "--quantization",
      paramLabel = "MIX",
      description =
          "Mix of the weights' formats instead of --dtype, such as Q4_K_M, MXFP4, AWQ, GPTQ or"
              + " MLX's 4bit.")
  private String quantization;

  @Mixin private ServingOptions servingOptions;
  @Mixin private DeviceOptions deviceOptions;
  @Mixin private LayoutOptions layoutOptions;
  @Mixin private MemoryPlanOptions memoryPlanOptions;
  @Mixin private RunOptions runOptions;
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = "--explain",
      description = "Say of each number the formula, what was put in, its terms and its source.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Optional<Path> tensors = modelOptions.tensorsAlone();
    if (tensors.isPresent()) {
      requireNothingBut(tensors.get());
      Sections sections =
          new Sections(List.of(TensorsSection.of(Inspection.of(tensors.get()))), explain);
      Output.print(spec, sections.render(outputOptions.document()));
      return;
    }
    List<Settings> settings = workloadOptions.settings();
    if (quantization != null && workloadOptions.hasDtype()) {
      throw new InvalidInputException(
          "--quantization", "says the formats of the weights; leave out --dtype");
    }
    List<ModelEstimate> estimates = new ArrayList<>();
    Optional<TargetDevice> target = deviceOptions.target();
    int usualOutput = serve ? ServingSection.USUAL_OUTPUT : 0;
    Precision vectors = target.map(each -> each.device().usualVectors()).orElse(Precision.F32);
    for (NamedModel model : modelOptions.models()) {
      for (Settings each : settings) {
        EstimatedModel estimated =
            new EstimatedModel(
                model,
                Workload.of(each, model, Optional.ofNullable(quantization), vectors, usualOutput));
        estimates.add(estimate(estimated, workloadOptions.varied(each), target));
      }
    }
    try {
      Output.print(spec, new EstimateReport(estimates, explain).render(outputOptions.document()));
    } catch (ArithmeticException e) {
      throw tooLarge(estimates.getFirst().estimated(), e);
    }
  }

  private ModelEstimate estimate(
      EstimatedModel estimated, List<Cell> varied, Optional<TargetDevice> target) {
    try {
      List<Section> asked = asked(estimated, target);
      boolean isAsked = !asked.isEmpty();
      return new ModelEstimate(
          estimated,
          varied,
          isAsked
              ? asked
              : List.of(ParametersSection.of(estimated), StepsSection.overview(estimated)),
          isAsked);
    } catch (ArithmeticException e) {
      throw tooLarge(estimated, e);
    }
  }

  private List<Section> asked(EstimatedModel estimated, Optional<TargetDevice> device) {
    Optional<TargetDevice> target = device.map(each -> each.holding(estimated.weightBytes()));
    List<Section> sections = new ArrayList<>();
    if (params || budget != null) {
      sections.add(ParametersSection.of(estimated));
    }
    if (budget != null) {
      sections.add(BudgetSection.of(estimated, budget));
    }
    if (flops) {
      sections.add(FlopsSection.of(estimated));
    }
    if (bytes) {
      sections.add(StepsSection.bytes(estimated));
    }
    if (memory) {
      sections.add(MemorySection.of(estimated, blockPositions, deviceOptions.memoryBytes()));
    }
    if (train) {
      sections.add(TrainingSection.of(estimated, trainingTask(estimated)));
    }
    if (compress) {
      sections.add(CompressionSection.of(estimated, target));
    }
    if (serve) {
      sections.add(
          ServingSection.of(
              estimated,
              target.orElseThrow(() -> new InvalidInputException("--serve", "needs a --device")),
              deviceOptions.hasComputeDtype(),
              servingOptions.layout(layoutOptions.layout().tensorParallel()),
              servingOptions));
    }
    boolean isDeviceUsed = memory || train || compress || serve;
    if (target.isPresent() && (!isDeviceUsed || quantization != null)) {
      sections.add(DeviceSection.of(estimated, target.get()));
    }
    return sections;
  }

  private TrainingSection.Task trainingTask(EstimatedModel estimated) {
    int devices = layoutOptions.layout().devices();
    TrainingBatch batch = layoutOptions.batch(estimated.workload().prompt());
    OptionChecks.requireIn(
        "--seq", batch.sequenceLength(), 1, estimated.architecture().maxPositions());
    return new TrainingSection.Task(
        batch,
        layoutOptions.layout(),
        memoryPlanOptions.memoryOptions(),
        deviceOptions.memoryBytes(),
        runOptions.tokens(),
        flops -> runOptions.run(flops, devices, deviceOptions));
  }

  private void requireNothingBut(Path tensors) {
    boolean isMoreAsked = flops || bytes || memory || train || compress || serve;
    if (isMoreAsked || budget != null || deviceOptions.device().isPresent()) {
      throw new InvalidInputException(
          tensors.toString(), "has no config.json beside it, so that only --params is known");
    }
  }

  private static InvalidInputException tooLarge(
      EstimatedModel estimated, ArithmeticException cause) {
    Workload workload = estimated.workload();
    return new InvalidInputException(
        estimated.model().name(),
        String.format(
            Locale.ROOT,
            "--prompt %d, --context %d, --batch %d, --output %d: a count passes 2^63",
            workload.prompt(),
            workload.context(),
            workload.batch(),
            workload.output()),
        cause);
  }
}
