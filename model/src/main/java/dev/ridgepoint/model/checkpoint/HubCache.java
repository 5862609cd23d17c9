package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The cache of the {@code huggingface_hub} library: {@code models--OWNER--NAME} with {@code refs},
 * which name a commit, and a folder of links into {@code blobs} for each commit below {@code
 * snapshots}.
 */
public final class HubCache {
  private HubCache() {}

  /**
   * The folder itself, or the snapshot of a model's folder in the cache: that of {@code main}, or
   * the only one.
   *
   * @throws InvalidInputException if it has several and none is {@code main}
   */
  public static Path snapshot(Path folder) {
    Path snapshots = folder.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return folder;
    }
    Path main = folder.resolve("refs").resolve("main");
    if (Files.isRegularFile(main)) {
      try {
        Path snapshot = snapshots.resolve(Files.readString(main).strip()).normalize();
        if (Files.isDirectory(snapshot) && snapshot.startsWith(snapshots.normalize())) {
          return snapshot;
        }
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidInputException(main.toString(), "names no snapshot", e);
      }
    }
    List<Path> all = InputFile.list(snapshots).stream().filter(Files::isDirectory).toList();
    if (all.size() != 1) {
      throw new InvalidInputException(
          snapshots.toString(),
          String.format(Locale.ROOT, "holds %d snapshots; name one", all.size()));
    }
    return all.getFirst();
  }
}
