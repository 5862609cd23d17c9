package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.QuantizationConfig;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.support.EngineSupport;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint: a config and its weights, mapped into memory, from safetensors or GGUF files. It
 * holds every tensor that its config needs, in a type and shape to compute with; all that is
 * checked from the headers when it is opened. Whatever the format, tensors have the names and the
 * order of rows that Hugging Face gives them.
 */
public final class Checkpoint implements AutoCloseable {
  private final Path path;
  private final Architecture architecture;
  private final CheckpointLayout layout;
  private final List<TensorFile> files;
  private final TensorLayout inFiles;
  private final Map<String, Holding> holdings = new LinkedHashMap<>();

  private record Holding(TensorFile file, TensorInfo info) {}

  private Checkpoint(Path path, Architecture architecture, List<TensorFile> files) {
    this.path = path;
    this.architecture = architecture;
    layout = CheckpointLayout.of(architecture);
    this.files = files;
    for (TensorFile file : files) {
      file.header().tensors().forEach((name, info) -> holdings.put(name, new Holding(file, info)));
    }
    inFiles =
        files.getFirst().header() instanceof GgufHeader
            ? GgufConfig.layout(architecture)
            : HuggingFaceLayout.of(architecture, holdings.keySet());
  }

  /**
   * Opens a folder with {@code config.json} and {@code model.safetensors} or {@code
   * model.safetensors.index.json}, a single safetensors file with {@code config.json} beside it, or
   * a GGUF file. Where a folder has both, the single file counts.
   *
   * @throws InvalidInputException if a file is missing or malformed, or the weights do not suit the
   *     config; nothing stays open then
   */
  public static Checkpoint open(Path path) {
    CheckpointFiles located = CheckpointFiles.locate(path);
    List<TensorFile> files = new ArrayList<>();
    try {
      located.weights().forEach(weights -> files.add(TensorFile.open(weights)));
      located.requireConsistent(files.stream().map(TensorFile::header).toList());
      Architecture architecture =
          FileHeader.isGguf(path) ? GgufConfig.of(files.getFirst()) : readConfig(located.config());
      EngineSupport.require(located.config().toString(), architecture);
      Checkpoint checkpoint = new Checkpoint(path, architecture, files);
      checkpoint.layout().tensors().forEach(checkpoint::dtype);
      return checkpoint;
    } catch (Throwable e) {
      files.forEach(TensorFile::close);
      throw e;
    }
  }

  private static Architecture readConfig(Path path) {
    ObjectNode config = StrictJson.readObject(path);
    boolean isMicroscaled =
        config.path("quantization_config").path("quant_method").asString("").equals("mxfp4");
    if (QuantizationConfig.read(path.toString(), config).isPresent() && !isMicroscaled) {
      throw new InvalidInputException(
          path.toString(), "quantization_config is present, but such weights are not supported");
    }
    return ConfigReader.of(path.toString(), config);
  }

  public Architecture architecture() {
    return architecture;
  }

  /** The tensors that the architecture needs. */
  public CheckpointLayout layout() {
    return layout;
  }

  /**
   * A tensor, valid until {@link #close}: a view of the file where its rows are in order there.
   *
   * @throws InvalidInputException if it is missing, has another shape, or a type that the engine
   *     does not have
   */
  public Tensor tensor(TensorSpec spec) {
    return find(spec).orElseThrow(() -> missing(spec));
  }

  /** As {@link #tensor(TensorSpec)}, but empty when the tensor is missing. */
  public Optional<Tensor> find(TensorSpec spec) {
    Optional<MicroscaledMatrix> microscaled = microscaled(spec);
    if (microscaled.isPresent()) {
      MicroscaledMatrix matrix = microscaled.get();
      return Optional.of(
          matrix.of(
              spec,
              bytes(matrix.blocksName(), matrix.blocksShape()),
              bytes(matrix.scalesName(), matrix.scalesShape())));
    }
    return view(spec).map(view -> inFiles.place(spec).of(spec, view));
  }

  /**
   * Takes a tensor's part of the file out of memory until it is read again: as long as the file is
   * mapped, what has been read of it counts as this process's memory.
   */
  public void release(TensorSpec spec) {
    Optional<MicroscaledMatrix> microscaled = microscaled(spec);
    if (microscaled.isPresent()) {
      MicroscaledMatrix matrix = microscaled.get();
      bytes(matrix.blocksName(), matrix.blocksShape()).unload();
    } else {
      view(spec).ifPresent(view -> view.segment().unload());
    }
  }

  /** How a tensor is stored; refuses what {@link #tensor} refuses. */
  public DType dtype(TensorSpec spec) {
    Optional<MicroscaledMatrix> microscaled = microscaled(spec);
    if (microscaled.isPresent()) {
      bytes(microscaled.get().blocksName(), microscaled.get().blocksShape());
      bytes(microscaled.get().scalesName(), microscaled.get().scalesShape());
      return DType.MXFP4;
    }
    return view(spec).orElseThrow(() -> missing(spec)).dtype();
  }

  /** A matrix that is not there by itself, but as blocks and their scales. */
  private Optional<MicroscaledMatrix> microscaled(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    MicroscaledMatrix matrix = new MicroscaledMatrix(place);
    return place.isTransposed()
            && place.part() != TensorPlace.WHOLE
            && !holdings.containsKey(place.name())
            && holdings.containsKey(matrix.blocksName())
        ? Optional.of(matrix)
        : Optional.empty();
  }

  private MemorySegment bytes(String name, List<Long> shape) {
    Holding holding = holdings.get(name);
    if (holding == null) {
      throw missing(name, shape);
    }
    requireShape(holding, shape);
    if (holding.info().dtype() != SafetensorsDType.U8) {
      throw new InvalidInputException(
          holding.file().header().source(),
          "tensor %s has dtype %s; U8 is needed"
              .formatted(OneLine.quote(name), holding.info().dtype()));
    }
    return holding.file().bytes(holding.info());
  }

  /** The file's tensor, which may hold others besides. */
  private Optional<Tensor> view(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    Holding holding = holdings.get(place.name());
    if (holding == null) {
      return Optional.empty();
    }
    requireShape(holding, place.shape());
    return Optional.of(holding.file().tensor(holding.info()));
  }

  /** The name of the file's tensor that holds a tensor. */
  String nameInFile(TensorSpec spec) {
    return inFiles.place(spec).name();
  }

  private InvalidInputException missing(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    return missing(place.name(), place.shape());
  }

  private InvalidInputException missing(String name, List<Long> shape) {
    return new InvalidInputException(
        path.toString(), "tensor %s of shape %s is missing".formatted(OneLine.quote(name), shape));
  }

  /** The names that the files give all tensors, needed or not. */
  public Set<String> names() {
    return Collections.unmodifiableSet(holdings.keySet());
  }

  /** Unmaps all files. */
  @Override
  public void close() {
    files.forEach(TensorFile::close);
  }

  private static void requireShape(Holding holding, List<Long> needed) {
    if (!holding.info().shape().equals(needed)) {
      throw new InvalidInputException(
          holding.file().header().source(),
          "tensor %s has shape %s, but %s is needed"
              .formatted(
                  OneLine.quote(holding.info().name()),
                  OneLine.of(holding.info().shape().toString()),
                  needed));
    }
  }
}
