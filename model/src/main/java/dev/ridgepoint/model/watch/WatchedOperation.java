package dev.ridgepoint.model.watch;

/** One operation, the calls of all layers of a step taken together. */
final class WatchedOperation {
  /** Less than the vectors of any kernel's call; nothing else allocates again and again. */
  private static final long QUIET_BYTES = 512;

  private final String name;
  private final BoxedVectors boxed = new BoxedVectors();
  private final Pace pace = new Pace();
  private boolean reported;

  private int calls;
  private int allocatingCalls;
  private long allocatedBytes;
  private long cpuNanos;
  private long work;

  WatchedOperation(String name) {
    this.name = name;
  }

  void beginStep() {
    calls = 0;
    allocatingCalls = 0;
    allocatedBytes = 0;
    cpuNanos = 0;
    work = 0;
  }

  /** A call has ended. */
  void add(long cpuNanos, long bytes, long work) {
    calls++;
    if (bytes > QUIET_BYTES) {
      allocatingCalls++;
    }
    allocatedBytes += bytes;
    this.cpuNanos += cpuNanos;
    this.work += work;
  }

  /** What all calls of the step took. */
  long cpuNanos() {
    return cpuNanos;
  }

  /**
   * Whether the step's calls allocated. Memory that grows with the rows or the context is allocated
   * by one layer and there for the others: only vectors are allocated by most of them.
   */
  boolean allocates() {
    return 2 * allocatingCalls > calls;
  }

  /** Whether the next step is to be measured, too, to see whether this operation recovers. */
  boolean isSuspect() {
    return allocates() && !reported;
  }

  /** Reports what the step gives reason to. */
  void judgeAllocation(int rows) {
    if (calls > 0 && boxed.isLasting(rows, allocates(), cpuNanos)) {
      report(KernelCliff.boxed(name, rows, allocatedBytes / calls, cpuNanos / calls));
    }
  }

  /**
   * The same of its time; only of steps that lie some time apart.
   *
   * @param stepCpuNanos what all operations took
   */
  void judgePace(int rows, long stepCpuNanos) {
    if (calls == 0 || allocates()) {
      return;
    }
    double slowdown = pace.slowdown(work, cpuNanos, stepCpuNanos - cpuNanos);
    if (slowdown > 1) {
      report(KernelCliff.slower(name, rows, cpuNanos / calls, slowdown));
    }
  }

  private void report(KernelCliff cliff) {
    if (!reported) {
      reported = true;
      KernelCliffs.report(cliff);
    }
  }
}
