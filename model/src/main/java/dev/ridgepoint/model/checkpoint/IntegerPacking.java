package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the linear layers of a Hugging Face folder are written as integers of groups. Zero points are
 * the middle of the integers, and scales are F16.
 *
 * @param form the published format
 * @param bits 4 or 8
 * @param groupSize inputs that share a scale; -1 for all
 */
public record IntegerPacking(Form form, int bits, int groupSize) {

  /** A published format. */
  public enum Form {
    /** Of AutoGPTQ and GPTQModel. */
    GPTQ("gptq"),
    /** Of AutoAWQ, in the version GEMM: 4 bits. */
    AWQ("awq"),
    /** Of compressed-tensors, {@code pack-quantized}. */
    PACK_QUANTIZED("compressed-tensors");

    private final String method;

    Form(String method) {
      this.method = method;
    }

    /** What {@code quant_method} calls it. */
    public String method() {
      return method;
    }
  }

  private static final int BLOCK = DType.Q4_0.blockElements();

  private IntegerFormat format() {
    return switch (form) {
      case GPTQ -> new GptqFormat(bits, groupSize, true, false, false);
      case AWQ -> new AwqFormat(groupSize);
      case PACK_QUANTIZED -> new PackQuantizedFormat();
    };
  }

  /**
   * Refuses a model of which a matrix cannot be cut into such groups.
   *
   * @param folder to be written, for the message
   * @throws InvalidInputException if they do not fill its rows
   */
  public void requireFits(Path folder, Architecture architecture) {
    CheckpointLayout.of(architecture)
        .tensors()
        .filter(this::holds)
        .forEach(matrix -> requireFits(folder, matrix));
  }

  /**
   * Whether a tensor is packed: a layer's matrix, with rows of whole blocks in the engine, whose
   * outputs fill words where they share them. AutoAWQ and vLLM refuse others; these are left out in
   * the config instead.
   */
  public boolean holds(TensorSpec tensor) {
    return tensor.isMatrix()
        && tensor.layer() != Operation.NO_LAYER
        && tensor.shape().getLast() % BLOCK == 0
        && tensor.shape().getFirst() % outputsOfWord() == 0;
  }

  /** Outputs that share a word; 1 where none do. */
  public int outputsOfWord() {
    return form == Form.PACK_QUANTIZED ? 1 : Integer.SIZE / bits;
  }

  private void requireFits(Path folder, TensorSpec matrix) {
    long inputs = matrix.shape().getLast();
    if (groupSize != -1 && inputs % groupSize != 0) {
      throw new InvalidInputException(
          folder.toString(),
          String.format(
              Locale.ROOT,
              "%s cannot be written as %s: it has %d inputs, no groups of %d",
              matrix.name(),
              form.method,
              inputs,
              groupSize));
    }
  }

  /** The same for the estimator; all else is in F16, but for vectors. */
  public WeightFormats formats() {
    Precision packed = format().precision(this);
    return new WeightFormats(
        form.method,
        (tensor, layer) ->
            !tensor.isMatrix()
                ? Precision.F32
                : holds(TensorSpec.of(layer, tensor, 0)) ? packed : Precision.F16);
  }

  /** The tensors that stand in the place of a matrix. */
  List<FileTensor> tensors(ExportedWeight weight) {
    return format().tensors(new BlockMatrix(weight, groupSize));
  }

  /**
   * The {@code quantization_config}.
   *
   * @param plain modules that are stored as numbers
   */
  ObjectNode config(List<String> plain) {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("quant_method", form.method);
    format().describe(config, this, plain);
    return config;
  }
}
