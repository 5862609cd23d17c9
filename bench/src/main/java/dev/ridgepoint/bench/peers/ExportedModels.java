package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.jmh.StepBenchmark;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.SyntheticWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Models with the weights that Ridgepoint's benchmarks draw, written for the other engines. Each is
 * written when it is first asked for; all are deleted in the end.
 */
final class ExportedModels implements AutoCloseable {
  private final Path folder;
  private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
  private final Map<Key, Path> written = new HashMap<>();

  /** Gigabytes are not left behind when the user has had enough. */
  private final Thread interrupted = new Thread(this::deleteAll);

  private record Key(Architecture architecture, DType dtype, Engine.ModelFormat format) {}

  /**
   * @param parent where a folder for them is made
   */
  ExportedModels(Path parent) throws IOException {
    Files.createDirectories(parent);
    folder = Files.createTempDirectory(parent, "ridge-peers-");
    Runtime.getRuntime().addShutdownHook(interrupted);
  }

  /** The model in a format; any path where the engine draws the weights itself. */
  Path get(Architecture architecture, DType dtype, Engine.ModelFormat format) throws IOException {
    if (format == Engine.ModelFormat.DRAWN) {
      return folder;
    }
    Key key = new Key(architecture, dtype, format);
    Path path = written.get(key);
    if (path == null) {
      String extension = format == Engine.ModelFormat.GGUF ? ".gguf" : "";
      path = folder.resolve("model-" + written.size() + extension);
      new ModelExport(
              architecture, new SyntheticWeights(StepBenchmark.SEED), dtype, Optional.empty())
          .write(path, workers, (done, total) -> {});
      written.put(key, path);
    }
    return path;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(interrupted);
    workers.close();
    deleteAll();
  }

  private void deleteAll() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
