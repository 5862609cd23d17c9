package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.report.Progress;
import dev.ridgepoint.bench.report.Report;

/** Told what happens in a {@link ReportRun}. */
public interface ReportListener {
  /** Something begins that takes a while. */
  void does(String what);

  /** How far the run is, after each thing that was done. */
  void progress(Progress progress);

  /**
   * The report for the first time with a decode and a prefill, where it can have both; more
   * follows.
   */
  void firstLook(Report report);

  /** The report as it ends. It is shown before it is written: a full disk does not take it away. */
  void ends(Report report);

  /**
   * All is written. A JVM that was interrupted ends right after this.
   *
   * @param measured points of the report; where there are none, nothing was written
   * @param isInterrupted whether the run ended before its time
   */
  void closes(int measured, boolean isInterrupted);
}
