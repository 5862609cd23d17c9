package dev.ridgepoint.bench.cli.options;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Where commands print. */
public final class Output {
  private Output() {}

  /** Prints to where the command line prints. */
  public static void print(CommandSpec spec, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text.stripTrailing());
    out.flush();
  }
}
