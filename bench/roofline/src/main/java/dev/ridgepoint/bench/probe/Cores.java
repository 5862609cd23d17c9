package dev.ridgepoint.bench.probe;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The cores that this process may use, hyperthreads counted once.
 *
 * @param usable as many threads as run all the time: no more than the control group grants time for
 * @param kinds the cores by their kind, where the system tells kinds apart; empty if all are alike
 * @param cpuLimit processors' worth of time that the control group grants; 0 if there is no limit
 */
public record Cores(int usable, List<Kind> kinds, double cpuLimit) {

  /** Cores of one kind. */
  public record Kind(String name, int cores) {}

  public Cores {
    kinds = List.copyOf(kinds);
  }

  /** Cores of which no more than their number is known. */
  static Cores alike(int cores) {
    return new Cores(cores, List.of(), 0);
  }

  /** Threads beyond a limit would be stopped again and again, and those that wait for them. */
  static Cores of(int cores, List<Kind> kinds, double cpuLimit) {
    int granted = cpuLimit > 0 ? Math.max(1, (int) cpuLimit) : cores;
    return new Cores(Math.min(cores, granted), kinds, cpuLimit);
  }

  /** Cores that differ in what the system says of their performance, the fastest first. */
  static List<Kind> performanceAndEfficiency(int performance, int efficiency) {
    return List.of(new Kind("performance", performance), new Kind("efficiency", efficiency))
        .stream()
        .filter(kind -> kind.cores() > 0)
        .toList();
  }

  /** The same with at most as many usable ones. */
  Cores atMost(int processors) {
    return new Cores(Math.min(usable, processors), kinds, cpuLimit);
  }

  /** "2 cores", "2 performance and 4 efficiency cores", "1 core, limited to 1.5 CPUs". */
  public String text() {
    String limit = cpuLimit > 0 ? ", limited to " + shortest(cpuLimit) + " CPUs" : "";
    if (kinds.isEmpty()) {
      return usable + (usable == 1 ? " core" : " cores") + limit;
    }
    int all = kinds.stream().mapToInt(Kind::cores).sum();
    String names =
        kinds.stream()
            .map(kind -> kind.cores() + " " + kind.name())
            .collect(Collectors.joining(" and "));
    String share = usable < all ? usable + " of " : "";
    return share + names + (all == 1 ? " core" : " cores") + limit;
  }

  private static String shortest(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }
}
