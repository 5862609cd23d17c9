package dev.ridgepoint.bench.cli.options;

import java.io.Console;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The bars that long commands show on a terminal. */
public final class ProgressBars {
  private static final int UPDATE_MILLIS = 500;

  private ProgressBars() {}

  /** Whether standard streams are a terminal; JDK 25 returns no console where they are not. */
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** A bar, to be built. */
  public static ProgressBarBuilder builder(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS);
  }
}
