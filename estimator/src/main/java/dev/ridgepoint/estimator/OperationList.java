package dev.ridgepoint.estimator;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import java.util.ArrayList;
import java.util.List;

/**
 * The operations of one forward pass, in the order in which the decoder executes them, each with
 * its exact cost. The engine meters the same list; the two must agree to the last FLOP and byte.
 *
 * <p>Letters: m new tokens of all sequences, r positions that get logits, h hiddenSize, a query and
 * k key/value heads of d elements, n = (a + 2k) d, I intermediateSize, V vocabSize. Activations,
 * norm weights and biases are F32. {@code W(rows, columns)} are the bytes of a matrix in the
 * weights' precision. An operation reads each input once and writes each output once.
 *
 * <p>The operations are those of Llama (Touvron et al. 2023, arXiv:2302.13971) with grouped-query
 * attention (Ainslie et al. 2023, arXiv:2305.13245), RMSNorm (Zhang and Sennrich 2019,
 * arXiv:1910.07467), RoPE (Su et al. 2021, arXiv:2104.09864) and SwiGLU (Shazeer 2020,
 * arXiv:2002.05202); the counts follow from those definitions at one FLOP per add, multiply,
 * divide, square root, exponential.
 */
public final class OperationList {
  private static final long F32_BYTES = 4;
  private static final int NO_LAYER = -1;

  private final ModelConfig config;
  private final DataFormats formats;
  private final Step step;
  private final List<OperationCost> operations = new ArrayList<>();

  // m, r, h, a, k, a*d, k*d of the class comment
  private final long tokens;
  private final long logits;
  private final long hidden;
  private final long heads;
  private final long headDim;
  private final long query;
  private final long keyValue;

  private OperationList(ModelConfig config, DataFormats formats, Step step) {
    this.config = config;
    this.formats = formats;
    this.step = step;
    tokens = step.totalNewTokens();
    logits = step.totalLogits();
    hidden = config.hiddenSize();
    heads = config.numAttentionHeads();
    headDim = config.headDim();
    query = heads * headDim;
    keyValue = config.numKeyValueHeads() * headDim;
  }

  /**
   * The operations of {@code step}, in order.
   *
   * @throws ArithmeticException if a count passes 2^63
   */
  public static List<OperationCost> of(ModelConfig config, DataFormats formats, Step step) {
    return new OperationList(config, formats, step).build();
  }

  /** The sum of operations, named {@code total}. */
  public static OperationCost total(List<OperationCost> operations) {
    return operations.stream()
        .reduce(
            new OperationCost("total", NO_LAYER, 0, 0, 0, 0, 0, 0),
            (sum, operation) ->
                new OperationCost(
                    "total",
                    NO_LAYER,
                    addExact(sum.flops(), operation.flops()),
                    addExact(sum.matmulFlops(), operation.matmulFlops()),
                    addExact(sum.weightBytes(), operation.weightBytes()),
                    addExact(sum.kvReadBytes(), operation.kvReadBytes()),
                    addExact(sum.kvWrittenBytes(), operation.kvWrittenBytes()),
                    addExact(sum.activationBytes(), operation.activationBytes())));
  }

  private List<OperationCost> build() {
    embedding();
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      norm("attention_norm", layer, tokens);
      qkvProjection(layer);
      if (config.qkNorm()) {
        queryKeyNorm(layer);
      }
      rope(layer);
      kvAppend(layer);
      attention(layer);
      outputProjection(layer);
      norm("ffn_norm", layer, tokens);
      gateUpProjection(layer);
      swiglu(layer);
      downProjection(layer);
    }
    if (logits > 0) {
      norm("final_norm", NO_LAYER, logits);
      lmHead();
    }
    return List.copyOf(operations);
  }

  /** Gathers m rows of h: no FLOPs, the rows read, m h activations written. */
  private void embedding() {
    add("embedding", NO_LAYER, 0, 0, matrix(tokens, hidden), f32(product(tokens, hidden)));
  }

  /**
   * RMSNorm of rows of h. A row takes h squares, h - 1 adds, a divide by h, an add of epsilon, a
   * square root, a reciprocal and 2h products: 4h + 3 FLOPs.
   */
  private void norm(String name, int layer, long rows) {
    long activations = product(2, rows, hidden);
    add(name, layer, product(rows, 4 * hidden + 3), 0, f32(hidden), f32(activations));
  }

  /** [m, h] x [h, n]: 2mhn FLOPs; mn more with biases. */
  private void qkvProjection(int layer) {
    long width = query + 2 * keyValue;
    long matmul = product(2, tokens, hidden, width);
    add(
        "qkv_proj",
        layer,
        sum(matmul, config.qkvBias() ? product(tokens, width) : 0),
        matmul,
        sum(matrix(width, hidden), config.qkvBias() ? f32(width) : 0),
        f32(sum(product(tokens, hidden), product(tokens, width))));
  }

  /** RMSNorm of each query and key head, d elements each, with one weight of d for each of both. */
  private void queryKeyNorm(int layer) {
    long rows = product(tokens, heads + config.numKeyValueHeads());
    long activations = product(2, rows, headDim);
    add("qk_norm", layer, product(rows, 4 * headDim + 3), 0, f32(2 * headDim), f32(activations));
  }

  /** Rotates the d/2 pairs of each query and key head: 4 products, 2 adds per pair. */
  private void rope(int layer) {
    long elements = product(tokens, query + keyValue);
    add("rope", layer, product(3, elements), 0, 0, f32(product(2, elements)));
  }

  /** Reads m new keys and values, writes them to the cache in its precision. */
  private void kvAppend(int layer) {
    long rows = product(2, tokens, config.numKeyValueHeads());
    operations.add(
        new OperationCost(
            "kv_append",
            layer,
            0,
            0,
            0,
            0,
            formats.kvCache().matrixBytes(rows, headDim),
            f32(product(rows, headDim))));
  }

  /**
   * Causal attention. With P the attended positions, summed over the new tokens, each head takes
   * per position 2d FLOPs for the score, 1 to scale it, 3 for its softmax (subtract the maximum,
   * exponential, add to the sum) and 2d for its value: P (4d + 4); and one divide for each of the m
   * d outputs. The cached keys and values that a sequence's new tokens see are read once. Queries
   * are read, outputs written.
   */
  private void attention(int layer) {
    int window = config.attentionWindow(layer);
    long attended = 0;
    long cachedRows = 0;
    for (Step.Sequence sequence : step.sequences()) {
      attended = addExact(attended, attendedPositions(sequence, window));
      cachedRows = addExact(cachedRows, visiblePositions(sequence, window));
    }
    long rows = product(2, cachedRows, config.numKeyValueHeads());
    operations.add(
        new OperationCost(
            "attention",
            layer,
            sum(product(heads, attended, 4 * headDim + 4), product(tokens, query)),
            product(4, query, attended),
            0,
            formats.kvCache().matrixBytes(rows, headDim),
            0,
            f32(product(2, tokens, query))));
  }

  /** [m, a d] x [a d, h], then mh adds of the residual; mh more with a bias. */
  private void outputProjection(int layer) {
    residualProjection("o_proj", layer, query, config.outputBias());
  }

  /** [m, h] x [h, 2I]: 4mhI FLOPs; 2mI more with biases. */
  private void gateUpProjection(int layer) {
    long width = 2L * config.intermediateSize();
    long matmul = product(2, tokens, hidden, width);
    add(
        "ffn_gate_up",
        layer,
        sum(matmul, config.mlpBias() ? product(tokens, width) : 0),
        matmul,
        sum(matrix(width, hidden), config.mlpBias() ? f32(width) : 0),
        f32(sum(product(tokens, hidden), product(tokens, width))));
  }

  /** gate / (1 + exp(-gate)) * up: exponential, add, divide, multiply. */
  private void swiglu(int layer) {
    long elements = product(tokens, config.intermediateSize());
    add("swiglu", layer, product(4, elements), 0, 0, f32(product(3, elements)));
  }

  /** [m, I] x [I, h], then mh adds of the residual; mh more with a bias. */
  private void downProjection(int layer) {
    residualProjection("ffn_down", layer, config.intermediateSize(), config.mlpBias());
  }

  /** The head on r rows: 2rhV FLOPs. Tied or not, V h weights are read. */
  private void lmHead() {
    long vocab = config.vocabSize();
    long matmul = product(2, logits, hidden, vocab);
    long activations = sum(product(logits, hidden), product(logits, vocab));
    add("lm_head", NO_LAYER, matmul, matmul, matrix(vocab, hidden), f32(activations));
  }

  /** [m, inputs] x [inputs, h], added to the residual, which is read and written. */
  private void residualProjection(String name, int layer, long inputs, boolean bias) {
    long outputs = product(tokens, hidden);
    long matmul = product(2, outputs, inputs);
    add(
        name,
        layer,
        sum(matmul, outputs, bias ? outputs : 0),
        matmul,
        sum(matrix(hidden, inputs), bias ? f32(hidden) : 0),
        f32(sum(product(tokens, inputs), product(2, outputs))));
  }

  /**
   * The sum over the new tokens of the positions each attends: min(p + 1, window) at position p. It
   * grows by one per token until the window is full.
   */
  static long attendedPositions(Step.Sequence sequence, int window) {
    long newTokens = sequence.newTokens();
    long first = Math.min(sequence.context() + 1L, window);
    long growing = Math.min(newTokens, window - first + 1);
    long last = first + growing - 1;
    return addExact(
        arithmeticSeries(first, last, growing), multiplyExact(newTokens - growing, (long) window));
  }

  /** Positions that at least one new token attends: the union of their windows. */
  static long visiblePositions(Step.Sequence sequence, int window) {
    long newTokens = sequence.newTokens();
    return Math.min(sequence.context() + newTokens, newTokens + window - 1);
  }

  /** The sum first..last of {@code count} consecutive numbers, halved before it can overflow. */
  private static long arithmeticSeries(long first, long last, long count) {
    return count % 2 == 0
        ? multiplyExact(count / 2, first + last)
        : multiplyExact(count, (first + last) / 2);
  }

  private void add(
      String name,
      int layer,
      long flops,
      long matmulFlops,
      long weightBytes,
      long activationBytes) {
    operations.add(
        new OperationCost(name, layer, flops, matmulFlops, weightBytes, 0, 0, activationBytes));
  }

  private long matrix(long rows, long columns) {
    return formats.weights().matrixBytes(rows, columns);
  }

  private static long f32(long elements) {
    return multiplyExact(elements, F32_BYTES);
  }

  private static long product(long... factors) {
    long product = 1;
    for (long factor : factors) {
      product = multiplyExact(product, factor);
    }
    return product;
  }

  private static long sum(long... terms) {
    long sum = 0;
    for (long term : terms) {
      sum = addExact(sum, term);
    }
    return sum;
  }
}
