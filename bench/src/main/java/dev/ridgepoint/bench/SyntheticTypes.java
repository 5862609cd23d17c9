package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.nio.file.Path;

/** What the matrices of a model whose weights are drawn are stored as. */
public final class SyntheticTypes {
  /** Stands for the types that the model's own file has, each matrix its own. */
  public static final String STORED = "stored";

  private static final String USUAL = "bf16";

  private SyntheticTypes() {}

  /** What is meant where nothing is said: what a model's file has, or bf16 where it has none. */
  public static String usual(String model) {
    if (ModelCatalog.has(model)) {
      return USUAL;
    }
    return ModelSource.found(model).filter(Checkpoint::hasWeights).isPresent() ? STORED : USUAL;
  }

  /**
   * The types of a name.
   *
   * @param flag to be named where they do not fit
   * @param dtype a format, or {@link #STORED}
   * @param model a known model, or a path
   * @throws InvalidInputException if there is no such format, rows of a matrix are no whole number
   *     of its blocks, or the model has no file
   */
  public static MatrixTypes of(String flag, String dtype, String model, Architecture architecture) {
    if (!dtype.equalsIgnoreCase(STORED)) {
      return MatrixTypes.all(EngineFormats.synthetic(flag, dtype, architecture));
    }
    if (ModelCatalog.has(model)) {
      throw new InvalidInputException(flag, model + " is known by its sizes, and stored nowhere");
    }
    Path path = ModelSource.withWeights(model);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return MatrixTypes.stored(checkpoint);
    }
  }
}
