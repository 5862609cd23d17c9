package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.devices.DevicesCommand;
import dev.ridgepoint.bench.cli.estimate.EstimateCommand;
import dev.ridgepoint.bench.cli.plan.PlanCommand;
import dev.ridgepoint.bench.cli.scaling.ScalingCommand;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 failed, 2 the input is at fault. */
@Command(
    name = "ridge",
    description = "Shows where this machine's roofline bounds a transformer, and measures it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ReportCommand.class,
      MachineCommand.class,
      EstimateCommand.class,
      PlanCommand.class,
      ScalingCommand.class,
      DevicesCommand.class,
      InspectCommand.class,
      LogitsCommand.class,
      ExportCommand.class,
      PeersCommand.class,
      BenchCommand.class
    })
public final class Ridge implements Runnable {
  @Spec private CommandSpec spec;

  Ridge() {}

  public static void main(String[] args) {
    // Libraries print numbers, too: all are for machines and people of every locale.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, with what it does of failures. */
  static CommandLine commandLine() {
    CommandLine commandLine =
        new CommandLine(new Ridge())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Ridge::explainParameters)
            .setExecutionExceptionHandler(Ridge::explainFailure);
    // JMH's options are JMH's to understand.
    commandLine.getSubcommands().get("bench").setUnmatchedOptionsArePositionalParams(true);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? See ridge --help");
  }

  private static int explainParameters(ParameterException failure, String[] args) {
    return invalid(failure.getCommandLine().getErr(), failure.getMessage());
  }

  private static int explainFailure(
      Exception failure, CommandLine commandLine, ParseResult parseResult) {
    PrintWriter err = commandLine.getErr();
    switch (failure) {
      case InvalidInputException invalid -> {
        return invalid(err, invalid.getMessage());
      }
      case IOException io -> err.println("ridge: " + explain(io));
      case UncheckedIOException io -> err.println("ridge: " + explain(io.getCause()));
      default -> failure.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static int invalid(PrintWriter err, String message) {
    err.println("ridge: " + message.lines().findFirst().orElse(""));
    return CommandLine.ExitCode.USAGE;
  }

  private static String explain(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      default -> String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    };
  }
}
