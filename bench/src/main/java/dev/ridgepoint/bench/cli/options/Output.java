package dev.ridgepoint.bench.cli.options;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine.Model.CommandSpec;

/** Where commands print. */
public final class Output {
  private static final String SIGNS = "µ×±";
  private static final Charset ENCODING =
      Charset.forName(System.getProperty("stdout.encoding", "US-ASCII"));

  private Output() {}

  /** Prints to where the command line prints, in signs that a terminal without Unicode has. */
  public static void print(CommandSpec spec, String text) {
    PrintWriter out = spec.commandLine().getOut();
    String stripped = text.stripTrailing();
    out.println(
        ENCODING.canEncode() && ENCODING.newEncoder().canEncode(SIGNS)
            ? stripped
            : stripped.replace('µ', 'u').replace('×', 'x').replace("±", "+-"));
    out.flush();
  }

  /** Whether nobody reads any more: the command line's own writer does not see it of the stream. */
  public static boolean isBroken(CommandSpec spec) {
    return spec.commandLine().getOut().checkError() || System.out.checkError();
  }
}
