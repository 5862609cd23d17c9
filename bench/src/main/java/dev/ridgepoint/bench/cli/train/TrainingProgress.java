package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;

/** Shows the steps of a training run: a bar on a terminal, elsewhere a line for every tenth. */
public final class TrainingProgress implements AutoCloseable {
  private static final int STEPS_PER_LINE = 10;

  private final ProgressBar bar;
  private final PrintWriter lines;
  private boolean hasBegun;

  /**
   * @param task what the bar says
   * @param steps of the whole run
   * @param lines where there is no terminal
   */
  public TrainingProgress(String task, long steps, PrintWriter lines) {
    this.lines = lines;
    bar =
        ProgressBars.isTerminal() ? ProgressBars.builder(task).setInitialMax(steps).build() : null;
  }

  /** {@code done} steps are made, of which {@code line} tells the last. */
  public void made(long done, String line) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(line);
    } else if (done % STEPS_PER_LINE == 0 || !hasBegun) {
      lines.println(line);
      lines.flush();
    }
    hasBegun = true;
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
