package dev.ridgepoint.bench.cli.plan;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.EfficiencyNote;
import dev.ridgepoint.bench.cli.options.ModelOptions;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
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

  /** One request in eleven days; the simulation's clock would lose its steps in longer waits. */
  private static final double MIN_RATE = 1e-6;

  private static final double MAX_RATE = 1e9;

  /** The first comes from the prefill, and time per output token needs a second. */
  private static final int MIN_OUTPUT = 2;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--rps",
      paramLabel = "N",
      required = true,
      description = "Requests per second, in the mean.")
  private double requestsPerSecond;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      required = true,
      description = "Tokens of a request's prompt.")
  private int prompt;

  @Option(
      names = "--output",
      paramLabel = "N",
      required = true,
      description = "Tokens of its answer, at least 2.")
  private int output;

  @Option(
      names = "--ttft",
      paramLabel = "SECONDS",
      required = true,
      description = "Mean time to the first token, at most.")
  private double timeToFirstToken;

  @Option(
      names = "--tpot",
      paramLabel = "SECONDS",
      required = true,
      description = "Mean time per output token, at most.")
  private double timePerOutputToken;

  @Option(
      names = "--utilization",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description =
          "Share of what a replica could serve, at most: the rest is headroom"
              + " (default: ${DEFAULT-VALUE}).")
  private double utilization;

  @Option(names = "--usd-per-month", paramLabel = "USD", description = "Budget (default: none).")
  private Double usdPerMonth;

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
    OptionChecks.requireIn("--rps", requestsPerSecond, MIN_RATE, MAX_RATE);
    OptionChecks.requireIn("--prompt", prompt, 1, architecture.maxPositions() - MIN_OUTPUT);
    OptionChecks.requireIn("--output", output, MIN_OUTPUT, architecture.maxPositions() - prompt);
    OptionChecks.requirePositive("--ttft", timeToFirstToken);
    OptionChecks.requirePositive("--tpot", timePerOutputToken);
    OptionChecks.requirePositive("--utilization", utilization);
    if (usdPerMonth != null) {
      OptionChecks.requirePositive("--usd-per-month", usdPerMonth);
    }
    try {
      Output.print(spec, sections(model).render(outputOptions.document()));
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          model.name(),
          String.format(
              Locale.ROOT, "--prompt %d, --output %d: a count passes 2^63", prompt, output),
          e);
    }
  }

  private Sections sections(NamedModel model) {
    Architecture architecture = model.architecture();
    Efficiency efficiency = bound ? Efficiency.BOUND : Efficiency.SERVING;
    ServingLoad load = new ServingLoad(requestsPerSecond, prompt, output);
    DeploymentSearch search =
        DeploymentSearch.of(
            architecture,
            load,
            new ServiceLimits(timeToFirstToken, timePerOutputToken, utilization, budget()),
            candidates(),
            precisions(model),
            efficiency);
    if (search.plans().isEmpty()) {
      throw new InvalidInputException(model.name(), String.join("; ", search.explanation(1)));
    }
    DeploymentPlan best = search.plans().getFirst();
    Replica replica = best.choice().replica(architecture, efficiency);
    ReplicaQueue queue = new ReplicaQueue(replica, load);
    Section simulation =
        SimulationSection.of(
            requests(load.requestsPerSecond() / best.replicas()),
            replica,
            best.largestBatch(),
            String.format(
                Locale.ROOT, "seed %d, %s answers", seed, randomLengths ? "random" : "equal"));
    return new Sections(
        List.of(section(model, search, efficiency, derivations(best, queue)), simulation), explain);
  }

  /** The usual ones, or those of the model's file if it is quantised already. */
  private static List<ServingPrecision> precisions(NamedModel model) {
    return model
        .formats()
        .filter(formats -> !PLAIN.contains(formats.name()))
        .map(formats -> List.of(ServingPrecision.of(formats)))
        .orElse(PRECISIONS);
  }

  private List<Derivation> derivations(DeploymentPlan best, ReplicaQueue queue) {
    List<Derivation> derivations = new ArrayList<>();
    best.costDerivation().ifPresent(derivations::add);
    derivations.addAll(queue.derivations(best.point().requestsPerSecond()));
    return derivations;
  }

  private List<Request> requests(double perSecond) {
    LengthDistribution answers =
        randomLengths
            ? new LengthDistribution.Geometric(output)
            : new LengthDistribution.Fixed(output);
    return Request.poisson(
        seed, requests, perSecond, new LengthDistribution.Fixed(prompt), answers);
  }

  private OptionalDouble budget() {
    return usdPerMonth == null ? OptionalDouble.empty() : OptionalDouble.of(usdPerMonth);
  }

  private List<Device> candidates() {
    return devices.isEmpty()
        ? DeviceCatalog.all().stream()
            .filter(device -> device.cloudPricePerHour().isPresent())
            .filter(device -> device.memoryBytes().isPresent())
            .toList()
        : devices.stream().map(DeviceOptions::find).toList();
  }

  private Section section(
      NamedModel model,
      DeploymentSearch search,
      Efficiency efficiency,
      List<Derivation> derivations) {
    List<List<Cell>> rows = new ArrayList<>();
    for (DeploymentPlan plan : search.plans().stream().limit(top).toList()) {
      rows.add(row(plan));
    }
    String title =
        "%s: %s requests/s, prompts of %s, answers of %s"
            .formatted(
                model.name(),
                Units.trimmed(requestsPerSecond),
                Units.count(prompt, "token"),
                Units.count(output, "token"));
    return new Section(
        "plans",
        List.of(),
        List.of(Table.ofCells("ranked", title, rows)),
        derivations,
        List.of(search.explanation(0).getFirst(), EfficiencyNote.of(efficiency)));
  }

  private static List<Cell> row(DeploymentPlan plan) {
    OptionalDouble cost = plan.usdPerMonth();
    return List.of(
        Cell.of("device", "device", Format.TEXT, plan.choice().device().name()),
        Cell.of("precision", "precision", Format.TEXT, plan.choice().precision().name()),
        Cell.of("tensorParallel", "tp", Format.COUNT, plan.choice().tensorParallel()),
        Cell.of("replicas", "replicas", Format.COUNT, plan.replicas()),
        Cell.of("devices", "devices", Format.COUNT, plan.devices()),
        Cell.of(
            "usdPerMonth",
            "per month",
            Format.DOLLARS,
            cost.isPresent() ? cost.getAsDouble() : null),
        Cell.of(
            "timeToFirstTokenSeconds",
            "first token",
            Format.SECONDS,
            plan.point().timeToFirstTokenSeconds()),
        Cell.of(
            "timePerOutputTokenSeconds",
            "per token",
            Format.SECONDS,
            plan.point().timePerOutputTokenSeconds()),
        Cell.of("batch", "batch", Format.COUNT, plan.point().batch()),
        Cell.of("largestBatch", "max", Format.COUNT, plan.largestBatch()),
        Cell.of("utilization", "load", Format.SHARE, plan.point().utilization()));
  }
}
