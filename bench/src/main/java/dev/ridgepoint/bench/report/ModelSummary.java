package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.ModelFields;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import java.util.Locale;
import java.util.Optional;

/**
 * The measured model.
 *
 * @param config its fields; empty if its layers differ in more than their windows
 * @param formats how weights and cached keys and values are stored
 * @param parameters all of them, tied weights counted once
 * @param weightBytes of all weights in their storage formats, tied weights counted once
 */
public record ModelSummary(
    Optional<ModelFields> config, DataFormats formats, long parameters, long weightBytes) {

  static ModelSummary of(Architecture architecture, DataFormats formats) {
    long parameters = ParameterCount.of(architecture).total();
    long weightBytes = formats.weights().storedBytes(architecture);
    return new ModelSummary(ModelFields.of(architecture), formats, parameters, weightBytes);
  }

  /** The weights' format as files and flags write it: {@code bf16}. */
  public String dtype() {
    return formats.weights().name().toLowerCase(Locale.ROOT);
  }

  /** The same of cached keys and values. */
  public String kvDtype() {
    return formats.kvCache().name().toLowerCase(Locale.ROOT);
  }

  /** Whether keys and values are stored in fewer bits than the engine computes in. */
  boolean hasNarrowCache() {
    return !formats.kvCache().equals(Precision.F32);
  }
}
