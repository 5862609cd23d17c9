package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.run.PlannedPoint;
import dev.ridgepoint.bench.run.ReportRun;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/** Shows a report's progress: a bar on a terminal, a line per measurement elsewhere. */
final class ProgressDisplay implements ReportRun.Listener, AutoCloseable {
  private final PrintWriter err;
  private final boolean terminal = ProgressBars.isTerminal();
  private ProgressBar bar;

  ProgressDisplay(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void stage(String what) {
    err.println(what);
    err.flush();
  }

  @Override
  public void begins(int reused, int points) {
    if (reused > 0) {
      stage(String.format(Locale.ROOT, "reusing %d of %d measurements", reused, points));
    }
    if (terminal && reused < points) {
      bar =
          ProgressBars.builder("measuring")
              .setInitialMax(points)
              .startsFrom(reused, Duration.ZERO)
              .build();
    }
  }

  @Override
  public void measures(PlannedPoint point) {
    if (bar == null) {
      stage("measuring " + point);
    } else {
      bar.setExtraMessage(point.toString());
    }
  }

  @Override
  public void finished(PlannedPoint point) {
    if (bar != null) {
      bar.step();
    }
  }

  /** Takes the bar away, for what is printed next. */
  void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    end();
  }
}
