package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.HuggingFaceConfig;
import dev.ridgepoint.estimator.InvalidInputException;
import dev.ridgepoint.estimator.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A Hugging Face checkpoint: a config and its weights, mapped into memory. It holds every tensor
 * that its config needs, in a type and shape to compute with; all that is checked from the headers
 * when it is opened.
 */
public final class Checkpoint implements AutoCloseable {
  private final Path path;
  private final ModelConfig config;
  private final List<SafetensorsFile> files;
  private final Map<String, Holding> holdings = new LinkedHashMap<>();

  private record Holding(SafetensorsFile file, TensorInfo info) {}

  private Checkpoint(Path path, ModelConfig config, List<SafetensorsFile> files) {
    this.path = path;
    this.config = config;
    this.files = files;
    for (SafetensorsFile file : files) {
      file.header().tensors().forEach((name, info) -> holdings.put(name, new Holding(file, info)));
    }
  }

  /**
   * Opens a folder with {@code config.json} and {@code model.safetensors} or {@code
   * model.safetensors.index.json}, or a single safetensors file with {@code config.json} beside it.
   * Where a folder has both, the single file counts.
   *
   * @throws InvalidInputException if a file is missing or malformed, or the weights do not suit the
   *     config; nothing stays open then
   */
  public static Checkpoint open(Path path) {
    CheckpointFiles located = CheckpointFiles.locate(path);
    List<SafetensorsFile> files = new ArrayList<>();
    try {
      located.weights().forEach(weights -> files.add(SafetensorsFile.open(weights)));
      located.requireConsistent(files.stream().map(SafetensorsFile::header).toList());
      ModelConfig config = HuggingFaceConfig.read(located.config());
      Checkpoint checkpoint = new Checkpoint(path, config, files);
      checkpoint.layout().tensors().forEach(checkpoint::tensor);
      return checkpoint;
    } catch (Throwable e) {
      files.forEach(SafetensorsFile::close);
      throw e;
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** The names and shapes of the tensors that the config needs. */
  public CheckpointLayout layout() {
    return new CheckpointLayout(config);
  }

  /**
   * A view of a tensor, valid until {@link #close}.
   *
   * @throws InvalidInputException if it is missing, has another shape, or is not F32, F16 or BF16
   */
  public Tensor tensor(TensorSpec spec) {
    return find(spec)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    path.toString(),
                    "tensor %s of shape %s is missing"
                        .formatted(OneLine.quote(spec.name()), spec.shape())));
  }

  /** As {@link #tensor(TensorSpec)}. */
  public Tensor tensor(String name, int... expectedShape) {
    return tensor(spec(name, expectedShape));
  }

  /** As {@link #tensor(TensorSpec)}, but empty when the tensor is missing. */
  public Optional<Tensor> find(TensorSpec spec) {
    return Optional.ofNullable(holdings.get(spec.name()))
        .map(
            holding -> {
              requireShape(holding, spec);
              return holding.file().tensor(holding.info());
            });
  }

  /** As {@link #find(TensorSpec)}. */
  public Optional<Tensor> find(String name, int... expectedShape) {
    return find(spec(name, expectedShape));
  }

  /** The names of all tensors, needed or not. */
  public Set<String> names() {
    return Collections.unmodifiableSet(holdings.keySet());
  }

  /** The files' free text; where two files differ, the first one's counts. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>();
    for (SafetensorsFile file : files) {
      file.header().metadata().forEach(metadata::putIfAbsent);
    }
    return metadata;
  }

  /** Elements of all tensors, needed or not. */
  public long parameters() {
    return holdings.values().stream()
        .mapToLong(holding -> holding.info().elements())
        .reduce(0, Math::addExact);
  }

  /** Bytes of all tensors, needed or not. */
  public long totalBytes() {
    return files.stream().mapToLong(file -> file.header().dataBytes()).reduce(0, Math::addExact);
  }

  /** Unmaps all files. */
  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }

  private static TensorSpec spec(String name, int... shape) {
    return new TensorSpec(name, Arrays.stream(shape).asLongStream().boxed().toList());
  }

  private static void requireShape(Holding holding, TensorSpec spec) {
    if (!holding.info().shape().equals(spec.shape())) {
      throw new InvalidInputException(
          holding.file().header().source(),
          "tensor %s has shape %s, but %s is needed"
              .formatted(
                  OneLine.quote(spec.name()),
                  OneLine.of(holding.info().shape().toString()),
                  spec.shape()));
    }
  }
}
