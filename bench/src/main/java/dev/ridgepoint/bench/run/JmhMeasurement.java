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
   * How often and how long. Kept in the key of every measurement.
   *
   * @param forks JVMs started one after another
   * @param warmupIterations before measuring, in each fork
   * @param iterations measured, in each fork; JMH needs two for an error
   * @param iterationMillis least length of an iteration
   */
  public record Repetition(int forks, int warmupIterations, int iterations, long iterationMillis) {
    /** For a first look. */
    public static final Repetition QUICK = new Repetition(1, 0, 5, 200);

    private static final int MOST_ITERATIONS = 12;
    private static final int LEAST_ITERATIONS = 5;

    /** FLOPs that a core makes in all iterations together: some seconds' worth. */
    private static final double FLOPS_PER_THREAD = 7e11;

    /**
     * For the numbers that a report states. Many short iterations narrow the error more than few
     * long ones; but a step that outlasts an iteration gets few, lest a report take too long.
     *
     * @param flopsPerThread of one step
     */
    public static Repetition full(double flopsPerThread) {
      double steps = FLOPS_PER_THREAD / flopsPerThread;
      int iterations = (int) Math.clamp(steps, LEAST_ITERATIONS, MOST_ITERATIONS);
      // The benchmarks run a step until it is compiled before they let JMH begin; that is enough
      // where a step outlasts an iteration.
      return new Repetition(1, iterations == LEAST_ITERATIONS ? 0 : 1, iterations, 250);
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
    try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
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
