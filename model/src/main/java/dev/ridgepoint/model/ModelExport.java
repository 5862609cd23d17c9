package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.model.checkpoint.CheckpointFolder;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import dev.ridgepoint.model.checkpoint.ExportedWeight;
import dev.ridgepoint.model.checkpoint.FileHeader;
import dev.ridgepoint.model.checkpoint.GgufWriter;
import dev.ridgepoint.model.checkpoint.IntegerPacking;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import dev.ridgepoint.model.checkpoint.WriteProgress;
import dev.ridgepoint.model.tokenizer.GgufTokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model to be written for other engines: as a GGUF file for llama.cpp, or as a Hugging Face
 * folder for Jlama and transformers.
 *
 * @param architecture one that the engine runs
 * @param weights where the numbers come from
 * @param dtype what the layers' matrices are stored as; vectors stay F32
 * @param outer what embedding and head are stored as
 * @param packing how matrices in blocks of integers are published in a folder; those that it cannot
 *     hold are F16
 * @param origin the GGUF file or the folder that the weights were read from, whose tokenizer goes
 *     with them where the formats agree
 */
public record ModelExport(
    Architecture architecture,
    WeightSource weights,
    DType dtype,
    DType outer,
    Optional<IntegerPacking> packing,
    Optional<Path> origin) {

  /** All matrices in one type. */
  public ModelExport(
      Architecture architecture, WeightSource weights, DType dtype, Optional<Path> origin) {
    this(architecture, weights, dtype, dtype, Optional.empty(), origin);
  }

  /**
   * Writes {@code target}, whole or not at all: a GGUF file if its name ends so, else a folder.
   *
   * @return why the tokenizer of {@code origin} does not stand beside it but one of bytes, if it
   *     could not be written
   * @throws InvalidInputException if the format cannot hold the model or the dtype, the target is a
   *     folder that is not empty, a number does not fit its dtype, or the disk has no room; and as
   *     {@link IntegerPacking#requireFits}
   * @throws IOException if writing fails; nothing is left behind
   */
  public Optional<String> write(Path target, Workers workers, WriteProgress progress)
      throws IOException {
    if (FileHeader.hasGgufName(target)) {
      writeGguf(target, false, workers, progress);
      return Optional.empty();
    }
    packing.ifPresent(each -> each.requireFits(target, architecture));
    if (dtype.isQuantised() && packing.isEmpty()) {
      throw new InvalidInputException(
          target.toString(),
          "a folder of safetensors holds no %s; name a file that ends with .gguf".formatted(dtype));
    }
    if (origin.filter(FileHeader::isGguf).isEmpty()) {
      writeFolder(target, origin, workers, progress);
      return Optional.empty();
    }
    Path files = Files.createTempDirectory("ridge-tokenizer-");
    try {
      Optional<String> lacking = GgufTokenizerFiles.write(origin.get(), files);
      writeFolder(target, Optional.of(files), workers, progress);
      return lacking;
    } finally {
      CheckpointFolder.delete(files);
    }
  }

  /**
   * Writes a GGUF file for llama.cpp before build 5130, of April 2025, whole or not at all: a
   * latent's projections to keys and values are one tensor. Later ones read it, too, but cache the
   * keys and values of all heads.
   *
   * @throws InvalidInputException as {@link #write}, and if the model has no latents or the file's
   *     name another ending
   */
  public void writeWithJoinedLatents(Path file, Workers workers, WriteProgress progress)
      throws IOException {
    if (!hasLatents()) {
      throw new InvalidInputException(
          file.toString(),
          "model_type \"" + architecture.modelType() + "\" has no latents to join");
    }
    if (!FileHeader.hasGgufName(file)) {
      throw new InvalidInputException(
          file.toString(), "only a file that ends with .gguf can have joined latents");
    }
    writeGguf(file, true, workers, progress);
  }

  private boolean hasLatents() {
    return architecture
        .decoder()
        .filter(decoder -> decoder.layers().getFirst().attention() instanceof LatentAttention)
        .isPresent();
  }

  private void writeGguf(Path file, boolean joinsLatents, Workers workers, WriteProgress progress)
      throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file.toString(), "is a folder");
    }
    GgufWriter writer = new GgufWriter(file, architecture, joinsLatents);
    writer.write(
        dtype, tensors(), RotaryFrequencies.divisors(writer.rope()), origin, workers, progress);
  }

  private void writeFolder(
      Path target, Optional<Path> original, Workers workers, WriteProgress progress)
      throws IOException {
    CheckpointFolder.write(
        target,
        architecture,
        packing.isPresent() ? outer : dtype,
        packing,
        original,
        tensors(),
        workers,
        progress);
  }

  /**
   * The matrices that are stored as F16 because their rows are no whole number of blocks, or the
   * packing cannot hold them.
   */
  public List<TensorSpec> unquantised() {
    return CheckpointLayout.of(architecture)
        .tensors()
        .filter(spec -> spec.isMatrix() && typeOf(spec) != wanted(spec, dtype, outer))
        .toList();
  }

  private List<ExportedWeight> tensors() {
    return CheckpointLayout.of(architecture).tensors().map(this::tensor).toList();
  }

  private ExportedWeight tensor(TensorSpec spec) {
    return spec.isMatrix()
        ? new ExportedWeight(spec, typeOf(spec), weights.matrix(spec))
        : ExportedWeight.vector(spec, weights.vector(spec));
  }

  /** What the matrices are stored as. */
  public MatrixTypes types() {
    return types(architecture, dtype, outer, packing);
  }

  /** What the matrices of such a model are stored as. */
  public static MatrixTypes types(
      Architecture architecture, DType dtype, DType outer, Optional<IntegerPacking> packing) {
    Map<TensorSpec, DType> types = new LinkedHashMap<>();
    CheckpointLayout.of(architecture)
        .tensors()
        .filter(TensorSpec::isMatrix)
        .forEach(spec -> types.put(spec, typeOf(spec, wanted(spec, dtype, outer), packing)));
    return MatrixTypes.of(types);
  }

  private DType typeOf(TensorSpec matrix) {
    return typeOf(matrix, wanted(matrix, dtype, outer), packing);
  }

  private static DType wanted(TensorSpec matrix, DType dtype, DType outer) {
    return matrix.layer() == Operation.NO_LAYER ? outer : dtype;
  }

  /**
   * What a matrix is stored as in a file of {@code dtype}: F16 where rows are no whole blocks, or
   * the packing of a layer's matrices cannot hold it.
   */
  public static DType typeOf(TensorSpec matrix, DType dtype, Optional<IntegerPacking> packing) {
    boolean isPacked = packing.isPresent() && dtype.isQuantised();
    boolean fits = matrix.shape().get(1) % dtype.blockElements() == 0;
    return fits && (!isPacked || packing.get().holds(matrix)) ? dtype : DType.F16;
  }
}
