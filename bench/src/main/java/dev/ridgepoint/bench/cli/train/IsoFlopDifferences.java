package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/** Why the curve of small stories and the published laws need not agree. */
final class IsoFlopDifferences {
  /** Chinchilla's, the smallest among those that the laws were fitted with. */
  private static final int LAWS_VOCABULARY = 32_000;

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
            "a loss is that of a token, and one of the %,d tokens here stands for less text"
                + " than one of the laws', which had %,d or more: where curves are lowest can be"
                + " compared, how low they are cannot",
            settings.vocabulary(),
            LAWS_VOCABULARY));
    reasons.add(
        String.format(
            Locale.ROOT,
            "Kaplan's N has no embeddings, which are %s to %s of the parameters here",
            Units.percent(shares.getMin()),
            Units.percent(shares.getMax())));
    reasons.add(
        "the laws are used far below the budgets that they were fitted to, which began at 6e18"
            + " FLOPs for Chinchilla's"
            + worseThanGuessing(sizes));
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

  /** A fit that is used too far from its runs may give more than the loss of knowing nothing. */
  private static String worseThanGuessing(List<IsoFlopResults.Size> sizes) {
    double most =
        sizes.stream()
            .flatMapToDouble(size -> ChinchillaFit.ALL.stream().mapToDouble(size::lossBy))
            .max()
            .orElseThrow();
    double guessing = Math.log(LAWS_VOCABULARY);
    return most <= guessing
        ? ""
        : String.format(
            Locale.ROOT,
            ": here its fits give up to %.3g nats per token, and guessing among %,d tokens costs"
                + " %.3g",
            most,
            LAWS_VOCABULARY,
            guessing);
  }
}
