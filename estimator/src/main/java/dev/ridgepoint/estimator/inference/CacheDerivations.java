package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GatedConvolution;
import dev.ridgepoint.estimator.architecture.GatedDeltaNet;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.LightningAttention;
import dev.ridgepoint.estimator.architecture.Mamba;
import dev.ridgepoint.estimator.architecture.Mamba2;
import dev.ridgepoint.estimator.architecture.RecurrentMixer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is kept of sequences, with its formula, what was put in, its terms and its source. */
public final class CacheDerivations {
  private CacheDerivations() {}

  /** Bytes that one more position takes in the cache. */
  public static Derivation bytesPerToken(Architecture architecture, ForwardOptions options) {
    KvCacheFormat kvCache = options.kvCache();
    Map<String, Long> terms = new LinkedHashMap<>();
    boolean isLatent = false;
    for (Map.Entry<Layer, Integer> entry : distinctLayers(architecture).entrySet()) {
      for (Attention attention : entry.getKey().attentions()) {
        long count = entry.getValue();
        isLatent |= attention instanceof LatentAttention;
        add(terms, count, span(attention), kvCache.keptBytesPerPosition(attention));
      }
    }
    String formula =
        isLatent && options.latentForm().cachesLatents()
            ? "layers x (kvLoraRank + ropeDim) x bytesPerElement"
            : "2 x layers x numKeyValueHeads x headDim x bytesPerElement";
    Map<String, Number> inputs = Derivations.sizes(architecture);
    inputs.put("bytesPerElement", kvCache.precision().bitsPerElement() / Byte.SIZE);
    return new Derivation(
        "KV cache per token",
        kvCache.bytesPerToken(architecture),
        "B",
        formula,
        inputs,
        terms(terms),
        isLatent
            ? "DeepSeek-V2, arXiv:2405.04434, table 1"
            : "Shazeer 2019, arXiv:1911.02150; Ainslie et al. 2023, arXiv:2305.13245");
  }

  /** Bytes that recurrences keep of a sequence, however long it is. */
  public static Derivation stateBytes(Architecture architecture, ForwardOptions options) {
    KvCacheFormat kvCache = options.kvCache();
    Map<String, Long> terms = new LinkedHashMap<>();
    List<String> sources = new ArrayList<>();
    for (Map.Entry<Layer, Integer> entry : distinctLayers(architecture).entrySet()) {
      for (RecurrentMixer mixer : entry.getKey().recurrences()) {
        long count = entry.getValue();
        long recurrence = kvCache.stateBytes(mixer.recurrentStateElements());
        add(terms, count, shape(mixer), recurrence);
        long all = kvCache.stateBytes(mixer.stateElements());
        add(terms, count, "last inputs of the convolution", all - recurrence);
        if (!sources.contains(source(mixer))) {
          sources.add(source(mixer));
        }
      }
    }
    return new Derivation(
        "recurrent state per sequence",
        kvCache.stateBytesPerSequence(architecture),
        "B",
        "sum over layers of (state + channels x (kernel - 1)) x 4 bytes",
        Map.of(),
        terms(terms),
        String.join("; ", sources));
  }

  private static Map<Layer, Integer> distinctLayers(Architecture architecture) {
    return architecture.decoder().map(Stack::distinctLayers).orElse(Map.of());
  }

  /** Layers that keep the same are one term; those that keep nothing are none. */
  private static void add(Map<String, Long> terms, long layers, String what, long bytes) {
    if (bytes > 0) {
      String name = String.format(Locale.ROOT, "%d layers, %s", layers, what);
      terms.merge(name, Math.multiplyExact(layers, bytes), Math::addExact);
    }
  }

  private static List<Term> terms(Map<String, Long> bytes) {
    return bytes.entrySet().stream()
        .map(entry -> new Term(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String span(Attention attention) {
    return switch (attention.span()) {
      case AttentionSpan.Causal _ -> "all positions before";
      case AttentionSpan.Sliding sliding ->
          String.format(Locale.ROOT, "the last %,d positions", sliding.window());
      case AttentionSpan.Chunked chunked ->
          String.format(Locale.ROOT, "chunks of %,d positions", chunked.size());
      case AttentionSpan.Chosen chosen ->
          String.format(Locale.ROOT, "%,d positions chosen by an indexer", chosen.count());
      case AttentionSpan.Nearby nearby ->
          String.format(Locale.ROOT, "%,d positions on each side", nearby.reach());
      case AttentionSpan.Bidirectional _ -> "all positions";
    };
  }

  private static String shape(RecurrentMixer mixer) {
    return switch (mixer) {
      case GatedDeltaNet delta ->
          product("heads", delta.numValueHeads(), delta.keyHeadDim(), delta.valueHeadDim());
      case LightningAttention lightning ->
          product("heads", lightning.numHeads(), lightning.headDim(), lightning.headDim());
      case Mamba mamba -> product("channels", mamba.innerSize(), mamba.stateSize());
      case Mamba2 mamba -> product("heads", mamba.numHeads(), mamba.headDim(), mamba.stateSize());
      case GatedConvolution _ -> "none";
    };
  }

  private static String product(String of, int number, int... sizes) {
    StringBuilder product = new StringBuilder(number + " " + of);
    for (int size : sizes) {
      product.append(" x ").append(size);
    }
    return product.toString();
  }

  private static String source(RecurrentMixer mixer) {
    return switch (mixer) {
      case GatedDeltaNet delta when delta.decaysChannels() -> "Kimi Linear, arXiv:2510.26692";
      case GatedDeltaNet _ -> "Yang et al. 2024, arXiv:2412.06464";
      case LightningAttention _ -> "Qin et al. 2024, arXiv:2401.04658";
      case Mamba _ -> "Gu and Dao 2023, arXiv:2312.00752";
      case Mamba2 _ -> "Dao and Gu 2024, arXiv:2405.21060";
      case GatedConvolution _ -> "LFM2, arXiv:2511.23404";
    };
  }
}
