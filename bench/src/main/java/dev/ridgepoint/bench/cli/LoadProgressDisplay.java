package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import dev.ridgepoint.model.Weights;
import me.tongfei.progressbar.ProgressBar;

/** Shows how many matrices of a model are loaded: a bar on a terminal, nothing elsewhere. */
final class LoadProgressDisplay implements Weights.Progress, AutoCloseable {
  private final boolean terminal = ProgressBars.isTerminal();
  private ProgressBar bar;

  @Override
  public void matrices(int done, int total) {
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar = ProgressBars.builder("loading").setInitialMax(total).build();
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
