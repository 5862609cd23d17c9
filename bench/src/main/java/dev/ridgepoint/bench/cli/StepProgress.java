package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import dev.ridgepoint.model.compression.Progress;
import me.tongfei.progressbar.ProgressBar;

/** Shows how far a long task is: a bar on a terminal, nothing elsewhere. */
final class StepProgress implements Progress, AutoCloseable {
  private final String task;
  private final boolean terminal = ProgressBars.isTerminal();
  private ProgressBar bar;

  StepProgress(String task) {
    this.task = task;
  }

  @Override
  public void steps(int done, int total) {
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar = ProgressBars.builder(task).setInitialMax(total).build();
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
