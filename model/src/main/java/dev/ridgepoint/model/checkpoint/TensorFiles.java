package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The files of a checkpoint, mapped into memory: one set of tensors, wherever each is. */
final class TensorFiles implements AutoCloseable {
  private final List<TensorFile> files;
  private final SequencedMap<String, CheckpointFiles.PlacedTensor> tensors;

  private TensorFiles(
      List<TensorFile> files, SequencedMap<String, CheckpointFiles.PlacedTensor> tensors) {
    this.files = files;
    this.tensors = tensors;
  }

  /**
   * Opens all files, and reads nothing but their headers.
   *
   * @throws InvalidInputException if one is missing or malformed, or they contradict each other;
   *     nothing stays open then
   */
  static TensorFiles open(CheckpointFiles located) {
    List<TensorFile> files = new ArrayList<>();
    try {
      located.weights().forEach(path -> files.add(TensorFile.open(path)));
      return new TensorFiles(
          files, located.tensors(files.stream().map(TensorFile::header).toList()));
    } catch (Throwable e) {
      files.forEach(TensorFile::close);
      throw e;
    }
  }

  /** The header of the first file, whose metadata stand for all. */
  FileHeader header() {
    return files.getFirst().header();
  }

  /** The names of all tensors, in the order of files and bytes. */
  Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** What the header says of a tensor. */
  Optional<TensorInfo> info(String name) {
    return Optional.ofNullable(tensors.get(name)).map(CheckpointFiles.PlacedTensor::info);
  }

  /**
   * A view of a tensor, as {@link TensorFile#tensor}; empty if there is none of this name.
   *
   * @throws InvalidInputException if it has another shape, or the engine does not have its type
   */
  Optional<Tensor> tensor(String name, List<Long> shape) {
    return Optional.ofNullable(tensors.get(name))
        .map(
            placed -> {
              TensorFile file = files.get(placed.file());
              requireShape(file, placed.info(), shape);
              return file.tensor(placed.info());
            });
  }

  private static void requireShape(TensorFile file, TensorInfo info, List<Long> shape) {
    if (!info.shape().equals(shape)) {
      throw new InvalidInputException(
          file.header().source(),
          "tensor %s has shape %s, but %s is needed"
              .formatted(OneLine.quote(info.name()), OneLine.of(info.shape().toString()), shape));
    }
  }

  /** Unmaps all files. */
  @Override
  public void close() {
    files.forEach(TensorFile::close);
  }
}
