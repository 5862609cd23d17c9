package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
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
  private final Architecture model;
  private final GgufLayout layout;
  private final GgufFamilyMetadata shape;

  /**
   * A writer of one file.
   *
   * @param joinsLatents whether a latent's projections to keys and values are one tensor, as
   *     llama.cpp has it before build 5130 of April 2025; later ones cache latents only where the
   *     two are tensors of their own
   * @throws InvalidInputException if llama.cpp's architecture cannot say what the config says
   */
  public GgufWriter(Path file, Architecture model, boolean joinsLatents) {
    this.file = file;
    this.model = model;
    GgufArchitecture family =
        GgufArchitectures.ofModelType(model.modelType())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        file.toString(),
                        "no GGUF file is written of model_type \"%s\""
                            .formatted(model.modelType())));
    new GgufExpressible(model, family)
        .lacking()
        .ifPresent(
            what -> {
              throw new InvalidInputException(
                  file.toString(),
                  "llama.cpp's architecture \"%s\" has no %s".formatted(family.label(), what));
            });
    layout = new GgufLayout(family, model, joinsLatents);
    shape = new GgufFamilyMetadata(model, layout);
  }

  /** The rotary positions of which {@link #write} wants the divisors. */
  public Rope rope() {
    return shape.rope();
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
    List<OutputTensor> inFile = new ArrayList<>(ropeTensors(ropeDivisors));
    inFile.addAll(layout.inFile(weights.stream().map(this::withWholeNorms).toList()));
    GgufMetadataWriter metadata = metadata(dtype);
    addTokenizer(metadata, origin);
    new TensorFileWriter(
            file, header(metadata, inFile), inFile, GgufHeader.DEFAULT_ALIGNMENT, workers, progress)
        .write();
  }

  private List<OutputTensor> ropeTensors(float[] divisors) {
    if (rope().scaling() instanceof RopeScaling.LongRope longRope) {
      return List.of(
          OutputTensor.vector(GgufRope.LONG_DIVISORS, floats(longRope.longDivisors())),
          OutputTensor.vector(GgufRope.SHORT_DIVISORS, floats(longRope.shortDivisors())));
    }
    return divisors.length == 0
        ? List.of()
        : List.of(OutputTensor.vector(GgufLayout.ROPE_DIVISORS, divisors));
  }

  private static float[] floats(List<Double> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }

  /** In a GGUF file a norm holds all that it multiplies with. */
  private ExportedWeight withWholeNorms(ExportedWeight weight) {
    boolean isOffset =
        model.numerics().normWeightsAreOffsets()
            && weight.spec().role().isNorm()
            && weight.spec().part() == Part.WEIGHT;
    return isOffset ? weight.plus(1) : weight;
  }

  private GgufMetadataWriter metadata(DType dtype) {
    GgufMetadataWriter metadata =
        new GgufMetadataWriter()
            .text(GgufKeys.ARCHITECTURE, layout.architecture().label())
            .size(GgufKeys.FILE_TYPE, GgmlType.of(dtype).fileType());
    shape.addTo(metadata);
    if (dtype.isQuantised()) {
      metadata.size(GgufKeys.QUANTIZATION_VERSION, GgufKeys.CURRENT_QUANTIZATION_VERSION);
    }
    return metadata;
  }

  private void addTokenizer(GgufMetadataWriter metadata, Optional<Path> origin) {
    int vocabSize = model.embedding().vocabSize();
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
