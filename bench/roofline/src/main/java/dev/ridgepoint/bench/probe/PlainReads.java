package dev.ridgepoint.bench.probe;

import java.util.List;

/** The bandwidth of plain reads at this moment: one pass over more memory than caches hold. */
public final class PlainReads implements AutoCloseable {
  /** Memory that an instance holds. */
  public static final long WORKING_SET_BYTES = 256 << 20;

  private final Team team;
  private final BandwidthProbe probe;
  private final List<Load> loads;

  /** Allocates memory and compiles the kernels for {@code threads}. */
  public PlainReads(int threads) {
    team = new Team(threads);
    probe =
        new BandwidthProbe(BandwidthProbe.compiledKernels(new Notes()), team, WORKING_SET_BYTES);
    loads = probe.loads(WORKING_SET_BYTES);
  }

  /** Bytes per second of the kernel that is fastest now. */
  public double bytesPerSecond() {
    double best = 0;
    for (Load load : loads) {
      long nanos = team.nanos(thread -> load.kernel().run(thread, 1));
      best = Math.max(best, load.workPerRepetition() / (nanos / 1e9));
    }
    return best;
  }

  @Override
  public void close() {
    probe.close();
    team.close();
  }
}
