package dev.ridgepoint.bench.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.OwnModels;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.serving.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets a model write, and says how fast. */
@Command(
    name = "generate",
    description = {
      "Continues a text or a conversation with a model, and shows how fast beside what the"
          + " estimator predicts.",
      "The text goes to the standard output, the figures to the standard error.",
      "Without --model it tells stories, with a small model that comes with the program."
    },
    mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {
  /** Tokens of a prompt that a step feeds. */
  private static final int TOKENS_PER_STEP = 512;

  private static final long CHAT_CONTEXT = 4096;

  @Mixin private EngineOptions engine;
  @Mixin private Prompts prompts;
  @Mixin private SamplingOptions sampling;
  @Mixin private SpeculationOptions speculation;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of an answer at most (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "Tokens of prompt and answer, of all turns, at most (default: what the prompt needs; in a"
              + " conversation 4096, or what the model takes).")
  private Integer context;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End an answer before this text; may be given several times.")
  private List<String> stops = new ArrayList<>();

  @Option(
      names = "--json",
      description = "Print one object with texts, ids and figures, and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** What {@code --json} prints. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Generated(
      String model,
      String dtype,
      String kvDtype,
      int threads,
      long estimatedBytes,
      Long peakBytes,
      List<GeneratedTurn> turns) {}

  @Override
  public Integer call() throws IOException {
    engine.setDefaultModel(OwnModels.STORIES);
    prompts.takePiped();
    if (engine.model().equals(OwnModels.STORIES)) {
      prompts.setDefault(OwnModels.BEGINNING);
      speculation.setDefaultDraftModel(OwnModels.STORIES_DRAFT);
    }
    prompts.check();
    OptionChecks.requireIn("--max-tokens", maxTokens, 1, Integer.MAX_VALUE);
    if (stops.stream().anyMatch(String::isEmpty)) {
      throw new InvalidInputException("--stop", "must not be empty");
    }
    speculation.check();
    Sampler sampler = sampling.sampler();
    Dialogue dialogue = Dialogue.of(engine.path(), prompts.isChat(), prompts.system());
    speculation.requireSameVocabulary(dialogue.tokenizer());
    // Without a conversation the prompt is known before the model is loaded, and what it needs.
    Optional<int[]> known = prompts.isConversation() ? Optional.empty() : next(dialogue);
    long needed = known.map(ids -> (long) ids.length + maxTokens).orElse(CHAT_CONTEXT);
    Consumer<String> notes = spec.commandLine().getErr()::println;
    try (RunningModel model =
            RunningModel.open(
                engine,
                architecture ->
                    RunningModel.oneSequence(TOKENS_PER_STEP, capacity(architecture, needed)),
                notes);
        Session session =
            new Session(
                model.program(), capacity(model.setup().architecture(), needed), TOKENS_PER_STEP);
        Drafting drafting =
            Drafting.open(
                speculation,
                model,
                engine,
                sampling.draftSampler(),
                session.capacity(),
                TOKENS_PER_STEP,
                notes)) {
      Turns turns = new Turns(model, session, dialogue, sampler, drafting);
      Optional<int[]> ids = known.isPresent() ? known : next(dialogue);
      while (ids.isPresent()) {
        try (Interruption interruption = new Interruption()) {
          turns.run(ids.get(), interruption);
          if (interruption.isRequested() || Output.isBroken(spec)) {
            turns.end();
            return interruption.isRequested() ? Interruption.EXIT_CODE : ExitCode.OK;
          }
        }
        ids = next(dialogue);
      }
      turns.end();
      return ExitCode.OK;
    }
  }

  /** The tokens of all that was said, with the next prompt, if there is one. */
  private Optional<int[]> next(Dialogue dialogue) throws IOException {
    return prompts.next().map(dialogue::ask);
  }

  /** The answers, one after the other. */
  private final class Turns {
    private final RunningModel model;
    private final RunningModel.Setup setup;
    private final Session session;
    private final Dialogue dialogue;
    private final Sampler sampler;
    private final Drafting drafting;
    private final ModelCosts costs;
    private final Optional<ModelCosts> draftCosts;
    private final PrintWriter out = spec.commandLine().getOut();
    private final List<GeneratedTurn> turns = new ArrayList<>();
    private long firstToken;

    Turns(
        RunningModel model,
        Session session,
        Dialogue dialogue,
        Sampler sampler,
        Drafting drafting) {
      this.model = model;
      this.setup = model.setup();
      this.session = session;
      this.dialogue = dialogue;
      this.sampler = sampler;
      this.drafting = drafting;
      costs = ModelCosts.of(setup);
      draftCosts = drafting.model().map(RunningModel::setup).map(ModelCosts::of);
    }

    /** Answers a conversation, and shows the answer as it comes, then its figures. */
    void run(int[] ids, Interruption interruption) {
      int room = session.capacity() - ids.length;
      if (ids.length == 0 || room < 1) {
        throw new InvalidInputException(
            ids.length == 0 ? "--prompt" : "--context",
            String.format(
                Locale.ROOT,
                "%,d tokens to continue in a context of %,d",
                ids.length,
                session.capacity()));
      }
      TextStream stream =
          new TextStream(
              dialogue.tokenizer(),
              stops,
              dialogue::isEnd,
              piece -> show(piece) && !interruption.isRequested());
      show(prompts.unseen());
      long start = System.nanoTime();
      firstToken = 0;
      Session.Turn turn =
          session.generate(
              ids,
              Math.min(maxTokens, room),
              sampler,
              drafting.drafter(),
              token -> {
                firstToken = firstToken == 0 ? System.nanoTime() : firstToken;
                return stream.append(token);
              });
      stream.close();
      dialogue.answered(stream.text());
      turns.add(generated(turn, stream, (firstToken - start) / 1e9));
      if (!json) {
        out.println();
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        err.println();
        GeneratedTurn last = turns.getLast();
        err.print(Document.TEXT.render(last.tables().toArray(Table[]::new)));
        if (last.note() != null) {
          err.println(last.note());
        }
        err.flush();
      }
    }

    private boolean show(String piece) {
      if (!json) {
        out.print(piece);
        out.flush();
      }
      return json || !Output.isBroken(spec);
    }

    private GeneratedTurn generated(Session.Turn turn, TextStream stream, double toFirstToken) {
      StepCosts prefill = costs.ofTimed(turn.prefill());
      StepCosts draft =
          draftCosts
              .map(each -> each.ofTimed(turn.speculation().draftSteps()))
              .orElse(StepCosts.ZERO);
      StepCosts decode = costs.ofTimed(turn.decode()).plus(draft);
      // Guessing has steps of several kinds, and explains itself.
      Optional<String> note =
          speculation.isNone() ? note(turn, decode.boundSeconds()) : Optional.empty();
      return new GeneratedTurn(
          stream.text(),
          turn.tokens(),
          stream.finish().name().toLowerCase(Locale.ROOT),
          turn.promptTokens(),
          turn.cachedTokens(),
          toFirstToken,
          StepFigures.of(turn.prefill(), turn.promptTokens() - turn.cachedTokens(), prefill),
          StepFigures.of(turn.decode(), turn.tokens().length - 1, decode),
          note.orElse(null),
          speculation.isNone() ? null : SpeculationFigures.of(turn, costs, draftCosts));
    }

    private Optional<String> note(Session.Turn turn, Optional<Double> boundSeconds) {
      boolean areCompiled = model.hasCompiledKernels() || !turns.isEmpty();
      int operations = OperationList.ofEngine(setup.architecture()).size();
      return new SpeedNote(areCompiled, operations).of(turn.decode(), boundSeconds);
    }

    /** Of all models. */
    private long memoryBytes() {
      return setup.memory().totalBytes()
          + draftCosts.map(each -> each.setup().memory().totalBytes()).orElse(0L);
    }

    /** Shows what is said of all of them. */
    void end() {
      Optional<Long> peak = Host.peakResidentBytes();
      if (json) {
        Output.print(
            spec,
            JsonTables.text(
                new Generated(
                    setup.name(),
                    setup.types().name().toLowerCase(Locale.ROOT),
                    EngineFormats.name(setup.kvDtype()),
                    setup.threads(),
                    memoryBytes(),
                    peak.orElse(null),
                    turns)));
        return;
      }
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          Locale.ROOT,
          "%nmemory: model, KV cache and activations %s%s%n",
          Units.bytes(memoryBytes()),
          peak.map(bytes -> "; the process had " + Units.bytes(bytes) + " at most").orElse(""));
      Step any = Step.decode(1, 0);
      costs
          .lacking(any)
          .or(() -> draftCosts.flatMap(each -> each.lacking(any)).map("the draft model: "::concat))
          .ifPresent(err::println);
      err.flush();
    }
  }

  private int capacity(Architecture architecture, long needed) {
    int most = architecture.maxPositions();
    if (context != null) {
      OptionChecks.requireIn("--context", context, 1, most);
      return context;
    }
    return (int) Math.min(most, needed);
  }
}
