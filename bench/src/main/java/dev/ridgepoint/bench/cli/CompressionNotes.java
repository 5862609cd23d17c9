package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import dev.ridgepoint.model.compression.BlockGrid;
import dev.ridgepoint.model.compression.Method;
import dev.ridgepoint.model.compression.TensorFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What else to know of a model that was compressed.
 *
 * @param plan how
 * @param result what came of it
 */
record CompressionNotes(CompressionPlan plan, CompressionResult result) {
  private static final double HALF = 0.5;

  private static final String MATRICES =
      "\"if rounded\" is the error of a matrix's outputs if it alone were rounded to nearest,"
          + " \"error\" what the method left; outliers are beyond four standard deviations; the"
          + " inputs' spread is their largest channel's mean magnitude over the median's.";

  /** Of a matrix that is rounded to fewer than 16 bits. */
  private static final double LEAST_ERROR = 1e-3;

  /** All of them. */
  List<String> all() {
    List<String> notes = new ArrayList<>();
    if (!result.findings().isEmpty()) {
      notes.add(MATRICES);
    }
    notes.add("± is the standard error of the loss against the original on this text.");
    unpacked().ifPresent(notes::add);
    if (plan.method() == Method.DISTIL) {
      notes.add(distilling());
    } else {
      result.recovered().filter(share -> share < HALF).ifPresent(share -> notes.add(shortfall()));
    }
    if (!plan.method().source().isEmpty()) {
      notes.add(plan.method().label() + ": " + plan.method().source());
    }
    if (plan.method() == Method.SMOOTHQUANT) {
      notes.add(
          "Judged with the inputs of linear layers rounded to 8 bits; the engine itself computes"
              + " with inputs that are not rounded.");
    }
    return notes;
  }

  /** What the student is compared to. */
  private String distilling() {
    return result.baseline().isPresent()
        ? "The student without a teacher was drawn alike and has read the same in as many steps,"
            + " and has learnt the next tokens alone. \"recovered\" is the share of its loss that"
            + " the taught one has not."
        : "What the teacher brought is not known: the same student was not trained without it"
            + " (--no-baseline).";
  }

  /** Which matrices keep 16 bits though others get fewer. */
  private Optional<String> unpacked() {
    List<TensorSpec> wide = result.compressed().export(Optional.empty()).unquantised();
    String outputs =
        result
            .compressed()
            .packing()
            .filter(packing -> packing.outputsOfWord() > 1)
            .map(
                packing ->
                    String.format(
                        Locale.ROOT,
                        " or their outputs, %d of which share a word of the folder, none of %d",
                        packing.outputsOfWord(),
                        packing.outputsOfWord()))
            .orElse("");
    return wide.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d matrices are in F16, their rows being no multiple of %d%s: %s%s",
                wide.size(),
                BlockGrid.BLOCK,
                outputs,
                wide.getFirst().name(),
                wide.size() > 1 ? ", ..." : ""));
  }

  /** Why a method brings back less than half of what rounding loses. */
  private String shortfall() {
    double left = median(finding -> finding.error() / finding.roundingError());
    String measured =
        String.format(
            Locale.ROOT,
            "Less than half of the loss is recovered: of a matrix's rounding error %s left %s in"
                + " the median.",
            plan.method().label(),
            Units.percent(left));
    return measured
        + switch (plan.method()) {
          case GPTQ ->
              String.format(
                  Locale.ROOT,
                  " It corrects a weight by those of its row that come later, and rows have %.0f"
                      + " inputs in the median.",
                  median(TensorFinding::inputs));
          case AWQ ->
              String.format(
                  Locale.ROOT,
                  " It spares channels with large inputs, and the largest here is %.2g times the"
                      + " median channel's in the median.",
                  median(TensorFinding::inputSpread));
          default -> "";
        };
  }

  private double median(ToDoubleFunction<TensorFinding> number) {
    double[] sorted =
        result.findings().stream()
            .filter(finding -> finding.roundingError() > LEAST_ERROR)
            .mapToDouble(number)
            .sorted()
            .toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
