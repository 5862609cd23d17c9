package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.model.checkpoint.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads headers. */
@Command(
    name = "inspect",
    description =
        "Lists the tensors of a model folder, a safetensors or GGUF file, from headers alone.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Runnable {
  @Parameters(
      paramLabel = "PATH",
      description = "A model folder, or any of its safetensors or GGUF files.")
  private String path;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Inspection inspection = Inspection.of(ModelSource.path(path));
    Output.print(spec, json ? inspection.toJson() : inspection.toText());
  }
}
