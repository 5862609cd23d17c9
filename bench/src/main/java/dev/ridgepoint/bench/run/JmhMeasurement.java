package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.jmh.CliffsProfiler;
import dev.ridgepoint.bench.jmh.ReadsProfiler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs one benchmark with one set of parameters in JVMs of its own, silently. */
public final class JmhMeasurement {
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * How often and how long.
   *
   * @param forks JVMs started one after another
   * @param warmupIterations before measuring, in each fork
   * @param iterations measured, in each fork; JMH needs two for an error
   * @param iterationMillis least length of an iteration
   */
  public record Repetition(int forks, int warmupIterations, int iterations, long iterationMillis) {
    /** For a first look. */
    public static final Repetition QUICK = new Repetition(1, 0, 5, 200);

    /**
     * Some iterations of a step that is compiled before JMH begins.
     *
     * @param stepSeconds where a step outlasts an iteration, none is spent on warming up
     */
    static Repetition of(int iterations, double stepSeconds) {
      boolean isLong = stepSeconds > Costs.ITERATION_SECONDS;
      return new Repetition(1, isLong ? 0 : 1, iterations, (long) (1000 * Costs.ITERATION_SECONDS));
    }
  }

  private JmhMeasurement() {}

  /**
   * JMH's result, in its own JSON format.
   *
   * @param benchmark class and method
   * @param parameters a value for each of the benchmark's parameters
   * @param repetition how often and how long
   * @throws IOException if the benchmark fails, with JMH's word on it
   */
  public static JsonNode measure(
      String benchmark, Map<String, String> parameters, Repetition repetition) throws IOException {
    return measure(benchmark, parameters, repetition, Double.POSITIVE_INFINITY);
  }

  /**
   * The same within a limit.
   *
   * @param secondsLimit when they are over, the benchmark is ended, and has failed
   */
  static JsonNode measure(
      String benchmark, Map<String, String> parameters, Repetition repetition, double secondsLimit)
      throws IOException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(benchmark) + "$")
            .forks(repetition.forks())
            .warmupIterations(repetition.warmupIterations())
            .warmupTime(TimeValue.milliseconds(repetition.iterationMillis()))
            .measurementIterations(repetition.iterations())
            .measurementTime(TimeValue.milliseconds(repetition.iterationMillis()))
            .addProfiler(ReadsProfiler.class)
            .addProfiler(CliffsProfiler.class)
            .shouldFailOnError(true);
    parameters.forEach(options::param);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8);
        Forks.Limit _ = Forks.limit(secondsLimit)) {
      OutputFormat output = OutputFormatFactory.createFormatInstance(stream, VerboseMode.NORMAL);
      return json(new Runner(options.build(), output).run());
    } catch (RunnerException e) {
      throw new IOException(
          "%s %s failed: %s%n%s"
              .formatted(
                  benchmark, parameters, e.getMessage(), log.toString(StandardCharsets.UTF_8)),
          e);
    }
  }

  private static JsonNode json(Collection<RunResult> results) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(results);
    }
    JsonNode array = JSON.readTree(bytes.toString(StandardCharsets.UTF_8));
    if (array.size() != 1) {
      throw new IllegalStateException("one benchmark gave " + array.size() + " results");
    }
    return array.get(0);
  }
}
