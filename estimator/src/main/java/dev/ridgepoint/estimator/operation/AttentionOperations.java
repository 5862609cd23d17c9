package dev.ridgepoint.estimator.operation;

import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENDED_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_GATE;
import static dev.ridgepoint.estimator.architecture.TensorRole.ATTENTION_OUTPUT;
import static dev.ridgepoint.estimator.architecture.TensorRole.INDEX_KEY;
import static dev.ridgepoint.estimator.architecture.TensorRole.INDEX_KEY_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.INDEX_QUERY;
import static dev.ridgepoint.estimator.architecture.TensorRole.INDEX_WEIGHTS;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_VALUE_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.KEY_VALUE_LATENT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_DOWN;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_LATENT_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_NORM;
import static dev.ridgepoint.estimator.architecture.TensorRole.QUERY_UP;
import static dev.ridgepoint.estimator.architecture.TensorRole.SINKS;
import static dev.ridgepoint.estimator.architecture.TensorRole.VALUE;
import static dev.ridgepoint.estimator.architecture.TensorRole.VALUE_UP;

import dev.ridgepoint.estimator.architecture.Activation;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Norm;
import dev.ridgepoint.estimator.architecture.SparseIndexer;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import java.util.List;

/** Of what attention consists, from the rows that it takes in to those that it puts out. */
final class AttentionOperations {
  private final LayerWriter layer;
  private final Buffer from;
  private final Buffer to;
  private final boolean isResidual;

  /**
   * @param isResidual whether the output is added to the rows that are there
   */
  AttentionOperations(LayerWriter layer, Buffer from, Buffer to, boolean isResidual) {
    this.layer = layer;
    this.from = from;
    this.to = to;
    this.isResidual = isResidual;
  }

  void grouped(GroupedQueryAttention attention, boolean isCached) {
    boolean isOwn = attention.isCacheItsOwn();
    layer.linear("qkv_proj", from, Buffer.QUERY_KEY_VALUE, projections(attention));
    if (attention.projectionBound() != 0) {
      long width =
          layer.weights(QUERY, KEY, VALUE).stream()
              .filter(WeightTensor::isMatrix)
              .mapToLong(WeightTensor::rows)
              .sum();
      layer.add(
          new Clip(
              "qkv_clip",
              layer.index(),
              Buffer.QUERY_KEY_VALUE,
              width,
              attention.projectionBound()));
    }
    if (attention.queryKeyNorm().norm().isPresent()) {
      layer.add(
          new NormalizeHeads(
              "qk_norm",
              layer.index(),
              attention,
              isOwn ? layer.weights(QUERY_NORM, KEY_NORM) : layer.weights(QUERY_NORM)));
    }
    int heads = attention.numAttentionHeads() + (isOwn ? attention.numKeyValueHeads() : 0);
    if (attention.rotaryDim() > 0) {
      layer.add(new Rotate("rope", layer.index(), attention, heads));
    }
    if (isCached && isOwn) {
      layer.add(
          new AppendKeyValues(
              "kv_append", layer.index(), attention, 2 * attention.keyValueWidth()));
    }
    Attend.Source source = isCached ? Attend.Source.CACHE : Attend.Source.STEP;
    layer.add(new Attend("attention", layer.index(), attention, layer.weights(SINKS), source));
    output(attention);
  }

  private static TensorRole[] projections(GroupedQueryAttention attention) {
    boolean isOwn = attention.isCacheItsOwn();
    boolean isGated = attention.outputTerms().gate();
    if (!isOwn) {
      return isGated ? new TensorRole[] {QUERY, ATTENTION_GATE} : new TensorRole[] {QUERY};
    }
    return isGated
        ? new TensorRole[] {QUERY, KEY, VALUE, ATTENTION_GATE}
        : new TensorRole[] {QUERY, KEY, VALUE};
  }

  private void output(GroupedQueryAttention attention) {
    if (attention.outputTerms().gate()) {
      layer.add(
          new Gate(
              "attention_gate",
              layer.index(),
              Norm.NONE,
              List.of(),
              1,
              attention.queryWidth(),
              Activation.SIGMOID));
    }
    layer.normalize(
        "attention_sub_norm",
        attention.outputTerms().norm(),
        ATTENDED_NORM,
        attention.queryWidth(),
        Buffer.ATTENDED);
    project(ATTENTION_OUTPUT);
  }

  private void project(TensorRole output) {
    layer.linear("o_proj", Owner.LAYER, Buffer.ATTENDED, to, isResidual, output);
  }

  /** Attention to what an encoder has left in the cache. */
  void cross(GroupedQueryAttention attention) {
    layer.linear("cross_q_proj", Owner.CROSS_ATTENTION, from, Buffer.QUERIES, false, QUERY);
    layer.add(
        new Attend(
            "cross_attention",
            layer.index(),
            attention,
            layer.weights(Owner.CROSS_ATTENTION, SINKS),
            Attend.Source.ENCODER));
    layer.linear(
        "cross_o_proj", Owner.CROSS_ATTENTION, Buffer.ATTENDED, to, isResidual, ATTENTION_OUTPUT);
  }

  /** Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1). */
  void latent(LatentAttention attention, LatentForm form) {
    if (attention.queryLoraRank() == 0) {
      layer.linear("q_proj", from, Buffer.QUERIES, QUERY);
    } else {
      layer.linear("q_a_proj", from, Buffer.QUERY_LATENT, QUERY_DOWN);
      layer.normalize(
          "q_a_norm",
          LatentAttention.NORM,
          QUERY_LATENT_NORM,
          attention.queryLoraRank(),
          Buffer.QUERY_LATENT);
      layer.linear("q_b_proj", Buffer.QUERY_LATENT, Buffer.QUERIES, QUERY_UP);
    }
    layer.linear("kv_a_proj", from, Buffer.KEY_VALUE_LATENT, KEY_VALUE_DOWN);
    layer.normalize(
        "kv_a_norm",
        LatentAttention.NORM,
        KEY_VALUE_LATENT_NORM,
        attention.keyValueLoraRank(),
        Buffer.KEY_VALUE_LATENT);
    if (attention.rotaryDim() > 0) {
      layer.add(new Rotate("rope", layer.index(), attention, attention.numAttentionHeads() + 1));
    }
    attention.indexer().ifPresent(indexer -> index(attention, indexer));
    switch (form) {
      case EXPANDED_CACHE -> {
        layer.linear(
            "kv_b_proj", Buffer.KEY_VALUE_LATENT, Buffer.QUERY_KEY_VALUE, KEY_UP, VALUE_UP);
        append(attention, attention.expandedWidth() + attention.positionDim());
        layer.add(new AttendExpandedLatents("attention", layer.index(), attention, true));
      }
      case EXPANDED_EACH_STEP -> {
        append(attention, attention.latentWidth());
        layer.add(
            new ExpandLatents(
                "kv_b_proj", layer.index(), attention, layer.weights(KEY_UP, VALUE_UP)));
        layer.add(new AttendExpandedLatents("attention", layer.index(), attention, false));
      }
      case ABSORBED -> {
        append(attention, attention.latentWidth());
        absorb("q_absorb", attention, attention.absorbedKeyUp());
        layer.add(new AttendLatents("attention", layer.index(), attention));
        absorb("v_absorb", attention, layer.matrix(VALUE_UP));
      }
    }
    project(ATTENTION_OUTPUT);
  }

  private void append(LatentAttention attention, long width) {
    layer.add(new AppendKeyValues("kv_append", layer.index(), attention, width));
  }

  private void absorb(String name, LatentAttention attention, WeightTensor projection) {
    layer.add(new AbsorbLatents(name, layer.index(), attention, projection));
  }

  /** The queries are projected from the attention's latent, the rest from the token. */
  private void index(LatentAttention attention, SparseIndexer indexer) {
    layer.linear("indexer_q_proj", Buffer.QUERY_LATENT, Buffer.INDEX, INDEX_QUERY);
    layer.linear("indexer_k_proj", from, Buffer.INDEX, INDEX_KEY, INDEX_WEIGHTS);
    layer.normalize(
        "indexer_k_norm", SparseIndexer.KEY_NORM, INDEX_KEY_NORM, indexer.headDim(), Buffer.INDEX);
    if (attention.rotaryDim() > 0) {
      layer.add(new Rotate("indexer_rope", layer.index(), attention, indexer.numHeads() + 1));
    }
    layer.add(new ChoosePositions("indexer", layer.index(), attention, indexer));
  }
}
