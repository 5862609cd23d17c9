package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.engine.Tensor;
import java.util.Optional;

/**
 * How a GGUF file names tensors and orders their rows, as llama.cpp's {@code convert_hf_to_gguf.py}
 * leaves them: see {@link GgufArchitecture#rotatesNeighbours}.
 *
 * @param architecture the file's
 * @param rows how queries and keys are ordered where that is not Hugging Face's order
 */
record GgufLayout(GgufArchitecture architecture, Optional<NeighbourRows> rows)
    implements TensorLayout {
  /** What the rotary frequencies are divided by, where {@code rope_scaling} is not one factor. */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

  /**
   * @param headDim elements of a head
   */
  GgufLayout(GgufArchitecture architecture, int headDim) {
    this(
        architecture,
        Optional.of(new NeighbourRows(headDim)).filter(_ -> architecture.rotatesNeighbours()));
  }

  @Override
  public String name(TensorSpec spec) {
    return spec.ggufName();
  }

  @Override
  public Tensor arranged(TensorSpec spec, Tensor inFile) {
    return rows.map(order -> order.arranged(spec, inFile)).orElse(inFile);
  }

  /** The tensor under its name in the file and with its rows in the file's order. */
  OutputTensor inFile(ExportedWeight weight) {
    TensorSpec spec = weight.spec();
    return new OutputTensor(
        spec.ggufName(),
        spec.shape(),
        weight.dtype(),
        rows.map(order -> order.inFile(spec, weight.rows())).orElse(weight.rows()));
  }
}
