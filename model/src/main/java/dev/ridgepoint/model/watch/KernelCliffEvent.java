package dev.ridgepoint.model.watch;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A {@link KernelCliff} in the JDK's Flight Recorder. */
@Name(KernelCliffEvent.NAME)
@Label("Kernel Cliff")
@Category("Ridgepoint")
@Description("An operation runs far below its speed because of how its kernel was compiled")
@StackTrace(false)
final class KernelCliffEvent extends Event {
  static final String NAME = "dev.ridgepoint.KernelCliff";

  @Label("Operation")
  String operation;

  @Label("Rows")
  int rows;

  @Label("Bytes per Call")
  @DataAmount
  long bytesPerCall;

  @Label("Processor Time per Call")
  @Timespan(Timespan.NANOSECONDS)
  long cpuNanosPerCall;

  @Label("Slowdown")
  double slowdown;

  static void commit(KernelCliff cliff) {
    KernelCliffEvent event = new KernelCliffEvent();
    event.operation = cliff.operation();
    event.rows = cliff.rows();
    event.bytesPerCall = cliff.bytesPerCall();
    event.cpuNanosPerCall = cliff.cpuNanosPerCall();
    event.slowdown = cliff.slowdown();
    event.commit();
  }
}
