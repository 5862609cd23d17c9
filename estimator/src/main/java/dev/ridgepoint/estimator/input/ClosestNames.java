package dev.ridgepoint.estimator.input;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What someone may have meant who gave an unknown name. */
public final class ClosestNames {
  private static final int SUGGESTIONS = 3;

  // Comparing costs length * length: what no name is as long as needs no more than its start.
  private static final int MAX_COMPARED = 64;

  private ClosestNames() {}

  /** The names that are fewest edits away from {@code name}, closest first. */
  public static List<String> of(String name, Collection<String> known) {
    String wanted =
        name.substring(0, Math.min(name.length(), MAX_COMPARED)).toLowerCase(Locale.ROOT);
    return known.stream()
        .sorted(Comparator.comparingInt(each -> distance(wanted, each.toLowerCase(Locale.ROOT))))
        .limit(SUGGESTIONS)
        .toList();
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
