package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How long a sequence a config allows. */
final class PositionLimit {
  /** The same number under the names that families have for it. */
  private static final List<String> FIELDS =
      List.of("max_position_embeddings", "n_positions", "max_seq_len");

  /**
   * RoBERTa numbers positions from 2 on, behind the row of its padding token, so that two rows of
   * its table are no position of a text ({@code models/roberta/modeling_roberta.py} in the
   * transformers library).
   */
  private static final Set<String> OFFSET_FAMILIES = Set.of("roberta", "xlm-roberta");

  private static final int UNUSED_ROWS = 2;

  private PositionLimit() {}

  /**
   * The limit that a config names; none where it names none, and where positions are biases of the
   * scores (ALiBi, T5), which reach any distance.
   */
  static int of(JsonFields json, Architecture architecture) {
    if (hasPositionBias(architecture)) {
      return Architecture.UNLIMITED_POSITIONS;
    }
    for (String field : FIELDS) {
      if (json.has(field)) {
        int rows = json.requiredInt(field);
        return OFFSET_FAMILIES.contains(architecture.modelType()) ? rows - UNUSED_ROWS : rows;
      }
    }
    return Architecture.UNLIMITED_POSITIONS;
  }

  private static boolean hasPositionBias(Architecture architecture) {
    return Stream.concat(architecture.encoder().stream(), architecture.decoder().stream())
        .map(Stack::layers)
        .map(layers -> layers.getFirst().attention())
        .anyMatch(PositionLimit::hasPositionBias);
  }

  private static boolean hasPositionBias(Attention attention) {
    return attention instanceof GroupedQueryAttention grouped
        && grouped.scoreTerms().positionBias();
  }
}
