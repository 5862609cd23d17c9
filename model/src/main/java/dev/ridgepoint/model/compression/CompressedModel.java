package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.IntegerPacking;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a method made of a model.
 *
 * @param reference the weights before anything was lost: the model's own, or the same with its
 *     channels scaled
 * @param weights as they are, with the very numbers of the layers' matrices
 * @param dtype what the layers' matrices are stored as, where their rows are whole blocks
 * @param outer what embedding and head are stored as
 * @param packing how a folder's integers are published, if one is to be written
 */
public record CompressedModel(
    ModelWeights reference,
    ModelWeights weights,
    DType dtype,
    DType outer,
    Optional<IntegerPacking> packing) {

  /** What matrices are packed as to run as they are. */
  public MatrixTypes types() {
    return export(Optional.empty()).types();
  }

  /** The same to be written, with the tokenizer of {@code origin}. */
  public ModelExport export(Optional<Path> origin) {
    return new ModelExport(weights.architecture(), weights, dtype, outer, packing, origin);
  }
}
