package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One step.
 *
 * @param name {@code prefill}, {@code decode}
 * @param batch its sequences
 * @param newTokens of each
 * @param context of each
 * @param operations in the order of execution
 */
record PhaseCost(
    String name, int batch, int newTokens, int context, List<OperationCost> operations) {

  /**
   * All operations of one name.
   *
   * @param count how many they are
   * @param cost their sum
   */
  record Kind(String name, long count, Cost cost) {}

  /** The sum of all. */
  Cost total() {
    return OperationList.total(operations);
  }

  /** The sums over the layers, in the order of the first ones. */
  List<Kind> kinds() {
    Map<String, List<OperationCost>> byName = new LinkedHashMap<>();
    for (OperationCost operation : operations) {
      byName.computeIfAbsent(operation.name(), any -> new ArrayList<>()).add(operation);
    }
    return byName.entrySet().stream()
        .map(
            entry ->
                new Kind(
                    entry.getKey(), entry.getValue().size(), OperationList.total(entry.getValue())))
        .toList();
  }

  /** Such as {@code decode: 4 x 1 new tokens after 512}. */
  String title() {
    return String.format(
        Locale.ROOT, "%s: %d x %d new tokens after %d", name, batch, newTokens, context);
  }
}
