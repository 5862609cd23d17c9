package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.QuantizationConfig;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.support.EngineSupport;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
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
  private final Path origin;
  private final Architecture architecture;
  private final CheckpointLayout layout;
  private final TensorFiles files;
  private final TensorLayout inFiles;
  private final Optional<IntegerFormat> integers;

  private Checkpoint(
      Path path,
      Path origin,
      Architecture architecture,
      TensorFiles files,
      TensorLayout inFiles,
      Optional<IntegerFormat> integers) {
    this.path = path;
    this.origin = origin;
    this.architecture = architecture;
    layout = CheckpointLayout.of(architecture);
    this.files = files;
    this.inFiles = inFiles;
    this.integers = integers;
  }

  /** Whether a file holds weights, or a folder has such files: not a config alone. */
  public static boolean hasWeights(Path path) {
    return CheckpointFiles.hasWeights(path);
  }

  /**
   * Opens a folder with {@code config.json} and {@code model.safetensors} or {@code
   * model.safetensors.index.json}, or with Mistral's {@code params.json} and {@code
   * consolidated.safetensors}; a safetensors file with the config beside it; a model in GGUF. Of
   * several files any one may be named.
   *
   * @throws InvalidInputException if a file is missing or malformed, or the weights do not suit the
   *     config; nothing stays open then
   */
  public static Checkpoint open(Path path) {
    CheckpointFiles located = CheckpointFiles.locate(path);
    TensorFiles files = TensorFiles.open(located);
    try {
      Checkpoint checkpoint =
          located.isGguf() ? ofGguf(path, located, files) : ofConfig(path, located, files);
      checkpoint.layout().tensors().forEach(checkpoint::dtype);
      return checkpoint;
    } catch (Throwable e) {
      files.close();
      throw e;
    }
  }

  private static Checkpoint ofGguf(Path path, CheckpointFiles located, TensorFiles files) {
    Architecture architecture = supported(path, GgufConfig.of(files));
    return new Checkpoint(
        path,
        located.weights().getFirst(),
        architecture,
        files,
        GgufConfig.layout(architecture, files.names()::contains),
        Optional.empty());
  }

  private static Checkpoint ofConfig(Path path, CheckpointFiles located, TensorFiles files) {
    Path config = StoredModel.requiredConfig(located.folder());
    boolean isMistrals = config.endsWith(MistralParams.NAME);
    if (isMistrals) {
      Architecture architecture = supported(config, MistralParams.read(config));
      TensorLayout inFiles = MistralLayout.of(architecture);
      return new Checkpoint(path, located.folder(), architecture, files, inFiles, Optional.empty());
    }
    ObjectNode json = StrictJson.readObject(config);
    Optional<IntegerFormat> integers = IntegerFormat.of(config.toString(), json);
    if (integers.isPresent()) {
      requireIntegers(config.toString(), integers.get().integers(""), files);
    } else {
      requireKnownFormat(config.toString(), json);
    }
    Architecture architecture = supported(config, ConfigReader.of(config.toString(), json));
    TensorLayout inFiles = HuggingFaceLayout.of(architecture, files.names());
    return new Checkpoint(path, located.folder(), architecture, files, inFiles, integers);
  }

  private static Architecture supported(Path source, Architecture architecture) {
    EngineSupport.require(source.toString(), architecture);
    return architecture;
  }

  private static void requireIntegers(String source, String suffix, TensorFiles files) {
    if (files.names().stream().noneMatch(name -> name.endsWith(suffix))) {
      throw new InvalidInputException(
          source,
          "quantization_config is present, but no tensor's name ends with \"%s\""
              .formatted(suffix));
    }
  }

  private static void requireKnownFormat(String source, ObjectNode config) {
    boolean isMicroscaled =
        config.path(IntegerFormat.CONFIG).path("quant_method").asString("").equals("mxfp4");
    if (QuantizationConfig.read(source, config).isPresent() && !isMicroscaled) {
      throw new InvalidInputException(
          source,
          "quantization_config is present, but such weights are not supported; supported are awq,"
              + " gptq, compressed-tensors in pack-quantized, and mxfp4");
    }
  }

  public Architecture architecture() {
    return architecture;
  }

  /** What holds the tokenizer: the GGUF file with the metadata, or the folder of the weights. */
  public Path origin() {
    return origin;
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
    Optional<GroupedMatrix> grouped = grouped(spec);
    if (grouped.isPresent()) {
      return Optional.of(placeOfIntegers(spec).of(spec, grouped.get().tensor()));
    }
    return view(spec).map(view -> inFiles.place(spec).of(spec, view));
  }

  /**
   * The rows of a matrix, valid until {@link #close}; integers of groups are unpacked as rows are
   * read.
   *
   * @throws InvalidInputException as {@link #tensor}
   */
  public RowSource rows(TensorSpec spec) {
    TensorPlace place = placeOfIntegers(spec);
    return grouped(spec)
        .filter(any -> !place.isTransposed())
        .map(matrix -> matrix.reordered(place.row()))
        .orElseGet(() -> tensor(spec).rowSource());
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
      grouped(spec)
          .map(GroupedMatrix::words)
          .or(() -> view(spec).map(Tensor::segment))
          .ifPresent(MemorySegment::unload);
    }
  }

  /** The type in which the engine reads a tensor; refuses what {@link #tensor} refuses. */
  public DType dtype(TensorSpec spec) {
    return storage(spec).dtype();
  }

  /** How a tensor is stored; refuses what {@link #tensor} refuses. */
  public Storage storage(TensorSpec spec) {
    Optional<MicroscaledMatrix> microscaled = microscaled(spec);
    if (microscaled.isPresent()) {
      bytes(microscaled.get().blocksName(), microscaled.get().blocksShape());
      bytes(microscaled.get().scalesName(), microscaled.get().scalesShape());
      return Storage.of(DType.MXFP4);
    }
    return grouped(spec)
        .map(GroupedMatrix::storage)
        .orElseGet(() -> Storage.of(view(spec).orElseThrow(() -> missing(spec)).dtype()))
        .read(placeOfIntegers(spec));
  }

  /** A matrix that is not there by itself, but as integers and what belongs to their groups. */
  private Optional<GroupedMatrix> grouped(TensorSpec spec) {
    TensorPlace place = placeOfIntegers(spec);
    if (integers.isEmpty() || !spec.isMatrix() || files.names().contains(place.name())) {
      return Optional.empty();
    }
    String module = place.name().replaceFirst("\\.weight$", "");
    int outputs = Math.toIntExact(place.shape().getFirst());
    int inputs = Math.toIntExact(place.shape().getLast());
    return integers
        .filter(format -> files.names().contains(format.integers(module)))
        .map(format -> format.matrix(files, module, outputs, inputs));
  }

  /** Integers are [outputs, inputs] also where a family's matrices are not. */
  private TensorPlace placeOfIntegers(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    return integers.isPresent() && place.isTransposed() && !LatentUpProjection.has(spec)
        ? place.upright()
        : place;
  }

  /** A matrix that is not there by itself, but as blocks and their scales. */
  private Optional<MicroscaledMatrix> microscaled(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    MicroscaledMatrix matrix = new MicroscaledMatrix(place);
    return place.isTransposed()
            && place.part() != TensorPlace.WHOLE
            && !files.names().contains(place.name())
            && files.names().contains(matrix.blocksName())
        ? Optional.of(matrix)
        : Optional.empty();
  }

  private MemorySegment bytes(String name, List<Long> shape) {
    return files.bytes(name, shape).orElseThrow(() -> missing(name, shape));
  }

  /** The files' tensor, which may hold others besides. */
  private Optional<Tensor> view(TensorSpec spec) {
    TensorPlace place = inFiles.place(spec);
    return files.tensor(place.name(), place.shape());
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
    return files.names();
  }

  /** Unmaps all files. */
  @Override
  public void close() {
    files.close();
  }
}
