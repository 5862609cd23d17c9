package dev.ridgepoint.bench.peers;

import static dev.ridgepoint.bench.peers.Program.Placeholder.CONTEXT;
import static dev.ridgepoint.bench.peers.Program.Placeholder.MODEL;
import static dev.ridgepoint.bench.peers.Program.Placeholder.PROMPT;
import static dev.ridgepoint.bench.peers.Program.Placeholder.REPETITIONS;
import static dev.ridgepoint.bench.peers.Program.Placeholder.STEPS;
import static dev.ridgepoint.bench.peers.Program.Placeholder.THREADS;

import dev.ridgepoint.bench.peers.Program.Placeholder;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A {@link Program} as one of the engines. */
public final class ProgramEngine implements Engine {
  private static final int DECODE_STEPS = 16;
  private static final int MOST_REPETITIONS = 5;
  private static final int PROBED_TOKENS = 8;

  private final Program program;

  /** What a command printed. */
  private record Output(String text, String log) {}

  public ProgramEngine(Program program) {
    this.program = program;
  }

  @Override
  public String name() {
    return program.name();
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.GGUF;
  }

  /** By a test of a few tokens. */
  @Override
  public Identity identify(Path model) throws IOException {
    Program.Test test = program.prefill().or(program::decode).orElseThrow();
    Map<Placeholder, Object> values = values(model, 1, 1);
    values.put(PROMPT, PROBED_TOKENS);
    values.put(CONTEXT, PROBED_TOKENS);
    values.put(STEPS, 1);
    Output output = run(test.command(), values);
    if (test.rate().isPresent()) {
      rate(test.rate().get(), output);
      return identity(Identity.UNKNOWN, Identity.UNKNOWN);
    }
    LlamaBenchOutput bench = LlamaBenchOutput.of(output.text(), output.log());
    return identity(bench.build(), bench.instructions());
  }

  private Identity identity(String printedBuild, String printedInstructions) {
    return new Identity(
        program.build().orElse(printedBuild),
        program.instructions().orElse(printedInstructions),
        program.notes());
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return program.dtypes().contains(dtype)
        && switch (workload) {
          case Workload.Prefill _ -> program.prefill().isPresent();
          case Workload.Decode _ -> program.decode().isPresent();
          case Workload.Product _ -> false;
        };
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return repetition -> {
      Map<Placeholder, Object> values =
          values(model, threads, Math.min(MOST_REPETITIONS, repetition.iterations()));
      return switch (workload) {
        case Workload.Prefill prefill -> {
          values.put(PROMPT, prefill.prompt());
          yield seconds(program.prefill().orElseThrow(), values, prefill.prompt());
        }
        case Workload.Decode decode -> {
          // Steps whose contexts average to the one asked for.
          values.put(CONTEXT, Math.max(0, decode.context() - DECODE_STEPS / 2));
          values.put(STEPS, DECODE_STEPS);
          yield seconds(program.decode().orElseThrow(), values, DECODE_STEPS) / DECODE_STEPS;
        }
        case Workload.Product product -> throw new IllegalArgumentException(product.label());
      };
    };
  }

  private static Map<Placeholder, Object> values(Path model, int threads, int repetitions) {
    Map<Placeholder, Object> values = new EnumMap<>(Placeholder.class);
    values.put(MODEL, model);
    values.put(THREADS, threads);
    values.put(REPETITIONS, repetitions);
    return values;
  }

  /** Of a test of {@code tokens} tokens. */
  private static double seconds(Program.Test test, Map<Placeholder, Object> values, int tokens)
      throws IOException {
    Output output = run(test.command(), values);
    return test.rate().isPresent()
        ? tokens / rate(test.rate().get(), output)
        : LlamaBenchOutput.of(output.text(), output.log()).seconds();
  }

  /** The last one printed: by then a JIT compiler has done its work. */
  private static double rate(Pattern pattern, Output output) throws IOException {
    String last =
        pattern
            .matcher(output.text() + "\n" + output.log())
            .results()
            .map(match -> String.valueOf(match.group(1)))
            .reduce((first, second) -> second)
            .orElseThrow(() -> new IOException("prints nothing that matches " + pattern));
    double rate;
    try {
      rate = Double.parseDouble(last);
    } catch (NumberFormatException e) {
      rate = 0;
    }
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IOException("prints \"%s\", which is no rate".formatted(last));
    }
    return rate;
  }

  private static Output run(List<String> words, Map<Placeholder, Object> values)
      throws IOException {
    List<String> command = words.stream().map(word -> fill(word, values)).toList();
    Path log = Files.createTempFile("ridge-program", ".log");
    try {
      Process process = start(command, log);
      String output;
      try {
        process.getOutputStream().close(); // whoever would ask something
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } finally {
        process.destroy();
      }
      String logged = Files.readString(log, StandardCharsets.ISO_8859_1);
      int status = process.onExit().join().exitValue();
      if (status != 0) {
        String reason = logged.lines().reduce((first, second) -> second).orElse("no reason given");
        throw new IOException(
            String.format(Locale.ROOT, "ended with status %d: %s", status, reason));
      }
      return new Output(output, logged);
    } finally {
      Files.delete(log);
    }
  }

  private static String fill(String word, Map<Placeholder, Object> values) {
    String filled = word;
    for (Map.Entry<Placeholder, Object> value : values.entrySet()) {
      String name = value.getKey().name().toLowerCase(Locale.ROOT);
      filled = filled.replace("{" + name + "}", value.getValue().toString());
    }
    return filled;
  }

  private static Process start(List<String> command, Path log) throws IOException {
    try {
      return new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw new IOException(
          command.getFirst() + " cannot be started; ridge peers --help says how to name it", e);
    }
  }
}
