package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Perplexity;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells how well a model foretells a text. */
@Command(
    name = "perplexity",
    description = {
      "Prints how well a model foretells a text: exp of the mean negative log-likelihood of its"
          + " tokens.",
      "It compares formats of one model on one text, not models with other tokens."
    },
    mixinStandardHelpOptions = true)
public final class PerplexityCommand implements Callable<Integer> {
  private static final int USUAL_CONTEXT = 512;

  /** All of whose logits are kept at once. */
  private static final int TOKENS_PER_STEP = 64;

  private static final int MOST_STORIES = 100_000;

  /** As {@code ridge stories} has it. */
  private static final long SEED = 1;

  @Mixin private EngineOptions engine;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "The text in UTF-8, or - for what the standard input holds (default: what is piped in, if"
              + " that begins within 2 seconds).")
  private String file;

  @Option(
      names = "--stories",
      paramLabel = "N",
      description =
          "Instead of a file: the first stories of ridge stories --held-out, each by itself, with"
              + " its end.")
  private Integer stories;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "Tokens of a window, of which each is foretold from those before it in the window alone"
              + " (default: 512, or what the model takes).")
  private Integer context;

  @Option(
      names = "--stride",
      paramLabel = "N",
      description =
          "Tokens from one window to the next: fewer than the context foretell each token from"
              + " more, and take longer (default: the context).")
  private Integer stride;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** What {@code --json} prints. */
  private record Figures(
      String model,
      String dtype,
      String kvDtype,
      double perplexity,
      double natsPerToken,
      long tokens,
      int context,
      int stride,
      double seconds) {}

  @Override
  public Integer call() throws IOException {
    Path path = engine.path();
    List<int[]> texts = stories == null ? List.of(ofFile(path)) : ofStories(path);
    try (RunningModel model =
        RunningModel.open(engine, this::demand, spec.commandLine().getErr()::println)) {
      RunningModel.Setup setup = model.setup();
      int window = context(setup.architecture());
      Perplexity.Windows windows = new Perplexity.Windows(window, stride(window), TOKENS_PER_STEP);
      long start = System.nanoTime();
      Perplexity perplexity = Perplexity.NONE;
      for (int[] tokens : texts) {
        perplexity =
            perplexity.plus(
                Perplexity.of(model.program(), tokens, windows, (done, total, soFar) -> {}));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Output.print(
          spec,
          json
              ? JsonTables.text(
                  new Figures(
                      setup.name(),
                      setup.types().name().toLowerCase(Locale.ROOT),
                      EngineFormats.name(setup.kvDtype()),
                      perplexity.value(),
                      perplexity.natsPerToken(),
                      perplexity.tokens(),
                      window,
                      windows.stride(),
                      seconds))
              : String.format(
                  Locale.ROOT,
                  "perplexity %.4f, %.5f nats per token, of %s in windows of %,d every %,d; %s, %s",
                  perplexity.value(),
                  perplexity.natsPerToken(),
                  Units.count(perplexity.tokens(), "token"),
                  window,
                  windows.stride(),
                  Units.duration(seconds),
                  Units.tokensPerSecond(perplexity.tokens() / seconds)));
    }
    return 0;
  }

  private List<int[]> ofStories(Path model) {
    if (file != null) {
      throw new InvalidInputException("--stories", "cannot be given beside --file");
    }
    OptionChecks.requireIn("--stories", stories, 1, MOST_STORIES);
    Tokenizer tokenizer = TokenizerFiles.read(model);
    int[] end =
        EndTokens.read(model, tokenizer.vocabulary()).stream()
            .limit(1)
            .mapToInt(Integer::intValue)
            .toArray();
    return Stories.of(Part.HELD_OUT, SEED)
        .limit(stories)
        .map(story -> tokenizer.encode(story, true, false))
        .map(tokens -> IntStream.concat(IntStream.of(tokens), IntStream.of(end)).toArray())
        .toList();
  }

  private String text() throws IOException {
    if (file == null) {
      return TextInput.piped()
          .orElseThrow(() -> new InvalidInputException("--file", "is missing; or give --stories"));
    }
    return file.equals(TextInput.STANDARD_INPUT)
        ? TextInput.standardInput()
        : TextInput.file(ModelSource.path(file));
  }

  private int[] ofFile(Path model) throws IOException {
    int[] tokens = TokenizerFiles.read(model).encode(text(), true, false);
    if (tokens.length < 2) {
      throw new InvalidInputException(
          "--file",
          String.format(
              Locale.ROOT,
              "%s holds %s, of which none can be foretold",
              file,
              Units.count(tokens.length, "token")));
    }
    return tokens;
  }

  private RunningModel.Demand demand(Architecture architecture) {
    int window = context(architecture);
    stride(window);
    int rows = Math.min(TOKENS_PER_STEP, window);
    Step step = new Step(List.of(new Step.Sequence(rows, 0, rows)));
    return new RunningModel.Demand(step, window, OptionalLong.empty());
  }

  private int context(Architecture architecture) {
    int most = architecture.maxPositions();
    if (context == null) {
      return Math.min(most, USUAL_CONTEXT);
    }
    OptionChecks.requireIn("--context", context, 2, most);
    return context;
  }

  private int stride(int window) {
    if (stride == null) {
      return window;
    }
    OptionChecks.requireIn("--stride", stride, 1, window);
    return stride;
  }
}
