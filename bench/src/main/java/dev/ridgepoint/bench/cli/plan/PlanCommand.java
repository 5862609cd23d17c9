package dev.ridgepoint.bench.cli.plan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Plans for many devices. */
@Command(
    name = "plan",
    description = "Searches ways to share a job among devices.",
    mixinStandardHelpOptions = true,
    subcommands = {TrainPlanCommand.class, ServePlanCommand.class})
public final class PlanCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which plan? See ridge plan --help");
  }
}
