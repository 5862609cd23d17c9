package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/** Why the curve of small stories and the published laws need not agree. */
final class IsoFlopDifferences {
  private IsoFlopDifferences() {}

  /** The reasons, as clauses. */
  static List<String> of(IsoFlopResults.Settings settings, List<IsoFlopResults.Size> sizes) {
    DoubleSummaryStatistics shares =
        sizes.stream().mapToDouble(IsoFlopResults.Size::embeddingShare).summaryStatistics();
    List<String> reasons = new ArrayList<>();
    reasons.add(
        "these stories come from a small grammar, the laws from texts of people, in which there is"
            + " more to learn: a small model soon knows what the stories have");
    reasons.add(
        String.format(
            Locale.ROOT,
            "a loss is that of a token, and one of the %,d tokens here is a shorter piece of text"
                + " than one of the laws', which had 32,000 or more: where curves are lowest can be"
                + " compared, how low they are cannot",
            settings.vocabulary()));
    reasons.add(
        String.format(
            Locale.ROOT,
            "Kaplan's N has no embeddings, which are %s to %s of the parameters here",
            Units.percent(shares.getMin()),
            Units.percent(shares.getMax())));
    reasons.add(
        "the laws are used far below the budgets that they were fitted to, which began at 6e18"
            + " FLOPs for Chinchilla's");
    reasons.add("attention adds FLOPs that 6ND leaves out");
    reasons.add("all sizes share one learning rate, and one seed");
    double passes = sizes.stream().mapToDouble(IsoFlopResults.Size::passes).max().orElseThrow();
    if (passes > 1) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "the same stories were seen up to %s times, which the laws do not know",
              Units.compact(passes)));
    }
    return reasons;
  }
}
