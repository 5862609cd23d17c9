package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The files of a checkpoint, mapped into memory: one set of tensors, wherever each is. */
final class TensorFiles implements AutoCloseable {
  private final List<TensorFile> files;
  private final SequencedMap<String, CheckpointFiles.PlacedTensor> tensors;
  private final List<String> leftOut;

  private TensorFiles(List<TensorFile> files, CheckpointFiles located) {
    this.files = files;
    List<FileHeader> headers = files.stream().map(TensorFile::header).toList();
    tensors = located.tensors(headers);
    leftOut = located.leftOut(headers);
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
      return new TensorFiles(files, located);
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

  /**
   * The bytes of a tensor of U8; empty if there is none of this name.
   *
   * @throws InvalidInputException if it has another shape or type
   */
  Optional<MemorySegment> bytes(String name, List<Long> shape) {
    return bytes(name, SafetensorsDType.U8, shape);
  }

  private Optional<MemorySegment> bytes(String name, SafetensorsDType dtype, List<Long> shape) {
    return Optional.ofNullable(tensors.get(name))
        .map(
            placed -> {
              TensorFile file = files.get(placed.file());
              requireShape(file, placed.info(), shape);
              return file.bytes(placed.info(), dtype);
            });
  }

  /**
   * The words of a tensor of I32; empty if there is none of this name.
   *
   * @throws InvalidInputException if it has another shape or type
   */
  Optional<MemorySegment> words(String name, List<Long> shape) {
    return bytes(name, SafetensorsDType.I32, shape);
  }

  /** The few numbers of a small tensor of integers; empty if there is none of this name. */
  Optional<List<Long>> integers(String name) {
    return Optional.ofNullable(tensors.get(name))
        .map(placed -> files.get(placed.file()).integers(placed.info()));
  }

  /** The name of the file that holds a tensor. */
  String fileName(String name) {
    return Path.of(files.get(tensors.get(name).file()).header().source()).getFileName().toString();
  }

  /** What else the files say of themselves; where two differ, the first one's. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    files.forEach(file -> file.header().metadata().forEach(metadata::putIfAbsent));
    return metadata;
  }

  /** What the files hold, and their index does not place there, as {@code tensor in file}. */
  List<String> leftOut() {
    return leftOut;
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
