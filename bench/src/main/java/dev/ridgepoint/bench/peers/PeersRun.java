package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.jmh.JmhLock;
import dev.ridgepoint.bench.peers.EngineProbe.UnavailableException;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything behind {@code ridge peers}: asks who runs here, exports the models, and measures
 * Ridgepoint and each peer in turns.
 */
public final class PeersRun {
  private static final Workload.Decode PROBE =
      new Workload.Decode("tiny", ModelCatalog.get("tiny"), 1);

  private final Engines engines;
  private final List<Engine> peers;
  private final PeersRequest request;
  private final Path scratch;
  private final Listener listener;
  private final SequencedMap<String, Identity> identities = new LinkedHashMap<>();
  private final SequencedMap<String, String> failures = new LinkedHashMap<>();

  /** Told what happens. */
  public interface Listener {
    /** The comparison number {@code index} of {@code total}, from 0, begins. */
    void compares(int index, int total, String what);
  }

  private record Task(Workload workload, DType dtype, int threads, Engine engine) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s, %s, %s, %d thread%s",
          engine.name(),
          workload.label(),
          dtype,
          threads,
          threads == 1 ? "" : "s");
    }
  }

  /** That an engine failed at a workload; the message is one line. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    FailedException(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /**
   * @param programs the user's own, beside the engines that come with the build
   * @param scratch where the exported models are kept while it runs
   * @throws InvalidInputException if an engine of the request is unknown, or a program has the name
   *     of another engine
   */
  public PeersRun(
      Engines engines,
      List<Program> programs,
      PeersRequest request,
      Path scratch,
      Listener listener) {
    this.engines = engines;
    this.request = request;
    this.scratch = scratch;
    this.listener = listener;
    peers = selected(all(engines, programs), request.engines());
  }

  private static List<Engine> all(Engines engines, List<Program> programs) {
    List<Engine> all = new ArrayList<>(engines.peers());
    for (Program program : programs) {
      if (Stream.concat(Stream.of(engines.ours()), all.stream())
          .anyMatch(engine -> engine.name().equalsIgnoreCase(program.name()))) {
        throw new InvalidInputException(
            "--programs", "\"%s\" is another engine's name".formatted(program.name()));
      }
      all.add(new ProgramEngine(program));
    }
    return all;
  }

  private static List<Engine> selected(List<Engine> all, Set<String> names) {
    for (String name : names) {
      if (all.stream().noneMatch(engine -> engine.name().equalsIgnoreCase(name))) {
        throw new InvalidInputException(
            "--engine",
            "\"%s\" is unknown; known are %s"
                .formatted(name, all.stream().map(Engine::name).collect(Collectors.joining(", "))));
      }
    }
    return all.stream()
        .filter(
            engine -> names.isEmpty() || names.stream().anyMatch(engine.name()::equalsIgnoreCase))
        .toList();
  }

  /** Measures all that was asked for and that runs here. */
  public PeersReport run() throws IOException, InterruptedException {
    JmhLock.requireFree();
    List<Comparison> comparisons = new ArrayList<>();
    try (ExportedModels models = new ExportedModels(scratch)) {
      List<Task> tasks = tasks(available(models));
      for (int i = 0; i < tasks.size(); i++) {
        Task task = tasks.get(i);
        listener.compares(i, tasks.size(), task.toString());
        try {
          comparisons.add(compare(task, models));
        } catch (FailedException e) {
          failures.put(task.toString(), e.getMessage());
        }
      }
    }
    Host host = Host.current();
    return new PeersReport(
        host.cpu(), host.jdk(), request.pairs(), comparisons, identities, failures);
  }

  private List<Engine> available(ExportedModels models) throws IOException, InterruptedException {
    identify(engines.ours(), models);
    List<Engine> available = new ArrayList<>();
    for (Engine engine : peers) {
      if (identify(engine, models)) {
        available.add(engine);
      }
    }
    return available;
  }

  /** Whether the engine runs here. */
  private boolean identify(Engine engine, ExportedModels models)
      throws IOException, InterruptedException {
    DType dtype =
        DType.encoded().stream()
            .filter(each -> engine.has(PROBE, each))
            .findFirst()
            .orElse(DType.F32);
    Path model = models.get(PROBE.architecture(), engine.exportType(dtype), engine.format());
    try {
      identities.put(engine.name(), EngineProbe.identify(engine, model));
      return true;
    } catch (UnavailableException e) {
      failures.put(engine.name(), e.getMessage());
      return false;
    }
  }

  private List<Task> tasks(List<Engine> available) {
    List<Task> tasks = new ArrayList<>();
    for (Workload workload : request.workloads()) {
      Set<DType> dtypes =
          workload instanceof Workload.Product ? Set.of(DType.F32) : request.dtypes();
      for (DType dtype : dtypes) {
        for (int threads : request.threads()) {
          for (Engine engine : available) {
            if (engines.ours().has(workload, dtype) && engine.has(workload, dtype)) {
              tasks.add(new Task(workload, dtype, threads, engine));
            }
          }
        }
      }
    }
    return tasks;
  }

  private Comparison compare(Task task, ExportedModels models) throws IOException, FailedException {
    List<Comparison.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < request.pairs(); i++) {
      double ours = seconds(task, engines.ours(), models);
      pairs.add(new Comparison.Pair(ours, seconds(task, task.engine(), models)));
    }
    return new Comparison(
        task.workload(), task.dtype(), task.threads(), task.engine().name(), pairs);
  }

  /** Of one invocation. */
  private double seconds(Task task, Engine engine, ExportedModels models)
      throws IOException, FailedException {
    Path model =
        task.workload() instanceof Workload.ModelStep step
            ? models.get(step.architecture(), engine.exportType(task.dtype()), engine.format())
            : scratch;
    try {
      return engine
          .run(task.workload(), task.dtype(), task.threads(), model)
          .seconds(request.repetition(task.workload()));
    } catch (IOException e) {
      throw new FailedException(reason(e), e);
    }
  }

  /** JMH's message holds all that the benchmark printed: the line that tells most of it. */
  private static String reason(IOException failure) {
    return failure
        .getMessage()
        .lines()
        .skip(1)
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .findFirst()
        .or(() -> failure.getMessage().lines().findFirst())
        .map(String::strip)
        .orElse("");
  }
}
