package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Quantities;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Sections;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.inference.KvPages;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.serving.Clock;
import dev.ridgepoint.model.serving.PromptRequest;
import dev.ridgepoint.model.serving.Scheduler;
import dev.ridgepoint.model.serving.ServingLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntPredicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a trace of requests, with continuous and with static batching. */
@Command(
    name = "load",
    description = {
      "Serves the same requests with continuous and with static batching, and shows what became of"
          + " them.",
      "The model is as for 'ridge generate', or a known one with drawn weights"
          + " (default: Qwen2.5-0.5B)."
    },
    mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
  /** As of {@code ridge report}. */
  private static final String DEFAULT_MODEL = "Qwen2.5-0.5B";

  private static final int WARM_UP_TOKENS = 4;

  private static final long MAX_PAGES = 1 << 24;

  /** Longer than the compiler is busy with the kernels: engine/PERFORMANCE.md, "Start-up". */
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  @Mixin private EngineOptions engine;
  @Mixin private TraceOptions trace;
  @Mixin private OutputOptions output;

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      defaultValue = "8",
      description = "Sequences that are served at once (default: ${DEFAULT-VALUE}).")
  private int maxBatch;

  @Option(
      names = "--max-memory",
      paramLabel = "BYTES",
      description = "Memory of all KV caches at once, such as 2GB (default: what the batch needs).")
  private String maxMemory;

  @Option(
      names = "--chunk",
      paramLabel = "N",
      defaultValue = "128",
      description =
          "Tokens of a step at most, of which prompts get what those leave that decode"
              + " (default: ${DEFAULT-VALUE}).")
  private int chunk;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    OptionChecks.requireIn("--max-batch", maxBatch, 1, 1024);
    OptionChecks.requireIn("--chunk", chunk, maxBatch, 1 << 16);
    engine.setDefaultModel(DEFAULT_MODEL);
    Optional<Path> path = ModelSource.found(engine.model());
    if (trace.hasPrompts() && path.isEmpty()) {
      throw new InvalidInputException("--prompts", "needs a model that has a tokenizer");
    }
    Optional<Dialogue> dialogue =
        trace.hasPrompts()
            ? path.map(each -> Dialogue.of(each, false, Optional.empty()))
            : Optional.empty();
    Function<Architecture, RunningModel.Demand> demand = each -> demand(each, dialogue);
    try (RunningModel model =
        path.isPresent()
            ? RunningModel.open(engine, demand, spec.commandLine().getErr()::println)
            : RunningModel.synthetic(engine, demand)) {
      List<PromptRequest> requests = requests(model.setup().architecture(), dialogue);
      IntPredicate isEnd = token -> dialogue.isPresent() && dialogue.get().isEnd(token);
      try (Interruption interruption = new Interruption();
          PagePool pool =
              new PagePool(
                  model.program().pageLayout(KvLayout.PAGE_POSITIONS),
                  pages(model.setup().architecture(), longest(requests)))) {
        Server server =
            new Server(model.program(), pool, limits(), isEnd, interruption::isRequested);
        server.warmUp(warmUp(requests));
        List<LoadSection.Serving> servings = server.servings(requests, trace.sharedPrefix() > 0);
        if (!servings.isEmpty()) {
          Section section =
              LoadSection.of(
                  servings,
                  requests.size(),
                  ModelCosts.of(model.setup()),
                  title(model.setup(), requests),
                  trace.sharedPrefix());
          Output.print(spec, new Sections(List.of(section), false).render(output.document()));
        }
        return interruption.isRequested() ? Interruption.EXIT_CODE : 0;
      }
    }
  }

  /** What serves the same requests in several ways, until it is stopped. */
  private record Server(
      Program program,
      PagePool pool,
      ServingLimits limits,
      IntPredicate isEnd,
      BooleanSupplier isStopped) {

    /** As long as the compiler is busy. */
    void warmUp(List<PromptRequest> few) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < WARM_UP.toNanos() && !isStopped.getAsBoolean()) {
        serving("warm-up", Batching.CONTINUOUS, false, few);
      }
    }

    /** In each way that was begun. */
    List<LoadSection.Serving> servings(List<PromptRequest> requests, boolean withSharing) {
      List<LoadSection.Serving> servings = new ArrayList<>();
      for (Batching batching : List.of(Batching.CONTINUOUS, Batching.STATIC)) {
        String name = batching.name().toLowerCase(Locale.ROOT);
        if (!isStopped.getAsBoolean()) {
          servings.add(serving(name, batching, false, requests));
        }
        if (withSharing && batching == Batching.CONTINUOUS && !isStopped.getAsBoolean()) {
          servings.add(serving(name + ", shared", batching, true, requests));
        }
      }
      return servings;
    }

    private LoadSection.Serving serving(
        String name, Batching batching, boolean sharesPrefixes, List<PromptRequest> requests) {
      Scheduler scheduler =
          new Scheduler(
              program, pool, sharesPrefixes, limits, batching, isEnd, Clock.real(isStopped));
      return new LoadSection.Serving(name, sharesPrefixes, scheduler.run(requests, isStopped));
    }
  }

  private ServingLimits limits() {
    return new ServingLimits(maxBatch, chunk);
  }

  /** The first requests at once, and short: until the compiler is done, steps take longer. */
  private List<PromptRequest> warmUp(List<PromptRequest> requests) {
    return requests.stream()
        .limit(maxBatch)
        .map(
            each ->
                new PromptRequest(0, each.prompt(), Math.min(WARM_UP_TOKENS, each.maxNewTokens())))
        .toList();
  }

  private List<PromptRequest> requests(Architecture architecture, Optional<Dialogue> dialogue) {
    List<PromptRequest> requests = trace.requests(architecture.embedding().vocabSize(), dialogue);
    int longest = longest(requests);
    if (longest >= architecture.maxPositions()) {
      throw new InvalidInputException(
          "--prompt",
          String.format(
              Locale.ROOT,
              "%,d tokens of a prompt and its answer exceed the model's max_position_embeddings"
                  + " %,d",
              longest + 1,
              architecture.maxPositions()));
    }
    return requests;
  }

  private static int longest(List<PromptRequest> requests) {
    return requests.stream().mapToInt(PromptRequest::positions).max().orElseThrow();
  }

  /** Pages that fit into the caches' memory, of which the longest request needs some. */
  private int pages(Architecture architecture, int longest) {
    KvPages pooled = EngineMemory.POOLED;
    long needed = pooled.most(architecture, longest, chunk);
    if (maxMemory == null) {
      return Math.toIntExact(Math.multiplyExact(maxBatch, needed));
    }
    KvLayout layout =
        Program.pageLayout(architecture, engine.kvDtype(architecture), pooled.positions());
    long pages = Quantities.bytes("--max-memory", maxMemory) / layout.pageBytes();
    if (pages < needed) {
      throw new InvalidInputException(
          "--max-memory",
          String.format(
              Locale.ROOT,
              "%s holds %,d pages of %d positions of a layer, but a request needs %,d at once",
              maxMemory,
              pages,
              pooled.positions(),
              needed));
    }
    return Math.toIntExact(Math.min(pages, MAX_PAGES));
  }

  private RunningModel.Demand demand(Architecture architecture, Optional<Dialogue> dialogue) {
    List<PromptRequest> requests = requests(architecture, dialogue);
    int longest = longest(requests);
    List<Step.Sequence> sequences = new ArrayList<>();
    sequences.add(new Step.Sequence(chunk - maxBatch + 1, 0, 1));
    for (int i = 1; i < maxBatch; i++) {
      sequences.add(new Step.Sequence(1, longest, 1));
    }
    return new RunningModel.Demand(
        new Step(sequences), longest, OptionalLong.of(pages(architecture, longest)));
  }

  private String title(RunningModel.Setup setup, List<PromptRequest> requests) {
    return String.format(
        Locale.ROOT,
        "%s in %s, %s, %s, seed %d, at most %,d at once and %,d tokens a step",
        setup.name(),
        setup.types().name().toLowerCase(Locale.ROOT),
        Units.count(setup.threads(), "thread"),
        Units.count(requests.size(), "request"),
        trace.seed(),
        maxBatch,
        chunk);
  }
}
