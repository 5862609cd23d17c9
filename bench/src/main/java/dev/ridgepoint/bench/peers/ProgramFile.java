package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.peers.Program.Placeholder;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The user's own engines: a JSON object with a {@link Program} for each name. */
public final class ProgramFile {
  private static final Pattern BRACES = Pattern.compile("\\{(\\w+)}");
  private static final Set<Placeholder> PREFILL =
      EnumSet.complementOf(EnumSet.of(Placeholder.CONTEXT, Placeholder.STEPS));
  private static final Set<Placeholder> DECODE =
      EnumSet.complementOf(EnumSet.of(Placeholder.PROMPT));

  private ProgramFile() {}

  /**
   * Reads the engines of a file: by name an object with
   *
   * <ul>
   *   <li>{@code prefill} and {@code decode}, or one of them: objects with {@code command}, an
   *       array of words with {@link Placeholder}s such as <code>{model}</code>, and {@code rate},
   *       a regular expression whose one group is tokens per second, of whose matches the last one
   *       counts; without it the command prints llama-bench's JSON
   *   <li>where wanted, {@code dtypes}, all without it, and {@code build}, {@code instructions} and
   *       {@code notes}, which are printed
   * </ul>
   *
   * @throws InvalidInputException one line with file, field and value
   */
  public static List<Program> read(Path file) {
    JsonFields programs = new JsonFields(file.toString(), StrictJson.readObject(file));
    return programs.names().stream()
        .map(name -> program(name, programs.requiredObject(name)))
        .toList();
  }

  private static Program program(String name, JsonFields json) {
    json.requireOnly(Set.of("prefill", "decode", "dtypes", "build", "instructions", "notes"));
    if (!json.has("prefill") && !json.has("decode")) {
      throw json.invalid("prefill", "is missing, and so is decode");
    }
    return new Program(
        name,
        Optional.ofNullable(json.stringOr("build", null)),
        Optional.ofNullable(json.stringOr("instructions", null)),
        json.stringOr("notes", ""),
        json.has("dtypes") ? dtypes(json) : EnumSet.copyOf(DType.encoded()),
        test(json, "prefill", PREFILL),
        test(json, "decode", DECODE));
  }

  private static Set<DType> dtypes(JsonFields json) {
    Set<DType> dtypes = EnumSet.noneOf(DType.class);
    for (String text : json.requiredStrings("dtypes")) {
      dtypes.add(
          DType.encoded().stream()
              .filter(dtype -> dtype.name().equalsIgnoreCase(text))
              .findFirst()
              .orElseThrow(
                  () -> json.invalid("dtypes", "holds \"%s\"".formatted(StrictJson.cut(text)))));
    }
    return dtypes;
  }

  private static Optional<Program.Test> test(
      JsonFields program, String field, Set<Placeholder> placeholders) {
    if (!program.has(field)) {
      return Optional.empty();
    }
    JsonFields json = program.requiredObject(field);
    json.requireOnly(Set.of("command", "rate"));
    List<String> command = json.requiredStrings("command");
    if (command.isEmpty()) {
      throw json.invalid("command", "has no word");
    }
    for (String word : command) {
      Matcher braces = BRACES.matcher(word);
      while (braces.find()) {
        String text = braces.group(1);
        if (placeholders.stream().noneMatch(each -> name(each).equals(text))) {
          throw json.invalid(
              "command",
              "has {%s}; known are %s"
                  .formatted(
                      StrictJson.cut(text), placeholders.stream().map(ProgramFile::name).toList()));
        }
      }
    }
    return Optional.of(
        new Program.Test(command, json.has("rate") ? Optional.of(rate(json)) : Optional.empty()));
  }

  private static String name(Placeholder placeholder) {
    return placeholder.name().toLowerCase(Locale.ROOT);
  }

  private static Pattern rate(JsonFields json) {
    String text = json.requiredString("rate");
    Pattern pattern;
    try {
      pattern = Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw json.invalid(
          "rate", "is no regular expression: \"%s\"".formatted(StrictJson.cut(text)));
    }
    if (pattern.matcher("").groupCount() != 1) {
      throw json.invalid(
          "rate", "must have one group, but is \"%s\"".formatted(StrictJson.cut(text)));
    }
    return pattern;
  }
}
