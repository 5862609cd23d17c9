package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineJson;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.text.JsonTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Probes the machine, or shows what an earlier probe found. */
@Command(
    name = "machine",
    description =
        "Measures this machine's roofs: the FMA peak and the read bandwidth; and what its cores'"
            + " neighbours leave.",
    mixinStandardHelpOptions = true)
final class MachineCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "ridge-report",
      description = "Where machine.json is kept and reused from (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(names = "--probe", description = "Measure even if this machine was measured before.")
  private boolean probe;

  @Option(names = "--quick", description = "Take 8 seconds instead of 25.")
  private boolean quick;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    MachineStore store = new MachineStore(folder);
    Host host = Host.current();
    Effort effort = quick ? Effort.QUICK : Effort.FULL;
    ProbedMachine machine =
        probe ? store.probe(host, effort, Set.of()) : store.findOrProbe(host, effort);
    Output.print(
        spec,
        json
            ? JsonTables.text(MachineJson.of(machine.machine(), machine.ceilings().slots()))
            : MachineText.of(machine));
    return 0;
  }
}
