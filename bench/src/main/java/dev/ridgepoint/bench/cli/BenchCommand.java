package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.jmh.RooflineProfiler;
import dev.ridgepoint.estimator.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
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
      "'-prof roofline[:machine=FILE]' adds FLOPs, bytes, rates and the fraction of the roof."
    })
final class BenchCommand implements Callable<Integer> {
  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli's
  private boolean help;

  @Parameters(paramLabel = "JMH option", arity = "0..*")
  private List<String> options = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    String[] arguments = withCanonicalProfiler(options).toArray(String[]::new);
    try {
      new CommandLineOptions(arguments);
    } catch (CommandLineOptionException e) {
      throw new InvalidInputException("bench", e.getMessage(), e);
    }
    Main.main(arguments);
    return 0;
  }

  /** JMH knows profilers that are not its own by class name only. */
  static List<String> withCanonicalProfiler(List<String> options) {
    List<String> result = new ArrayList<>(options);
    for (int i = 1; i < result.size(); i++) {
      String value = result.get(i);
      if (result.get(i - 1).equals("-prof")
          && (value.equals(RooflineProfiler.NAME)
              || value.startsWith(RooflineProfiler.NAME + ":"))) {
        String rest = value.substring(RooflineProfiler.NAME.length());
        result.set(i, RooflineProfiler.class.getCanonicalName() + rest);
      }
    }
    return result;
  }
}
