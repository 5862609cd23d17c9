package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.DenseFeedForward;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.QueryKeyNorm;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The loss of a decoder of Llama's kind in double precision, written as papers have it. */
final class ReferenceDecoder {
  private final Architecture architecture;
  private final Map<String, double[]> weights;

  /**
   * @param weights by their names in a Hugging Face folder
   */
  ReferenceDecoder(Architecture architecture, Map<String, double[]> weights) {
    this.architecture = architecture;
    this.weights = weights;
  }

  /** The mean loss of all tokens, in nats. */
  double loss(List<TokenBatch> batches) {
    double sum = 0;
    int tokens = 0;
    for (TokenBatch batch : batches) {
      double[][] logits = logits(batch);
      for (int row = 0; row < logits.length; row++) {
        sum += logSumExp(logits[row]) - logits[row][batch.targets()[row]];
      }
      tokens += batch.rows();
    }
    return sum / tokens;
  }

  /**
   * The mean Kullback-Leibler divergence from a teacher, in nats, of distributions that are
   * softened by a temperature.
   */
  double divergence(List<TokenBatch> batches, ReferenceDecoder teacher, double temperature) {
    double sum = 0;
    int tokens = 0;
    for (TokenBatch batch : batches) {
      double[][] logits = logits(batch);
      double[][] taught = teacher.logits(batch);
      for (int row = 0; row < logits.length; row++) {
        sum += divergence(softened(taught[row], temperature), softened(logits[row], temperature));
      }
      tokens += batch.rows();
    }
    return sum / tokens;
  }

  private static double divergence(double[] expectedLogs, double[] actualLogs) {
    double sum = 0;
    for (int i = 0; i < expectedLogs.length; i++) {
      sum += Math.exp(expectedLogs[i]) * (expectedLogs[i] - actualLogs[i]);
    }
    return sum;
  }

  private static double[] softened(double[] logits, double temperature) {
    double[] logs = DoubleStream.of(logits).map(logit -> logit / temperature).toArray();
    double logSum = logSumExp(logs);
    return DoubleStream.of(logs).map(log -> log - logSum).toArray();
  }

  /** Of each row of a batch. */
  private double[][] logits(TokenBatch batch) {
    return IntStream.range(0, batch.sequences())
        .mapToObj(sequence -> logitsOfSequence(batch, sequence * batch.length()))
        .flatMap(Stream::of)
        .toArray(double[][]::new);
  }

  private double[][] logitsOfSequence(TokenBatch batch, int first) {
    int length = batch.length();
    int hidden = architecture.hiddenSize();
    double[] embedding = weights.get("model.embed_tokens.weight");
    double[][] x = new double[length][hidden];
    for (int t = 0; t < length; t++) {
      System.arraycopy(embedding, batch.tokens()[first + t] * hidden, x[t], 0, hidden);
    }
    List<Layer> layers = architecture.decoder().orElseThrow().layers();
    for (int layer = 0; layer < layers.size(); layer++) {
      String prefix = "model.layers." + layer + ".";
      var attention = (GroupedQueryAttention) layers.get(layer).attention();
      var feedForward = (DenseFeedForward) layers.get(layer).feedForward();
      double[][] normed = norm(x, weights.get(prefix + "input_layernorm.weight"));
      add(x, attend(normed, attention, prefix + "self_attn."));
      normed = norm(x, weights.get(prefix + "post_attention_layernorm.weight"));
      add(x, feed(normed, feedForward, prefix + "mlp."));
    }
    double[][] last = norm(x, weights.get("model.norm.weight"));
    double[] head = weights.getOrDefault("lm_head.weight", embedding);
    return product(last, head, null);
  }

  private static double logSumExp(double[] x) {
    double max = Double.NEGATIVE_INFINITY;
    for (double each : x) {
      max = Math.max(max, each);
    }
    double sum = 0;
    for (double each : x) {
      sum += Math.exp(each - max);
    }
    return max + Math.log(sum);
  }

  private double[][] attend(double[][] x, GroupedQueryAttention attention, String prefix) {
    int dim = attention.headDim();
    int heads = attention.numAttentionHeads();
    int group = heads / attention.numKeyValueHeads();
    double[][] q = linear(x, prefix + "q_proj");
    double[][] k = linear(x, prefix + "k_proj");
    double[][] v = linear(x, prefix + "v_proj");
    if (!attention.queryKeyNorm().equals(QueryKeyNorm.NONE)) {
      normHeads(q, weights.get(prefix + "q_norm.weight"));
      normHeads(k, weights.get(prefix + "k_norm.weight"));
    }
    rotate(q, dim, attention.rope().theta());
    rotate(k, dim, attention.rope().theta());
    double[][] y = new double[x.length][heads * dim];
    for (int head = 0; head < heads; head++) {
      int shared = head / group * dim;
      for (int t = 0; t < x.length; t++) {
        double[] scores = new double[t + 1];
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < dim; i++) {
            scores[s] += q[t][head * dim + i] * k[s][shared + i] * attention.scoreScale();
          }
        }
        double logSum = logSumExp(scores);
        for (int s = 0; s <= t; s++) {
          double p = Math.exp(scores[s] - logSum);
          for (int i = 0; i < dim; i++) {
            y[t][head * dim + i] += p * v[s][shared + i];
          }
        }
      }
    }
    return linear(y, prefix + "o_proj");
  }

  private static void rotate(double[][] x, int dim, double theta) {
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < x[t].length; head += dim) {
        for (int i = 0; i < dim / 2; i++) {
          double angle = t * Math.pow(theta, -2.0 * i / dim);
          double a = x[t][head + i];
          double b = x[t][head + dim / 2 + i];
          x[t][head + i] = a * Math.cos(angle) - b * Math.sin(angle);
          x[t][head + dim / 2 + i] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
    }
  }

  private double[][] feed(double[][] x, DenseFeedForward feedForward, String prefix) {
    double[][] gate = linear(x, prefix + "gate_proj");
    double[][] up = linear(x, prefix + "up_proj");
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        up[t][i] *= activation(gate[t][i], feedForward.activation());
      }
    }
    return linear(up, prefix + "down_proj");
  }

  private static double activation(double x, Activation activation) {
    return activation == Activation.SILU
        ? x / (1 + Math.exp(-x))
        : x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private double[][] linear(double[][] x, String name) {
    return product(x, weights.get(name + ".weight"), weights.get(name + ".bias"));
  }

  private static double[][] product(double[][] x, double[] w, double[] bias) {
    int inputs = x[0].length;
    double[][] y = new double[x.length][w.length / inputs];
    for (int t = 0; t < x.length; t++) {
      for (int output = 0; output < y[t].length; output++) {
        double sum = bias == null ? 0 : bias[output];
        for (int i = 0; i < inputs; i++) {
          sum += x[t][i] * w[output * inputs + i];
        }
        y[t][output] = sum;
      }
    }
    return y;
  }

  private double[][] norm(double[][] x, double[] weight) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = x[t].clone();
      normPart(y[t], 0, weight);
    }
    return y;
  }

  private void normHeads(double[][] x, double[] weight) {
    for (double[] row : x) {
      for (int head = 0; head < row.length; head += weight.length) {
        normPart(row, head, weight);
      }
    }
  }

  private void normPart(double[] x, int first, double[] weight) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += x[first + i] * x[first + i];
    }
    double epsilon = architecture.numerics().normEpsilon();
    double scale = 1 / Math.sqrt(squares / weight.length + epsilon);
    for (int i = 0; i < weight.length; i++) {
      x[first + i] *= scale * weight[i];
    }
  }

  private static void add(double[][] x, double[][] more) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += more[t][i];
      }
    }
  }
}
