package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.UniformDecoder;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes a model as a GGUF file that llama.cpp loads. */
public final class GgufWriter {
  private final Path file;
  private final Architecture architecture;
  private final UniformDecoder sizes;
  private final GgufLayout layout;
  private final GgufKeys keys;

  /**
   * A writer of one file.
   *
   * @throws InvalidInputException if llama.cpp's architecture cannot say what the config says
   */
  public GgufWriter(Path file, Architecture architecture) {
    this.file = file;
    this.architecture = architecture;
    sizes =
        GgufArchitecture.ofModelType(architecture.modelType())
            .filter(GgufArchitecture::isWritten)
            .flatMap(any -> UniformDecoder.of(architecture))
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        file.toString(),
                        "no GGUF file is written of model_type \"%s\""
                            .formatted(architecture.modelType())));
    layout = GgufConfig.layout(architecture);
    keys = layout.architecture().keys();
    requireExpressible();
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @param dtype what most of the matrices are stored as
   * @param weights those of {@link CheckpointLayout}, in any order
   * @param ropeDivisors what the rotary frequencies are divided by, one for each pair of a head's
   *     elements; none unless the config scales them one by one
   * @param origin the GGUF file or the folder whose tokenizer is carried over, of a folder if it is
   *     a {@link BytePairTokenizer}; without one, bytes are tokens
   * @throws InvalidInputException if a number does not fit its dtype, or the disk has no room
   * @throws IOException if writing fails
   */
  public void write(
      DType dtype,
      List<ExportedWeight> weights,
      float[] ropeDivisors,
      Optional<Path> origin,
      Workers workers,
      WriteProgress progress)
      throws IOException {
    List<OutputTensor> inFile = new ArrayList<>();
    if (ropeDivisors.length > 0) {
      inFile.add(OutputTensor.vector(GgufLayout.ROPE_DIVISORS, ropeDivisors));
    }
    weights.stream().map(layout::inFile).forEach(inFile::add);
    GgufMetadataWriter metadata = metadata(dtype);
    addTokenizer(metadata, origin);
    new TensorFileWriter(
            file, header(metadata, inFile), inFile, GgufHeader.DEFAULT_ALIGNMENT, workers, progress)
        .write();
  }

  /** What llama.cpp would compute otherwise, or refuse, is not written. */
  private void requireExpressible() {
    boolean biased = sizes.attention().outputBias() || sizes.feedForward().bias();
    boolean llama = layout.architecture() == GgufArchitecture.LLAMA;
    boolean qwen3 = layout.architecture() == GgufArchitecture.QWEN3;
    if (sizes.slidingWindow() > 0) {
      throw inexpressible("sliding_window " + sizes.slidingWindow());
    }
    if ((biased && !llama) || (sizes.attention().qkvBias() && qwen3)) {
      throw inexpressible("biases");
    }
    RopeScaling scaling = sizes.attention().rope().scaling();
    if (!isExpressible(scaling)) {
      throw inexpressible("RoPE scaling " + scaling);
    }
    if (sizes.hasQueryKeyNorm() != qwen3) {
      throw inexpressible("norms of queries and keys");
    }
  }

  /** llama.cpp reads no bounds of YaRN's ramp, and knows no dynamic scaling. */
  private static boolean isExpressible(RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.Divided _ ->
          true;
      case RopeScaling.Yarn yarn -> yarn.hasUsualRamp();
      case RopeScaling.Dynamic _, RopeScaling.LongRope _ -> false;
    };
  }

  private InvalidInputException inexpressible(String what) {
    return new InvalidInputException(
        file.toString(),
        "llama.cpp's architecture \"%s\" has no %s".formatted(layout.architecture().label(), what));
  }

  private GgufMetadataWriter metadata(DType dtype) {
    GgufMetadataWriter metadata =
        new GgufMetadataWriter()
            .text(GgufKeys.ARCHITECTURE, layout.architecture().label())
            .size(GgufKeys.FILE_TYPE, GgmlType.of(dtype).fileType())
            .size(keys.vocabSize(), architecture.embedding().vocabSize())
            .size(keys.contextLength(), architecture.maxPositions())
            .size(keys.embeddingLength(), architecture.hiddenSize())
            .size(keys.blockCount(), sizes.layers())
            .size(keys.feedForwardLength(), sizes.feedForward().intermediateSize())
            .size(keys.headCount(), sizes.attention().numAttentionHeads())
            .size(keys.headCountKv(), sizes.attention().numKeyValueHeads())
            .size(keys.keyLength(), sizes.attention().headDim())
            .size(keys.valueLength(), sizes.attention().headDim())
            .real(keys.rmsEpsilon(), architecture.numerics().normEpsilon())
            .size(keys.ropeDimensionCount(), sizes.attention().headDim())
            .real(keys.ropeFreqBase(), sizes.attention().rope().theta());
    if (dtype.isQuantised()) {
      metadata.size(GgufKeys.QUANTIZATION_VERSION, GgufKeys.CURRENT_QUANTIZATION_VERSION);
    }
    addScaling(metadata, sizes.attention().rope().scaling());
    return metadata;
  }

  /** What is a number for each pair stands in a tensor. */
  private void addScaling(GgufMetadataWriter metadata, RopeScaling scaling) {
    if (scaling instanceof RopeScaling.Linear(double factor)) {
      metadata.text(keys.ropeScalingType(), "linear").real(keys.ropeScalingFactor(), factor);
    }
    if (scaling instanceof RopeScaling.Yarn yarn) {
      metadata
          .text(keys.ropeScalingType(), "yarn")
          .real(keys.ropeScalingFactor(), yarn.factor())
          .size(keys.ropeScalingOriginalContext(), yarn.originalMaxPositionEmbeddings())
          .real(keys.ropeScalingAttentionFactor(), yarn.furtherFactor());
    }
  }

  private void addTokenizer(GgufMetadataWriter metadata, Optional<Path> origin) {
    int vocabSize = architecture.embedding().vocabSize();
    List<byte[]> entries =
        origin
            .filter(FileHeader::isGguf)
            .map(file -> GgufHeader.readEntries(file, GgufKeys.TOKENIZER))
            .orElse(List.of());
    if (!entries.isEmpty()) {
      entries.forEach(metadata::copied);
      return;
    }
    origin
        .filter(Files::isDirectory)
        .flatMap(folder -> BytePairTokenizer.of(folder, vocabSize))
        .ifPresentOrElse(
            tokenizer -> tokenizer.addTo(metadata), () -> ByteTokenizer.addTo(metadata, vocabSize));
  }

  private static byte[] header(GgufMetadataWriter metadata, List<OutputTensor> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    GgufMetadataWriter.int32(out, GgufHeader.MAGIC);
    GgufMetadataWriter.int32(out, GgufHeader.VERSION);
    GgufMetadataWriter.int64(out, tensors.size());
    GgufMetadataWriter.int64(out, metadata.entries());
    out.writeBytes(metadata.toByteArray());
    long offset = 0;
    for (OutputTensor tensor : tensors) {
      GgufMetadataWriter.string(out, tensor.name());
      List<Long> shape = tensor.shape();
      GgufMetadataWriter.int32(out, shape.size());
      shape.reversed().forEach(dimension -> GgufMetadataWriter.int64(out, dimension));
      GgufMetadataWriter.int32(out, GgmlType.of(tensor.dtype()).id());
      GgufMetadataWriter.int64(out, offset);
      offset = GgufHeader.padded(Math.addExact(offset, tensor.byteSize()));
    }
    return Arrays.copyOf(out.toByteArray(), (int) GgufHeader.padded(out.size()));
  }
}
