package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.ModelOptions;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.launch.ServingLaunch;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.DeploymentSearch;
import dev.ridgepoint.estimator.serving.Efficiency;
import dev.ridgepoint.estimator.serving.LengthDistribution;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ReplicaQueue;
import dev.ridgepoint.estimator.serving.Request;
import dev.ridgepoint.estimator.serving.ServiceLimits;
import dev.ridgepoint.estimator.serving.ServingLoad;
import dev.ridgepoint.estimator.serving.ServingPrecision;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replicas for a load. */
@Command(
    name = "serve",
    description = {
      "Tries devices, tensor parallelism and precisions, each with the fewest replicas that hold a"
          + " load within its limits, and ranks them by cost.",
      "What precisions do to answers is not judged."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServePlanCommand implements Runnable {
  private static final List<ServingPrecision> PRECISIONS =
      List.of(ServingPrecision.BF16, ServingPrecision.FP8, ServingPrecision.INT4);

  /** Formats of files that are not quantised. */
  private static final Set<String> PLAIN =
      Set.of(Precision.F32.name(), Precision.F16.name(), Precision.BF16.name());

  private static final int MAX_REQUESTS = 1_000_000;

  @Mixin private ModelOptions modelOptions;

  @Mixin private ServingLoadOptions loadOptions;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      split = ",",
      description = "Devices to try (default: all that 'ridge devices' knows a rent of).")
  private List<String> devices = List.of();

  @Option(
      names = "--bound",
      description = "Assume software that reaches the datasheet, instead of published shares.")
  private boolean bound;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "Plans to show (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Requests to simulate through a replica of the first plan (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of when they come, and how long answers get (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--random-lengths",
      description = "Simulate answers that end at random, with --output tokens in the mean.")
  private boolean randomLengths;

  @Mixin private OutputOptions outputOptions;

  @Option(names = "--explain", description = "Say how the first plan's numbers come about.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    NamedModel model = modelOptions.model();
    Architecture architecture = model.architecture();
    if (architecture.encoder().isPresent()) {
      throw new InvalidInputException(model.name(), "plan serve needs a decoder alone");
    }
    OptionChecks.requireIn("--top", top, 1, Integer.MAX_VALUE);
    OptionChecks.requireIn("--requests", requests, 1, MAX_REQUESTS);
    ServingLoad load = loadOptions.load(architecture.maxPositions());
    ServiceLimits limits = loadOptions.limits();
    try {
      Output.print(spec, sections(model, load, limits).render(outputOptions.document()));
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          model.name(),
          String.format(
              Locale.ROOT,
              "--prompt %d, --output %d: a count passes 2^63",
              load.promptTokens(),
              load.outputTokens()),
          e);
    }
  }

  private Sections sections(NamedModel model, ServingLoad load, ServiceLimits limits) {
    Architecture architecture = model.architecture();
    Efficiency efficiency = bound ? Efficiency.BOUND : Efficiency.SERVING;
    DeploymentSearch search =
        DeploymentSearch.of(
            architecture, load, limits, candidates(), precisions(model), efficiency);
    if (search.plans().isEmpty()) {
      throw new InvalidInputException(model.name(), String.join("; ", search.explanation(1)));
    }
    DeploymentPlan best = search.plans().getFirst();
    Replica replica = best.choice().replica(architecture, efficiency);
    Section plans =
        new ServePlanSection(model, load, search, efficiency)
            .plans(new ReplicaQueue(replica, load), top);
    Section simulation =
        SimulationSection.of(
            requests(load, best.replicas()),
            replica,
            best.largestBatch(),
            String.format(
                Locale.ROOT, "seed %d, %s answers", seed, randomLengths ? "random" : "equal"));
    Section launch = ServingLaunch.of(model, best, load, replica).section();
    return new Sections(List.of(plans, simulation, launch), explain);
  }

  /** The usual ones, or those of the model's file if it is quantised already. */
  private static List<ServingPrecision> precisions(NamedModel model) {
    return model
        .formats()
        .filter(formats -> !PLAIN.contains(formats.name()))
        .map(formats -> List.of(ServingPrecision.of(formats)))
        .orElse(PRECISIONS);
  }

  /** Those of one replica. */
  private List<Request> requests(ServingLoad load, long replicas) {
    int output = load.outputTokens();
    LengthDistribution answers =
        randomLengths
            ? new LengthDistribution.Geometric(output)
            : new LengthDistribution.Fixed(output);
    return Request.poisson(
        seed,
        requests,
        load.requestsPerSecond() / replicas,
        new LengthDistribution.Fixed(load.promptTokens()),
        answers);
  }

  private List<Device> candidates() {
    return devices.isEmpty()
        ? DeviceCatalog.all().stream()
            .filter(device -> device.cloudPricePerHour().isPresent())
            .filter(device -> device.memoryBytes().isPresent())
            .toList()
        : devices.stream().map(DeviceOptions::find).toList();
  }
}
