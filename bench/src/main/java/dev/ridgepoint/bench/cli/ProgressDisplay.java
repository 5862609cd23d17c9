package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import dev.ridgepoint.bench.report.Progress;
import dev.ridgepoint.bench.text.Units;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows how much of a report's time is over: one bar on a terminal, a line for each thing that is
 * done elsewhere.
 */
final class ProgressDisplay implements AutoCloseable {
  private final PrintWriter err;
  private final long totalSeconds;
  private final long start = System.nanoTime();
  private final boolean terminal = ProgressBars.isTerminal();
  private ProgressBar bar;
  private Timer clock;
  private String doing = "";
  private String known = "";

  /**
   * @param total time that the report may take
   */
  ProgressDisplay(PrintWriter err, Duration total) {
    this.err = err;
    totalSeconds = total.toSeconds();
  }

  /** Something begins that takes a while. */
  void does(String what) {
    if (terminal) {
      doing = what;
      show();
    } else {
      err.println(known + what);
      err.flush();
    }
  }

  /** How far the run is. */
  void progress(Progress progress) {
    known =
        String.format(
            Locale.ROOT,
            "%d of %d points, %s left; ",
            progress.measured(),
            progress.planned(),
            Units.duration(progress.secondsLeft()));
    if (terminal) {
      show();
    }
  }

  /** Prints a text above the bar. */
  void print(String text) {
    close();
    err.println(text);
    err.flush();
    if (terminal) {
      show();
    }
  }

  private void show() {
    if (bar == null) {
      bar = ProgressBars.builder("report").setInitialMax(totalSeconds).setUnit(" s", 1).build();
      clock = new Timer("progress", true);
      ProgressBar shown = bar;
      clock.scheduleAtFixedRate(
          new TimerTask() {
            @Override
            public void run() {
              shown.stepTo(seconds());
            }
          },
          0,
          TimeUnit.SECONDS.toMillis(1));
    }
    bar.setExtraMessage(known + doing);
  }

  private long seconds() {
    return Math.min(totalSeconds, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
  }

  /** Takes the bar away, for what is printed next. */
  @Override
  public void close() {
    if (bar != null) {
      clock.cancel();
      bar.close();
      bar = null;
    }
  }
}
