package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that make up a checkpoint. A folder with both {@code model.safetensors} and {@code
 * model.safetensors.index.json} is read from the single file, as Hugging Face does.
 *
 * @param folder holds the config and the weights
 * @param weights the safetensors files, at least one
 * @param index which shard holds which tensor, when there are shards
 */
record CheckpointFiles(Path folder, List<Path> weights, Optional<ShardIndex> index) {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /**
   * Finds the files of a checkpoint folder, or of one safetensors file.
   *
   * @throws InvalidInputException if there are none, or the index is malformed
   */
  static CheckpointFiles locate(Path path) {
    if (!Files.exists(path)) {
      throw new InvalidInputException(path.toString(), "no such file or folder");
    }
    if (!Files.isDirectory(path)) {
      return new CheckpointFiles(
          path.toAbsolutePath().getParent(), List.of(path), Optional.empty());
    }
    if (Files.exists(path.resolve(SINGLE))) {
      return new CheckpointFiles(path, List.of(path.resolve(SINGLE)), Optional.empty());
    }
    if (Files.exists(path.resolve(INDEX))) {
      ShardIndex index = ShardIndex.read(path.resolve(INDEX));
      List<Path> weights = index.shards().stream().map(path::resolve).toList();
      return new CheckpointFiles(path, weights, Optional.of(index));
    }
    throw new InvalidInputException(
        path.toString(), "holds neither %s nor %s".formatted(SINGLE, INDEX));
  }

  Path config() {
    return folder.resolve("config.json");
  }

  /**
   * Checks that no tensor is in two files, and that the index, if any, tells the truth.
   *
   * @param headers the headers of {@link #weights}, in their order
   * @throws InvalidInputException naming the file and the tensor
   */
  void requireConsistent(Collection<FileHeader> headers) {
    Map<String, String> holders = new HashMap<>();
    for (FileHeader header : headers) {
      for (String tensor : header.tensors().keySet()) {
        String other = holders.putIfAbsent(tensor, header.source());
        if (other != null) {
          throw new InvalidInputException(
              header.source(), "tensor %s is also in %s".formatted(OneLine.quote(tensor), other));
        }
      }
    }
    index.ifPresent(shards -> shards.requireTrue(headers));
  }
}
