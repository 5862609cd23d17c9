package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.MemoryPlanOptions;
import dev.ridgepoint.bench.cli.options.ModelOptions;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.cli.options.RunOptions;
import dev.ridgepoint.bench.launch.TrainingLaunch;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.estimator.cluster.Cluster;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.cluster.Overlap;
import dev.ridgepoint.estimator.cluster.PlanSearch;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingModel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Data, tensor and pipeline parallelism for one training run. */
@Command(
    name = "train",
    description = {
      "Tries every way to cut a cluster into data, tensor and pipeline parallelism, with every ZeRO"
          + " stage, kind of checkpointing, micro-batch and schedule, and ranks what fits.",
      "Times are bounds: matrix products at --efficiency of the peak, links without contention."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainPlanCommand implements Runnable {
  /** A search over more would try more cuts than anybody waits for. */
  private static final int MAX_DEVICES = 1 << 17;

  private static final int MAX_BATCH = 1 << 20;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--seq",
      paramLabel = "N",
      description = "Tokens of a sequence (default: 4096, or as many as the model takes).")
  private Integer sequenceLength;

  @Option(
      names = "--global-batch",
      paramLabel = "N",
      required = true,
      description = "Sequences of one optimizer step, over all replicas.")
  private int globalBatch;

  @Option(
      names = "--per-node",
      paramLabel = "N",
      defaultValue = "8",
      description = "Devices that --link joins (default: ${DEFAULT-VALUE}).")
  private int devicesPerNode;

  @Option(
      names = "--link",
      paramLabel = "B/s",
      description =
          "Bytes per second of one device to others of its node, one direction, such as 450GB"
              + " (default: the device's).")
  private String link;

  @Option(
      names = "--outer-link",
      paramLabel = "B/s",
      description =
          "Bytes per second of one device to other nodes, such as 50GB (default: as --link).")
  private String outerLink;

  @Option(
      names = "--latency",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Of each message, both links (default: ${DEFAULT-VALUE}, a bound).")
  private double latencySeconds;

  @Option(
      names = "--efficiency",
      paramLabel = "SHARE",
      description =
          "Share of the peak that matrix products reach (default: as measured on the device, or"
              + " 1, a bound).")
  private Double efficiency;

  @Option(
      names = "--overlap",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Share of communication between replicas and stages that hides behind computation"
              + " (default: ${DEFAULT-VALUE}).")
  private double overlap;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "Plans to show (default: ${DEFAULT-VALUE}).")
  private int top;

  @Mixin private DeviceOptions deviceOptions;
  @Mixin private MemoryPlanOptions memoryPlanOptions;
  @Mixin private RunOptions runOptions;
  @Mixin private OutputOptions outputOptions;

  @Option(names = "--explain", description = "Say how the best plan's numbers come about.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    NamedModel model = modelOptions.model();
    TrainingModel trained = TrainingModel.of(model.name(), model.architecture());
    OptionChecks.requireIn("--top", top, 1, Integer.MAX_VALUE);
    OptionChecks.requireIn("--global-batch", globalBatch, 1, MAX_BATCH);
    int positions = model.architecture().maxPositions();
    int length = sequenceLength != null ? sequenceLength : Math.min(4096, positions);
    OptionChecks.requireIn("--seq", length, 1, positions);
    Cluster cluster = cluster();
    PlanSearch.Task task =
        new PlanSearch.Task(
            trained,
            length,
            globalBatch,
            memoryPlanOptions.memoryOptions(),
            new Overlap(overlap, overlap));
    PlanSearch search = PlanSearch.of(task, cluster);
    if (search.plans().isEmpty()) {
      throw new InvalidInputException(
          model.name(),
          String.format(
              Locale.ROOT,
              "no plan fits %d devices: %s",
              cluster.devices(),
              search.rejections().getLast().reason()));
    }
    OptionalDouble tokens = runOptions.tokens();
    Section plans =
        new TrainPlanSection(model, task, cluster, search, top)
            .plans(tokens, runOptions.prices(deviceOptions.device()));
    Section launch =
        TrainingLaunch.of(model, search.plans().getFirst(), cluster, task.overlap(), tokens)
            .section();
    Sections sections = new Sections(List.of(plans, launch), explain);
    Output.print(spec, sections.render(outputOptions.document()));
  }

  private Cluster cluster() {
    Optional<Device> device = deviceOptions.device();
    if (!runOptions.hasDevices()) {
      throw new InvalidInputException("--devices", "is missing");
    }
    int devices = runOptions.devices(1);
    OptionChecks.requireIn("--devices", devices, 1, MAX_DEVICES);
    OptionChecks.requireIn("--per-node", devicesPerNode, 1, MAX_DEVICES);
    long memory =
        deviceOptions
            .memoryBytes()
            .orElseThrow(
                () ->
                    new InvalidInputException("--memory-limit", "is missing; or name a --device"));
    double inner = link != null ? Quantities.bytes("--link", link) : deviceLink(device);
    double outer = outerLink != null ? Quantities.bytes("--outer-link", outerLink) : inner;
    return new Cluster(
        device.map(Device::name).orElse("cluster"),
        devices,
        devicesPerNode,
        memory,
        runOptions.peak(device, deviceOptions),
        efficiency(device),
        new Link("within a node", inner, latencySeconds),
        new Link("between nodes", outer, latencySeconds));
  }

  private static double deviceLink(Optional<Device> device) {
    return device
        .map(Device::linkBytesPerSecond)
        .filter(rate -> rate.isPresent())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "--link", "is missing, and no link of the device is known"))
        .getAsDouble();
  }

  private double efficiency(Optional<Device> device) {
    if (efficiency != null) {
      OptionChecks.requireIn("--efficiency", efficiency, 0, 1);
      return efficiency;
    }
    return device
        .map(each -> each.matmulEfficiency(deviceOptions.computeDtype(each)).orElse(1))
        .orElse(1.0);
  }
}
