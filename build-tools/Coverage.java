import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints JaCoCo's aggregated CSV as one line per module and a total. */
final class Coverage {
  private Coverage() {}

  /** Lines and branches, how many the tests ran and how many there are. */
  private record Counts(long lines, long allLines, long branches, long allBranches) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    /** A row: group,package,class,instructions missed,covered,branches ...,lines ... */
    static Counts ofRow(String[] cells) {
      long branches = Long.parseLong(cells[6]);
      long lines = Long.parseLong(cells[8]);
      return new Counts(
          lines, lines + Long.parseLong(cells[7]), branches, branches + Long.parseLong(cells[5]));
    }

    Counts plus(Counts other) {
      return new Counts(
          lines + other.lines,
          allLines + other.allLines,
          branches + other.branches,
          allBranches + other.allBranches);
    }

    void print(String name) {
      System.out.printf(
          "%-12s %18s %18s%n", name, share(lines, allLines), share(branches, allBranches));
    }

    private static String share(long covered, long all) {
      return all == 0
          ? "-"
          : String.format(Locale.ROOT, "%.1f %% of %d", 100.0 * covered / all, all);
    }
  }

  static void main(String[] args) throws IOException {
    List<String> rows = Files.readAllLines(Path.of(args[0]));
    Map<String, Counts> modules = new LinkedHashMap<>();
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      String module = cells[0].substring(cells[0].lastIndexOf('-') + 1);
      modules.merge(module, Counts.ofRow(cells), Counts::plus);
    }
    System.out.printf("%-12s %18s %18s%n", "Coverage", "lines", "branches");
    modules.forEach((name, counts) -> counts.print(name));
    modules.values().stream().reduce(Counts.NONE, Counts::plus).print("all");
  }
}
