package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.compare.Ratio.Verdict;
import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A comparison in a sentence for each of the measurements that were compared. */
final class Summary {
  private Summary() {}

  /** How many steps became faster and slower. */
  static String of(Comparison comparison) {
    List<String> sentences = new ArrayList<>();
    for (int i = 1; i <= comparison.measurements().size(); i++) {
      int number = i;
      comparison
          .against(number)
          .ifPresent(before -> sentences.add(sentence(before, number, ratios(comparison, number))));
    }
    return sentences.isEmpty()
        ? "Nothing was compared: other models, or no step in common."
        : String.join(" ", sentences);
  }

  private static List<Ratio> ratios(Comparison comparison, int number) {
    return comparison.matches().stream()
        .filter(match -> match.after() == number)
        .map(Comparison.Match::ratio)
        .toList();
  }

  private static String sentence(int before, int after, List<Ratio> ratios) {
    long few = count(ratios, Verdict.TOO_FEW_SAMPLES);
    return String.format(
        Locale.ROOT,
        "Of %s, #%d is faster than #%d in %d, slower in %d, and within the noise in %d%s.",
        Units.count(ratios.size(), "step"),
        after,
        before,
        count(ratios, Verdict.FASTER),
        count(ratios, Verdict.SLOWER),
        count(ratios, Verdict.WITHIN_NOISE),
        few == 0 ? "" : "; in " + few + " there are too few samples to say");
  }

  private static long count(List<Ratio> ratios, Verdict verdict) {
    return ratios.stream().filter(ratio -> ratio.verdict() == verdict).count();
  }
}
