package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The files that make up a checkpoint, whichever of them is named: a folder, or one of its weight
 * files. What has several files is read whole or refused.
 *
 * @param folder holds the config and the weights
 * @param weights the safetensors or GGUF files, at least one
 * @param index which shard holds which tensor, where a file says so
 */
record CheckpointFiles(Path folder, List<Path> weights, Optional<ShardIndex> index) {

  /** What its makers may call a folder's weights; the first that is there counts. */
  private static final List<String> NAMES = List.of("model", "consolidated");

  private static final String SAFETENSORS = ".safetensors";
  private static final String INDEX = ".safetensors.index.json";

  /**
   * A tensor, and which of the files has it.
   *
   * @param file its place among {@link #weights}
   */
  record PlacedTensor(int file, TensorInfo info) {}

  /**
   * Finds the files of a checkpoint. In a folder, {@code model.safetensors} counts before {@code
   * model.safetensors.index.json}, as with Hugging Face, then Mistral's {@code consolidated}, then
   * the one model in GGUF. A folder of the Hub's cache stands for its snapshot, that of a training
   * run for its newest checkpoint; a shard for all.
   *
   * @throws InvalidInputException if there are none, one is missing, or the index is malformed
   */
  static CheckpointFiles locate(Path path) {
    if (!Files.exists(path)) {
      throw new InvalidInputException(path.toString(), "no such file or folder");
    }
    if (!Files.isDirectory(path)) {
      return ofFile(path);
    }
    Path folder = ModelFolder.of(path);
    for (String name : NAMES) {
      Path single = folder.resolve(name + SAFETENSORS);
      Path index = folder.resolve(name + INDEX);
      if (Files.exists(single)) {
        return new CheckpointFiles(folder, List.of(single), Optional.empty());
      }
      if (Files.exists(index)) {
        return ofIndex(folder, ShardIndex.read(index));
      }
    }
    List<Path> models = ggufs(folder);
    if (models.isEmpty()) {
      throw new InvalidInputException(
          path.toString(),
          "holds neither model.safetensors nor model.safetensors.index.json,"
              + " consolidated.safetensors or a .gguf file");
    }
    if (models.size() > 1) {
      List<String> names = models.stream().map(file -> file.getFileName().toString()).toList();
      throw new InvalidInputException(
          path.toString(), "holds several models: name one of " + String.join(", ", names));
    }
    return ofFile(models.getFirst());
  }

  /** Whether a file is one of weights, or a folder has such files. */
  static boolean hasWeights(Path path) {
    if (!Files.isDirectory(path)) {
      return path.toString().endsWith(SAFETENSORS) || FileHeader.isGguf(path);
    }
    Path folder = ModelFolder.of(path);
    return hasSafetensors(folder) || !ggufs(folder).isEmpty();
  }

  /** Whether a folder has weights in safetensors, whole or not. */
  static boolean hasSafetensors(Path folder) {
    return NAMES.stream()
        .flatMap(name -> Stream.of(name + SAFETENSORS, name + INDEX))
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  /**
   * The one model in GGUF of a folder that has no safetensors; empty if there is none or a choice.
   *
   * @throws InvalidInputException if a part of it is missing
   */
  static Optional<CheckpointFiles> onlyGguf(Path folder) {
    List<Path> models = ggufs(folder);
    return models.size() == 1 && !hasSafetensors(folder)
        ? Optional.of(ofFile(models.getFirst()))
        : Optional.empty();
  }

  private static CheckpointFiles ofFile(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (!ShardName.isShard(file)) {
      return new CheckpointFiles(folder, List.of(file), Optional.empty());
    }
    for (String name : NAMES) {
      Path index = folder.resolve(name + INDEX);
      if (Files.exists(index)) {
        ShardIndex shards = ShardIndex.read(index);
        if (shards.shards().contains(file.getFileName().toString())) {
          return ofIndex(folder, shards);
        }
      }
    }
    return new CheckpointFiles(folder, ShardName.all(file), Optional.empty());
  }

  private static CheckpointFiles ofIndex(Path folder, ShardIndex index) {
    List<Path> weights = index.shards().stream().map(folder::resolve).toList();
    return new CheckpointFiles(folder, weights, Optional.of(index));
  }

  /** The models in GGUF of a folder, one part of each; projectors of images are none. */
  private static List<Path> ggufs(Path folder) {
    return InputFile.list(folder).stream()
        .filter(FileHeader::hasGgufName)
        .filter(file -> !file.getFileName().toString().startsWith("mmproj"))
        .filter(ShardName.firstOfEach())
        .toList();
  }

  boolean isGguf() {
    return FileHeader.isGguf(weights.getFirst());
  }

  /**
   * Every tensor by its name, in the order of files and bytes. Where there is an index, it decides:
   * what it does not name, or names in another file, is left out, such as a stale copy.
   *
   * @param headers the headers of {@link #weights}, in their order
   * @throws InvalidInputException naming the file and the tensor, if two files have it and no index
   *     says which counts, or one is not where the index says; if a GGUF file is of another set
   */
  SequencedMap<String, PlacedTensor> tensors(List<FileHeader> headers) {
    GgufSplit.requireWhole(headers);
    SequencedMap<String, PlacedTensor> tensors = new LinkedHashMap<>();
    for (int file = 0; file < headers.size(); file++) {
      FileHeader header = headers.get(file);
      String shard = weights.get(file).getFileName().toString();
      for (TensorInfo info : header.tensors().values()) {
        if (index.isPresent() && !index.get().places(info.name(), shard)) {
          continue;
        }
        PlacedTensor other = tensors.put(info.name(), new PlacedTensor(file, info));
        if (other != null) {
          throw new InvalidInputException(
              header.source(),
              "tensor %s is also in %s"
                  .formatted(OneLine.quote(info.name()), headers.get(other.file()).source()));
        }
      }
    }
    index.ifPresent(shards -> shards.requireAll(tensors.keySet()));
    return tensors;
  }

  /** What the files have and {@link #tensors} leaves out, as {@code tensor in file}. */
  List<String> leftOut(List<FileHeader> headers) {
    List<String> leftOut = new ArrayList<>();
    for (int file = 0; file < headers.size() && index.isPresent(); file++) {
      String shard = weights.get(file).getFileName().toString();
      headers.get(file).tensors().keySet().stream()
          .filter(name -> !index.get().places(name, shard))
          .forEach(name -> leftOut.add(name + " in " + shard));
    }
    return List.copyOf(leftOut);
  }
}
