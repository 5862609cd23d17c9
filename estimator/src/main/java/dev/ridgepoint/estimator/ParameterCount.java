package dev.ridgepoint.estimator;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

/**
 * The parameters of a model by component, each stored weight once: a tied output head counts with
 * the embedding. Rotary tables are no parameters.
 *
 * <p>Source: the tensor shapes of the family's modelling code in the transformers library. With h
 * hiddenSize, a and k query and key/value heads of d elements, I intermediateSize, L layers:
 *
 * @param embedding V h
 * @param attention L ((a + 2k) d h + a d h), plus L (a + 2k) d and L h where there are biases
 * @param feedForward L 3 h I, plus L (2I + h) where there are biases
 * @param norms L 2h + h, plus L 2d with query and key norms
 * @param lmHead V h, or 0 when tied
 */
public record ParameterCount(
    long embedding, long attention, long feedForward, long norms, long lmHead) {

  public static ParameterCount of(ModelConfig config) {
    long vocab = config.vocabSize();
    long hidden = config.hiddenSize();
    long layers = config.numHiddenLayers();
    long intermediate = config.intermediateSize();
    long query = (long) config.numAttentionHeads() * config.headDim();
    long qkv = query + 2L * config.numKeyValueHeads() * config.headDim();

    long attention = addExact(multiplyExact(qkv, hidden), multiplyExact(query, hidden));
    attention += (config.qkvBias() ? qkv : 0) + (config.outputBias() ? hidden : 0);
    long feedForward = multiplyExact(3 * hidden, intermediate);
    feedForward += config.mlpBias() ? 2 * intermediate + hidden : 0;
    long norms = 2 * hidden + (config.qkNorm() ? 2L * config.headDim() : 0);
    long embedding = multiplyExact(vocab, hidden);
    return new ParameterCount(
        embedding,
        multiplyExact(layers, attention),
        multiplyExact(layers, feedForward),
        addExact(multiplyExact(layers, norms), hidden),
        config.tieWordEmbeddings() ? 0 : embedding);
  }

  /** All parameters. */
  public long total() {
    return addExact(addExact(addExact(embedding, lmHead), norms), addExact(attention, feedForward));
  }
}
