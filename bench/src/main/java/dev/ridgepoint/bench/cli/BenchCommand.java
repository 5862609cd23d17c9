package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.jmh.CliffsProfiler;
import dev.ridgepoint.bench.jmh.ForkOptions;
import dev.ridgepoint.bench.jmh.InstructionsProfiler;
import dev.ridgepoint.bench.jmh.JmhLock;
import dev.ridgepoint.bench.jmh.ReadsProfiler;
import dev.ridgepoint.bench.jmh.TileBenchmark;
import dev.ridgepoint.bench.roofline.RooflineProfiler;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.ProfilersFailedException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** JMH itself on this project's benchmarks. */
@Command(
    name = "bench",
    description = {
      "Runs this project's benchmarks with JMH's own options; 'ridge bench -h' lists these.",
      "'-prof roofline[:machine=FILE]' adds FLOPs, bytes, rates and the fraction of the roof,",
      "and measures the roofs first where 'ridge machine' has not.",
      "'-prof reads' adds what plain reads of memory got around each iteration.",
      "'-prof instructions[:methods=CLASS::METHOD]' counts those of the compiled loop."
    })
final class BenchCommand implements Callable<Integer> {
  private static final Map<String, Class<?>> PROFILERS =
      Map.of(
          RooflineProfiler.NAME,
          RooflineProfiler.class,
          ReadsProfiler.NAME,
          ReadsProfiler.class,
          InstructionsProfiler.NAME,
          InstructionsProfiler.class,
          CliffsProfiler.NAME,
          CliffsProfiler.class);

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli's
  private boolean help;

  @Parameters(paramLabel = "JMH option", arity = "0..*")
  private List<String> options = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    String[] arguments = withTiles(withCanonicalProfiler(options)).toArray(String[]::new);
    CommandLineOptions given;
    try {
      given = new CommandLineOptions(arguments);
      if (given.shouldHelp()
          || given.shouldList()
          || given.shouldListWithParams()
          || given.shouldListProfilers()
          || given.shouldListResultFormats()) {
        Main.main(arguments);
        return 0;
      }
      JmhLock.requireFree();
    } catch (CommandLineOptionException e) {
      throw new InvalidInputException("bench", e.getMessage(), e);
    }
    try {
      List<String> inherited = ManagementFactory.getRuntimeMXBean().getInputArguments();
      new Runner(ForkOptions.of(given, inherited)).run();
    } catch (NoBenchmarksException e) {
      throw new InvalidInputException("bench", "no benchmark matches " + given.getIncludes(), e);
    } catch (ProfilersFailedException e) {
      throw new InvalidInputException("-prof", e.getMessage(), e);
    } catch (RunnerException e) {
      throw new IOException(e.getMessage(), e);
    }
    return 0;
  }

  /** JMH cannot ask the machine which tiles it has; other benchmarks have no such parameter. */
  static List<String> withTiles(List<String> options) {
    if (options.stream().anyMatch(option -> option.startsWith(TileBenchmark.TILE + "="))) {
      return options;
    }
    List<String> result = new ArrayList<>(options);
    result.add("-p");
    result.add(TileBenchmark.TILE + "=" + String.join(",", TileBenchmark.tilesOfThisMachine()));
    return result;
  }

  /** JMH knows profilers that are not its own by class name only. */
  static List<String> withCanonicalProfiler(List<String> options) {
    List<String> result = new ArrayList<>(options);
    for (int i = 1; i < result.size(); i++) {
      String name = result.get(i).split(":", 2)[0];
      Class<?> profiler = PROFILERS.get(name);
      if (result.get(i - 1).equals("-prof") && profiler != null) {
        String rest = result.get(i).substring(name.length());
        result.set(i, profiler.getCanonicalName() + rest);
      }
    }
    return result;
  }
}
