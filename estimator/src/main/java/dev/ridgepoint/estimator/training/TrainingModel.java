package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static dev.ridgepoint.estimator.training.ParameterTensor.replicated;
import static dev.ridgepoint.estimator.training.ParameterTensor.splitColumns;
import static dev.ridgepoint.estimator.training.ParameterTensor.splitRows;

import dev.ridgepoint.estimator.architecture.Architecture;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of a dense decoder that training depends on.
 *
 * @param name what reports call it
 * @param block which tensors a layer saves for its backward pass
 * @param numHiddenLayers L
 * @param hiddenSize h
 * @param numAttentionHeads a
 * @param numKeyValueHeads k
 * @param headDim d
 * @param intermediateSize I
 * @param vocabSize V
 * @param isTied whether the output head is the embedding
 * @param hasQkNorm whether queries and keys are normalised per head
 * @param embeddingTensors what stands before the layers
 * @param layerTensors one layer
 * @param headTensors what stands after the layers, without a tied head
 */
public record TrainingModel(
    String name,
    Block block,
    int numHiddenLayers,
    int hiddenSize,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    int intermediateSize,
    int vocabSize,
    boolean isTied,
    boolean hasQkNorm,
    List<ParameterTensor> embeddingTensors,
    List<ParameterTensor> layerTensors,
    List<ParameterTensor> headTensors) {

  /** The kinds of layer whose saved activations are known. */
  public enum Block {
    /**
     * LayerNorm, GELU between two matrices of the feed-forward, dropout of attention and output.
     */
    GPT,
    /** RMSNorm, rotary positions, grouped queries, SwiGLU between three matrices, no dropout. */
    LLAMA
  }

  public TrainingModel {
    requirePositive(name, "numHiddenLayers", numHiddenLayers);
    requirePositive(name, "hiddenSize", hiddenSize);
    requirePositive(name, "numAttentionHeads", numAttentionHeads);
    requirePositive(name, "numKeyValueHeads", numKeyValueHeads);
    requirePositive(name, "headDim", headDim);
    requirePositive(name, "intermediateSize", intermediateSize);
    requirePositive(name, "vocabSize", vocabSize);
    require(
        numAttentionHeads % numKeyValueHeads == 0,
        name,
        "numAttentionHeads",
        numAttentionHeads,
        "must be a multiple of numKeyValueHeads, which is " + numKeyValueHeads);
    embeddingTensors = List.copyOf(embeddingTensors);
    layerTensors = List.copyOf(layerTensors);
    headTensors = List.copyOf(headTensors);
  }

  /**
   * A decoder of equal dense layers, Llama's or GPT's.
   *
   * @throws UnknownActivationsException for any other
   */
  public static TrainingModel of(String name, Architecture architecture) {
    return DecoderTensors.model(name, architecture);
  }

  /**
   * A decoder of the GPT-2 and GPT-3 kind: feed-forward of 4h, biases everywhere, learned
   * positions, tied head.
   *
   * @param positions rows of the table of positions
   */
  public static TrainingModel gpt(
      String name, int layers, int hidden, int heads, int vocab, int positions) {
    requirePositive(name, "numAttentionHeads", heads);
    require(
        hidden % heads == 0,
        name,
        "hiddenSize",
        hidden,
        "must be a multiple of numAttentionHeads, which is " + heads);
    requirePositive(name, "positions", positions);
    long intermediate = 4L * hidden;
    List<ParameterTensor> layer =
        List.of(
            replicated("attention_norm", hidden).times(2),
            splitRows("q_proj", hidden, hidden, heads),
            splitRows("k_proj", hidden, hidden, heads),
            splitRows("v_proj", hidden, hidden, heads),
            splitRows("qkv_bias", hidden, 1, heads).times(3),
            splitColumns("o_proj", hidden, hidden, heads),
            replicated("o_bias", hidden),
            replicated("ffn_norm", hidden).times(2),
            splitRows("ffn_up", intermediate, hidden, intermediate),
            splitRows("ffn_up_bias", intermediate, 1, intermediate),
            splitColumns("ffn_down", hidden, intermediate, intermediate),
            replicated("ffn_down_bias", hidden));
    return new TrainingModel(
        name,
        Block.GPT,
        layers,
        hidden,
        heads,
        heads,
        hidden / heads,
        Math.multiplyExact(4, hidden),
        vocab,
        true,
        false,
        List.of(
            splitRows("embedding", vocab, hidden, vocab),
            new ParameterTensor("positions", positions, hidden, ParameterTensor.Split.NONE, 1, 1)),
        layer,
        List.of(replicated("final_norm", hidden).times(2)));
  }

  /** All parameters, a tied head once. */
  public long parameters() {
    long outside = Math.addExact(elements(embeddingTensors), elements(headTensors));
    return Math.addExact(
        outside, Math.multiplyExact((long) numHiddenLayers, elements(layerTensors)));
  }

  /**
   * What the fullest tensor-parallel device of a stage trains. A tied embedding is on the first
   * stage and, as the head, on the last.
   *
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if layers or heads cannot be
   *     shared evenly
   */
  public List<ParameterTensor> tensorsOfDevice(ParallelLayout layout, int stage) {
    require(
        numHiddenLayers % layout.chunks() == 0,
        "layout",
        "pipelineParallel * chunksPerStage",
        layout.chunks(),
        "must divide the layers, which are " + numHiddenLayers);
    require(
        numAttentionHeads % layout.tensorParallel() == 0,
        "layout",
        "tensorParallel",
        layout.tensorParallel(),
        "must divide the attention heads, which are " + numAttentionHeads);
    long layers = numHiddenLayers / layout.pipelineParallel();
    boolean isFirst = stage == 0;
    boolean isLast = stage == layout.pipelineParallel() - 1;
    List<ParameterTensor> tensors = new ArrayList<>();
    layerTensors.forEach(tensor -> tensors.add(tensor.times(layers)));
    if (isFirst) {
      tensors.addAll(embeddingTensors);
    }
    if (isLast) {
      tensors.addAll(headTensors);
      if (isTied && !isFirst) {
        tensors.add(embeddingTensors.getFirst());
      }
    }
    return tensors.stream().map(tensor -> tensor.shard(layout.tensorParallel())).toList();
  }

  /** Parameters of the device that trains the most of them. */
  public long largestDeviceParameters(ParallelLayout layout) {
    long first = elements(tensorsOfDevice(layout, 0));
    return Math.max(first, elements(tensorsOfDevice(layout, layout.pipelineParallel() - 1)));
  }

  /** Elements of one layer's matrices, each of which every token is multiplied by. */
  long layerMatrixElements() {
    return elements(layerTensors.stream().filter(ParameterTensor::isMatrix).toList());
  }

  static long elements(List<ParameterTensor> tensors) {
    long sum = 0;
    for (ParameterTensor tensor : tensors) {
      sum = Math.addExact(sum, tensor.elements());
    }
    return sum;
  }
}
