package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import dev.ridgepoint.model.checkpoint.WriteProgress;
import me.tongfei.progressbar.ProgressBar;

/** Shows how much of a file is written: a bar on a terminal, nothing elsewhere. */
final class WriteProgressDisplay implements WriteProgress, AutoCloseable {
  private static final int MEGABYTE = 1_000_000;

  private final boolean terminal = ProgressBars.isTerminal();
  private ProgressBar bar;

  @Override
  public void bytes(long done, long total) {
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar = ProgressBars.builder("writing").setInitialMax(total).setUnit(" MB", MEGABYTE).build();
    }
    bar.stepTo(done);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
