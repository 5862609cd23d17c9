package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.model.checkpoint.FileHeader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where other programs find a model's weights.
 *
 * @param location a file or a folder, or a name in place of one
 * @param kind which of them
 */
record Checkpoint(String location, Kind kind) {
  private static final String ANY = "MODEL";

  enum Kind {
    GGUF,
    FOLDER,
    /** The user's folder, or a repository of the Hugging Face Hub, is to be put there. */
    NAME
  }

  static Checkpoint of(NamedModel model) {
    String name = model.name();
    if (ModelCatalog.has(name)) {
      return new Checkpoint(name, Kind.NAME);
    }
    Path path = ModelSource.path(name);
    if (!Files.exists(path)) {
      return new Checkpoint(ANY, Kind.NAME);
    }
    if (FileHeader.isGguf(path)) {
      return new Checkpoint(name, Kind.GGUF);
    }
    return new Checkpoint(
        Files.isDirectory(path)
            ? name
            : Optional.ofNullable(path.getParent()).map(Path::toString).orElse("."),
        Kind.FOLDER);
  }
}
