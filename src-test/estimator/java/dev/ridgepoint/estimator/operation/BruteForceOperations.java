package dev.ridgepoint.estimator.operation;

import dev.ridgepoint.estimator.architecture.LlamaShape;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The costs of a forward pass, counted by walking it: every loop of a naive decoder is run, and
 * each arithmetic operation and each stored element adds one. No closed formula is shared with
 * {@link OperationList}.
 */
public final class BruteForceOperations {
  private final LlamaShape config;
  private final DataFormats formats;
  private final Step step;

  /** An operation as it was counted. */
  record Counted(String name, int layer, Cost cost) {
    static Counted of(OperationCost each) {
      return new Counted(each.name(), each.operation().layer(), each.cost());
    }
  }

  private final List<Counted> operations = new ArrayList<>();

  private long flops;
  private long matmulFlops;
  private long weightBytes;
  private long kvReadBytes;
  private long kvWrittenBytes;
  private long activationBytes;

  BruteForceOperations(LlamaShape config, DataFormats formats, Step step) {
    this.config = config;
    this.formats = formats;
    this.step = step;
  }

  List<Counted> run() {
    int tokens = 0;
    int logits = 0;
    for (Step.Sequence sequence : step.sequences()) {
      tokens += sequence.newTokens();
      logits += sequence.logits();
    }
    int query = config.numAttentionHeads() * config.headDim();
    int keyValue = config.numKeyValueHeads() * config.headDim();
    for (int t = 0; t < tokens; t++) {
      readMatrix(1, config.hiddenSize());
      activations(config.hiddenSize());
    }
    end("embedding", -1);
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      norm("attention_norm", layer, tokens);
      linear(tokens, config.hiddenSize(), query + keyValue + keyValue, config.qkvBias(), false);
      end("qkv_proj", layer);
      if (config.qkNorm()) {
        qkNorm(layer, tokens);
      }
      rope(layer, tokens);
      kvAppend(layer, tokens);
      attention(layer);
      linear(tokens, query, config.hiddenSize(), config.outputBias(), true);
      end("o_proj", layer);
      norm("ffn_norm", layer, tokens);
      gateUp(layer, tokens);
      swiglu(layer, tokens);
      linear(tokens, config.intermediateSize(), config.hiddenSize(), config.mlpBias(), true);
      end("ffn_down", layer);
    }
    if (logits > 0) {
      norm("final_norm", -1, logits);
      linear(logits, config.hiddenSize(), config.vocabSize(), false, false);
      end("lm_head", -1);
    }
    return operations;
  }

  private void norm(String name, int layer, int rows) {
    vectors(config.hiddenSize());
    for (int row = 0; row < rows; row++) {
      normRow(config.hiddenSize());
    }
    end(name, layer);
  }

  private void normRow(int width) {
    for (int i = 0; i < width; i++) {
      flops++; // square
      if (i > 0) {
        flops++; // add to the sum
      }
    }
    flops++; // mean
    flops++; // add epsilon
    flops++; // root
    flops++; // reciprocal
    for (int i = 0; i < width; i++) {
      flops++; // times the reciprocal
      flops++; // times the weight
    }
    activations(width);
    activations(width);
  }

  private void qkNorm(int layer, int tokens) {
    vectors(config.headDim());
    vectors(config.headDim());
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < config.numAttentionHeads(); head++) {
        normRow(config.headDim());
      }
      for (int head = 0; head < config.numKeyValueHeads(); head++) {
        normRow(config.headDim());
      }
    }
    end("qk_norm", layer);
  }

  private void linear(int rows, int inputs, int outputs, boolean bias, boolean residual) {
    readMatrix(outputs, inputs);
    if (bias) {
      vectors(outputs);
    }
    for (int row = 0; row < rows; row++) {
      activations(inputs);
      activations(outputs);
      if (residual) {
        activations(outputs);
      }
      for (int out = 0; out < outputs; out++) {
        for (int in = 0; in < inputs; in++) {
          multiplyAdd();
        }
        if (bias) {
          flops++;
        }
        if (residual) {
          flops++;
        }
      }
    }
  }

  private void rope(int layer, int tokens) {
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < config.numAttentionHeads() + config.numKeyValueHeads(); head++) {
        for (int pair = 0; pair < config.headDim(); pair += 2) {
          flops += 3; // x cos - y sin
          flops += 3; // x sin + y cos
          activations(2);
          activations(2);
        }
      }
    }
    end("rope", layer);
  }

  private void kvAppend(int layer, int tokens) {
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < config.numKeyValueHeads(); head++) {
        for (int keyOrValue = 0; keyOrValue < 2; keyOrValue++) {
          activations(config.headDim());
          kvWrittenBytes += formats.kvCache().rowBytes(config.headDim());
        }
      }
    }
    end("kv_append", layer);
  }

  private void attention(int layer) {
    long window = config.attentionWindow(layer);
    for (Step.Sequence sequence : step.sequences()) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < sequence.newTokens(); t++) {
        int position = sequence.context() + t;
        for (int other = 0; other <= position; other++) {
          if (position - other < window) {
            seen.add(other);
            for (int head = 0; head < config.numAttentionHeads(); head++) {
              for (int i = 0; i < config.headDim(); i++) {
                multiplyAdd(); // score
                multiplyAdd(); // value
              }
              flops += 4; // scale, subtract the maximum, exponential, add to the sum
            }
          }
        }
        for (int i = 0; i < config.numAttentionHeads() * config.headDim(); i++) {
          flops++; // divide by the sum
          activations(1);
          activations(1);
        }
      }
      for (int position = 0; position < seen.size(); position++) {
        for (int head = 0; head < config.numKeyValueHeads(); head++) {
          kvReadBytes += formats.kvCache().rowBytes(config.headDim()); // key
          kvReadBytes += formats.kvCache().rowBytes(config.headDim()); // value
        }
      }
    }
    end("attention", layer);
  }

  private void gateUp(int layer, int tokens) {
    linear(tokens, config.hiddenSize(), 2 * config.intermediateSize(), config.mlpBias(), false);
    end("ffn_gate_up", layer);
  }

  private void swiglu(int layer, int tokens) {
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < config.intermediateSize(); i++) {
        flops += 4; // exponential, add, divide, multiply
        activations(1); // gate
        activations(1); // up
        activations(1); // their product
      }
    }
    end("swiglu", layer);
  }

  private void multiplyAdd() {
    flops += 2;
    matmulFlops += 2;
  }

  private void readMatrix(int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      Precision format =
          formats.weights().of(config.architecture().weights().getFirst(), PlacedWeight.NO_LAYER);
      int block = format.blockElements();
      for (int column = 0; column < columns; column += block) {
        weightBytes += format.blockBytes();
      }
    }
  }

  private void vectors(int elements) {
    weightBytes += Float.BYTES * elements;
  }

  private void activations(int elements) {
    activationBytes += Float.BYTES * elements;
  }

  private void end(String name, int layer) {
    // Attention's products are matrix products too, as the loops above count them.
    operations.add(
        new Counted(
            name,
            layer,
            new Cost(
                flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes)));
    flops = matmulFlops = weightBytes = kvReadBytes = kvWrittenBytes = activationBytes = 0;
  }
}
