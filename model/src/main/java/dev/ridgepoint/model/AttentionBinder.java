package dev.ridgepoint.model;

import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.AppendLatents;
import dev.ridgepoint.engine.ops.HeadLayout;
import dev.ridgepoint.engine.ops.HeadLinear;
import dev.ridgepoint.engine.ops.HeadNorm;
import dev.ridgepoint.engine.ops.HeadPart;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.RotaryTables;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Rope;
import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.Buffer;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Rotate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Binds what attention is made of besides plain products, of both kinds. */
final class AttentionBinder {
  private final Weights weights;
  private final Workspace workspace;
  private final StepActivations activations;
  private final Map<Rope, RotaryTables> rotaryTables = new HashMap<>();

  AttentionBinder(Weights weights, Workspace workspace, StepActivations activations) {
    this.weights = weights;
    this.workspace = workspace;
    this.activations = activations;
  }

  Op normalize(NormalizeHeads heads) {
    return new HeadNorm(
        workspace,
        queryKeyValue(heads.attention()),
        layout(heads.attention()),
        weights.vector(heads, heads.weights().getFirst()),
        weights.vector(heads, heads.weights().getLast()),
        (float) weights.architecture().numerics().normEpsilon());
  }

  Op rotate(Rotate rotate) {
    RotaryTables angles =
        rotaryTables.computeIfAbsent(rotate.attention().rope(), RotaryFrequencies::tables);
    return switch (rotate.attention()) {
      case GroupedQueryAttention grouped ->
          new dev.ridgepoint.engine.ops.Rope(
              workspace, queryKeyValue(grouped), layout(grouped), angles);
      case LatentAttention latent ->
          new dev.ridgepoint.engine.ops.Rope(
              workspace, List.of(rotaryQueries(latent), rotaryKey(latent)), angles);
    };
  }

  Op append(AppendKeyValues append) {
    return switch (append.attention()) {
      case GroupedQueryAttention grouped ->
          new dev.ridgepoint.engine.ops.AppendKeyValues(
              workspace, queryKeyValue(grouped), layout(grouped), append.layer());
      case LatentAttention latent ->
          new AppendLatents(workspace, latentWithKey(latent), append.layer());
    };
  }

  Op attend(Attend attend) {
    GroupedQueryAttention attention = attend.attention();
    int window =
        attention.span() instanceof AttentionSpan.Sliding(int positions)
            ? positions
            : Integer.MAX_VALUE;
    return new dev.ridgepoint.engine.ops.Attention(
        workspace,
        queryKeyValue(attention),
        layout(attention),
        attend.layer(),
        (float) attention.scoreScale(),
        (float) attention.scoreTerms().softCap(),
        window,
        weights.joined(attend, attend.weights()),
        activations.of(Buffer.ATTENDED, attention.queryWidth()));
  }

  private Activation queryKeyValue(GroupedQueryAttention attention) {
    return activations.of(Buffer.QUERY_KEY_VALUE, layout(attention).width());
  }

  private static HeadLayout layout(GroupedQueryAttention attention) {
    return new HeadLayout(
        attention.numAttentionHeads(), attention.numKeyValueHeads(), attention.headDim());
  }

  /** From queries to the latents, or from what was attended of them to values. */
  Op absorb(AbsorbLatents absorb) {
    LatentAttention latent = absorb.attention();
    return absorb.isOfQueries()
        ? new HeadLinear(
            workspace,
            queryPart(latent, 0, latent.keyDim()),
            weights.heads(absorb),
            latentPerHead(Buffer.LATENT_QUERIES, latent))
        : new HeadLinear(
            workspace,
            HeadPart.all(
                latentPerHead(Buffer.ATTENDED_LATENTS, latent), latent.numAttentionHeads()),
            weights.heads(absorb),
            activations.of(Buffer.ATTENDED, latent.valueWidth()));
  }

  Op attend(AttendLatents attend) {
    LatentAttention latent = attend.attention();
    return new dev.ridgepoint.engine.ops.AttendLatents(
        workspace,
        HeadPart.all(latentPerHead(Buffer.LATENT_QUERIES, latent), latent.numAttentionHeads()),
        rotaryQueries(latent),
        attend.layer(),
        (float) latent.scoreScale(),
        latentPerHead(Buffer.ATTENDED_LATENTS, latent));
  }

  private Activation latentPerHead(Buffer buffer, LatentAttention latent) {
    return activations.of(buffer, (long) latent.numAttentionHeads() * latent.keyValueLoraRank());
  }

  private Activation latentWithKey(LatentAttention latent) {
    return activations.of(Buffer.KEY_VALUE_LATENT, latent.latentWidth());
  }

  private HeadPart rotaryQueries(LatentAttention latent) {
    return queryPart(latent, latent.keyDim(), latent.positionDim());
  }

  private HeadPart queryPart(LatentAttention latent, int first, int elements) {
    Activation queries = activations.of(Buffer.QUERIES, latent.queryWidth());
    return new HeadPart(queries, latent.numAttentionHeads(), first, latent.queryDim(), elements);
  }

  private HeadPart rotaryKey(LatentAttention latent) {
    int dim = latent.positionDim();
    return new HeadPart(latentWithKey(latent), 1, latent.keyValueLoraRank(), dim, dim);
  }
}
