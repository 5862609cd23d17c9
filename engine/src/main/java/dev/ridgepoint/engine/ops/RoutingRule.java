package dev.ridgepoint.engine.ops;

import java.util.Arrays;
import java.util.Locale;

/**
 * How scores become a choice. Experts count by the softmax of all scores, or by the sigmoid of
 * each; a correction is added for the choice alone (DeepSeek-V3, arXiv:2412.19437). Where they lie
 * in groups, those of the best groups are eligible. Of equals the one with the lower number is
 * chosen, so that a choice depends on the row alone.
 *
 * @param isSigmoid a sigmoid of each score instead of a softmax of all
 * @param isNormalized whether the weights of a row's choices are divided by their sum
 * @param groups of as many experts each; 1 if there are none
 * @param groupsPerRow whose experts a row may choose
 * @param expertsPerGroupScore the best of a group, whose sum decides among groups
 * @param scale of all weights
 */
public record RoutingRule(
    boolean isSigmoid,
    boolean isNormalized,
    int groups,
    int groupsPerRow,
    int expertsPerGroupScore,
    float scale) {
  /** Of every expert: subtract the maximum, exponential, sum, division; or a sigmoid and a sum. */
  static final int FLOPS_PER_SCORE = 4;

  /**
   * @throws IllegalArgumentException if a row could choose of no group, or of more than there are
   */
  public RoutingRule {
    if (groupsPerRow < 1 || groupsPerRow > groups) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d of %d groups per row", groupsPerRow, groups));
    }
  }

  /** Floats of scratch memory that {@link #choose} needs. */
  int scratch(int experts) {
    return 2 * experts + groups;
  }

  /**
   * Chooses for one row.
   *
   * @param scratch the row's scores, followed by memory of any content
   * @param correction {@code [experts]}, or null
   */
  void choose(float[] scratch, float[] correction, ExpertChoice choice, int row) {
    int experts = choice.experts();
    if (isSigmoid) {
      for (int i = 0; i < experts; i++) {
        scratch[i] = (float) (1 / (1 + Math.exp(-scratch[i])));
      }
    } else {
      softmax(scratch, experts);
    }
    for (int i = 0; i < experts; i++) {
      scratch[experts + i] = scratch[i] + (correction == null ? 0 : correction[i]);
    }
    if (groupsPerRow < groups) {
      excludeGroups(scratch, experts);
    }
    float sum = 0;
    for (int rank = 0; rank < choice.perRow(); rank++) {
      int expert = best(scratch, experts, 2 * experts);
      scratch[experts + expert] = Float.NEGATIVE_INFINITY;
      sum += scratch[expert];
      choice.choose(row, rank, expert, scratch[expert] * scale);
    }
    if (isNormalized) {
      choice.divideWeights(row, sum);
    }
  }

  private static void softmax(float[] x, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = 0; i < count; i++) {
      x[i] = (float) (x[i] / sum);
    }
  }

  /** Leaves the experts of the best groups eligible. */
  private void excludeGroups(float[] scratch, int experts) {
    int size = experts / groups;
    int groupScores = 2 * experts;
    for (int group = 0; group < groups; group++) {
      scratch[groupScores + group] = groupScore(scratch, experts + group * size, size);
    }
    for (int i = 0; i < groupsPerRow; i++) {
      int group = best(scratch, groupScores, groupScores + groups);
      scratch[groupScores + group] = Float.NaN;
    }
    for (int group = 0; group < groups; group++) {
      if (!Float.isNaN(scratch[groupScores + group])) {
        int from = experts + group * size;
        Arrays.fill(scratch, from, from + size, Float.NEGATIVE_INFINITY);
      }
    }
  }

  private float groupScore(float[] x, int from, int size) {
    float first = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + size; i++) {
      second = Math.max(second, Math.min(first, x[i]));
      first = Math.max(first, x[i]);
    }
    return expertsPerGroupScore == 1 || size == 1 ? first : first + second;
  }

  /** The number, from 0, of the largest; NaN counts as none unless all are. */
  private static int best(float[] x, int from, int end) {
    int best = from;
    for (int i = from + 1; i < end; i++) {
      if (x[i] > x[best] || Float.isNaN(x[best])) {
        best = i;
      }
    }
    return best - from;
  }
}
