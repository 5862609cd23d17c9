package dev.ridgepoint.bench.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;

/**
 * Runs commands that are counted on paper and prints nothing: the JVM keeps the classes that it has
 * loaded meanwhile in a cache, from which the launcher starts such commands.
 */
final class StartTraining {
  private static final List<String> LINES =
      List.of(
          "--help",
          "estimate Qwen2.5-0.5B",
          "estimate Llama-3.1-8B --device H100 --quantization Q4_K_M --params --flops --bytes"
              + " --memory --serve --explain",
          "estimate tiny Llama-3.1-8B --json",
          "estimate tiny --csv",
          "estimate tiny --markdown",
          "plan serve Llama-3.1-8B --rps 1 --prompt 100 --output 50 --ttft 1 --tpot 0.05",
          "plan train Llama-3.1-8B --global-batch 8 --devices 8 --device H100",
          "scaling --compute 1e21",
          "devices",
          "devices H100",
          "explain batching --model Llama-3.1-8B --device H100",
          "lesson 1",
          "tokenize --help");

  /** Reads what was measured of this machine, if anything was. */
  private static final String OF_THIS_MACHINE = "explain batching --model Llama-3.1-8B";

  private StartTraining() {}

  /** Fails if a command does. */
  public static void main(String[] arguments) {
    for (String line : LINES) {
      int exitCode = run(line);
      if (exitCode != CommandLine.ExitCode.OK) {
        throw new IllegalStateException(line + " ended with " + exitCode);
      }
    }
    run(OF_THIS_MACHINE);
    // As every command ends: the JVM loads a logger for it.
    System.exit(CommandLine.ExitCode.OK);
  }

  private static int run(String line) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String[] words = line.split(" ");
    return Ridge.commandLine(words).setOut(nowhere).setErr(nowhere).execute(words);
  }
}
