package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.devices.DevicesCommand;
import dev.ridgepoint.bench.cli.estimate.EstimateCommand;
import dev.ridgepoint.bench.cli.learn.ExplainCommand;
import dev.ridgepoint.bench.cli.learn.LessonCommand;
import dev.ridgepoint.bench.cli.plan.PlanCommand;
import dev.ridgepoint.bench.cli.run.GenerateCommand;
import dev.ridgepoint.bench.cli.run.LoadCommand;
import dev.ridgepoint.bench.cli.run.PerplexityCommand;
import dev.ridgepoint.bench.cli.run.VerifyCommand;
import dev.ridgepoint.bench.cli.scaling.ScalingCommand;
import dev.ridgepoint.bench.cli.train.IsoFlopCommand;
import dev.ridgepoint.bench.cli.train.TrainCommand;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 failed, 2 the input is at fault. */
@Command(
    name = "ridge",
    description = "Shows where this machine's roofline bounds a transformer, and measures it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Ridge implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          ReportCommand.class,
          CompareCommand.class,
          MachineCommand.class,
          EstimateCommand.class,
          PlanCommand.class,
          ScalingCommand.class,
          DevicesCommand.class,
          ExplainCommand.class,
          LessonCommand.class,
          InspectCommand.class,
          TokenizeCommand.class,
          TrainTokenizerCommand.class,
          StoriesCommand.class,
          TrainCommand.class,
          IsoFlopCommand.class,
          VerifyCommand.class,
          GenerateCommand.class,
          LoadCommand.class,
          PerplexityCommand.class,
          LogitsCommand.class,
          ExportCommand.class,
          CompressCommand.class,
          PeersCommand.class,
          BenchCommand.class);

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Of a failure print the stack trace, too.")
  private boolean debug;

  Ridge() {}

  public static void main(String[] args) {
    // Libraries print numbers, too: all are for machines and people of every locale.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    System.exit(commandLine(args).execute(args));
  }

  /**
   * The command line, with what it does of failures.
   *
   * @param arguments that it is made for: where the first that is no option names a command, it has
   *     that command alone, since reading the options of all takes a third of a short command's
   *     time
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine commandLine = new CommandLine(new Ridge());
    String first =
        Stream.of(arguments).filter(argument -> !argument.startsWith("-")).findFirst().orElse("");
    COMMANDS.stream()
        .filter(command -> nameOf(command).equals(first))
        .findFirst()
        .ifPresentOrElse(
            commandLine::addSubcommand, () -> COMMANDS.forEach(commandLine::addSubcommand));
    commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Ridge::explainParameters)
        .setExecutionExceptionHandler((failure, line, parsed) -> explainFailure(failure, line))
        .setExecutionStrategy(Ridge::execute);
    // JMH's options are JMH's to understand.
    CommandLine bench = commandLine.getSubcommands().get("bench");
    if (bench != null) {
      bench.setUnmatchedOptionsArePositionalParams(true);
    }
    return commandLine;
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? See ridge --help");
  }

  private static int explainParameters(ParameterException failure, String[] args) {
    return invalid(failure.getCommandLine().getErr(), failure.getMessage());
  }

  /** As picocli does, which lets errors pass that are no exceptions. */
  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (Error error) {
      return explainFailure(error, parsed.commandSpec().commandLine());
    }
  }

  private static int explainFailure(Throwable failure, CommandLine commandLine) {
    PrintWriter err = commandLine.getErr();
    Ridge ridge = (Ridge) commandLine.getCommandSpec().root().userObject();
    if (ridge.debug) {
      failure.printStackTrace(err);
    }
    switch (failure) {
      case InvalidInputException invalid -> {
        return invalid(err, invalid.getMessage());
      }
      case InvalidPathException path -> {
        return invalid(err, path.getInput() + ": no path on this system: " + path.getReason());
      }
      case IOException io -> err.println("ridge: " + explain(io));
      case UncheckedIOException io -> err.println("ridge: " + explain(io.getCause()));
      case Error error ->
          err.println("ridge: " + firstLine(error.toString()) + " (--debug shows where)");
      default -> {
        if (!ridge.debug) {
          failure.printStackTrace(err);
        }
      }
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static int invalid(PrintWriter err, String message) {
    err.println("ridge: " + firstLine(message));
    return CommandLine.ExitCode.USAGE;
  }

  private static String explain(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      default -> firstLine(String.valueOf(failure.getMessage()));
    };
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
