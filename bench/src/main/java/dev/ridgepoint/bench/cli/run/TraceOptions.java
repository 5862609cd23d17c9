package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.LengthDistribution;
import dev.ridgepoint.estimator.serving.Request;
import dev.ridgepoint.model.serving.PromptRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Which requests come, and when. */
final class TraceOptions {
  private static final Pattern LENGTHS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
  private static final int MAX_REQUESTS = 100_000;
  private static final int MAX_PREFIX = 1 << 20;
  private static final double MIN_RATE = 1e-3;
  private static final double MAX_RATE = 1e6;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "16",
      description = "Requests of the trace (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Requests per second in the mean; they come independently of each other"
              + " (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--prompt",
      paramLabel = "N[-N]",
      defaultValue = "32-128",
      description = "Tokens of a prompt, any number of these alike (default: ${DEFAULT-VALUE}).")
  private String prompt;

  @Option(
      names = "--shared-prefix",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Tokens before each prompt that are the same in all, as a system prompt is; with them the"
              + " trace is also served by sequences that share their pages.")
  private int sharedPrefix;

  @Option(
      names = "--output",
      paramLabel = "N[-N]",
      defaultValue = "8-64",
      description = "Tokens of an answer, likewise (default: ${DEFAULT-VALUE}).")
  private String output;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the trace: the same seed, the same requests (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "A prompt in each line, instead of random tokens; answers end where the model ends"
              + " them.")
  private String prompts;

  /** The file of prompts, if there is one. */
  boolean hasPrompts() {
    return prompts != null;
  }

  long seed() {
    return seed;
  }

  /** Tokens that all prompts begin with. */
  int sharedPrefix() {
    return sharedPrefix;
  }

  /**
   * The requests in the order of their arrival.
   *
   * @param vocabulary of random tokens
   * @param dialogue what makes tokens of the prompts of a file
   * @throws InvalidInputException if a flag or the file is malformed
   */
  List<PromptRequest> requests(int vocabulary, Optional<Dialogue> dialogue) {
    OptionChecks.requireIn("--requests", requests, 1, MAX_REQUESTS);
    OptionChecks.requireIn("--rate", rate, MIN_RATE, MAX_RATE);
    OptionChecks.requireIn("--shared-prefix", sharedPrefix, 0, MAX_PREFIX);
    if (sharedPrefix > 0 && hasPrompts()) {
      throw new InvalidInputException(
          "--shared-prefix", "goes before random tokens, but --prompts are given");
    }
    List<int[]> given = dialogue.isPresent() ? given(dialogue.get()) : List.of();
    int count = given.isEmpty() ? requests : given.size();
    List<Request> trace =
        Request.poisson(
            seed, count, rate, lengths("--prompt", prompt), lengths("--output", output));
    SplittableRandom random = new SplittableRandom(seed);
    int[] prefix = random.split().ints(sharedPrefix, 0, vocabulary).toArray();
    List<PromptRequest> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Request each = trace.get(i);
      int[] tokens =
          given.isEmpty()
              ? IntStream.concat(
                      Arrays.stream(prefix), random.ints(each.promptTokens(), 0, vocabulary))
                  .toArray()
              : given.get(i);
      all.add(new PromptRequest(each.arrivalSeconds(), tokens, each.outputTokens()));
    }
    return all;
  }

  private List<int[]> given(Dialogue dialogue) {
    List<int[]> given =
        text()
            .lines()
            .filter(line -> !line.isBlank())
            .map(dialogue::ask)
            .filter(tokens -> tokens.length > 0)
            .toList();
    if (given.isEmpty()) {
      throw new InvalidInputException(prompts, "holds no prompt");
    }
    return given;
  }

  private String text() {
    try {
      return TextInput.file(ModelSource.path(prompts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LengthDistribution lengths(String flag, String text) {
    Matcher matcher = LENGTHS.matcher(text);
    if (matcher.matches()) {
      int least = Integer.parseInt(matcher.group(1));
      int most = matcher.group(2) == null ? least : Integer.parseInt(matcher.group(2));
      if (least >= 1 && most >= least) {
        return new LengthDistribution.Uniform(least, most);
      }
    }
    throw new InvalidInputException(
        flag,
        String.format(
            Locale.ROOT, "must be a number or a range such as 8-64, but is \"%s\"", text));
  }
}
