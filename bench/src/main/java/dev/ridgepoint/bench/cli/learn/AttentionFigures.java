package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.inference.CacheDerivations;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.support.EngineSupport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Ways to attend: shared heads, latents, windows, and scores that are never written. */
final class AttentionFigures {
  /** What a page shows whose model lacks the feature. */
  private static final String GROUPED_EXAMPLE = "Llama-3.1-8B";

  private static final String LATENT_EXAMPLE = "DeepSeek-V2-Lite";
  private static final String WINDOW_EXAMPLE = "gemma-3-1b";

  private static final int LONG = 8192;

  private final Figures figures;
  private final Setting setting;

  private AttentionFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
  }

  static void addTo(Figures figures, Setting setting) {
    AttentionFigures all = new AttentionFigures(figures, setting);
    all.addGroups();
    all.addLatents();
    all.addWindows();
    all.addScores();
  }

  private Setting example(boolean isOwn, String name) {
    return isOwn ? setting : setting.with(NamedModel.of(name, ModelCatalog.get(name)));
  }

  private static int far(Setting of) {
    return Math.min(LONG, of.longestContext());
  }

  private void addGroups() {
    boolean isOwn = setting.hasAttention() && !setting.isLatent();
    Setting of = example(isOwn, GROUPED_EXAMPLE);
    GroupedQueryAttention own = (GroupedQueryAttention) of.attentions().getFirst();
    int heads = own.numAttentionHeads();
    figures.when("isMultiHead", () -> isOwn && own.numKeyValueHeads() == heads);
    figures.when(
        "isGrouped", () -> isOwn && own.numKeyValueHeads() < heads && own.numKeyValueHeads() > 1);
    figures.when("isMultiQuery", () -> isOwn && own.numKeyValueHeads() == 1);
    figures.put("groupedModel", Format.TEXT, () -> of.model().name());
    figures.put("groupQueryHeads", Format.COUNT, () -> heads);
    figures.put("groupKeyValueHeads", Format.COUNT, own::numKeyValueHeads);
    figures.put("groupSize", Format.COUNT, () -> heads / own.numKeyValueHeads());
    long alike = of.attentions().stream().filter(other -> sharesAlike(other, own)).count();
    figures.when("groupsDiffer", () -> alike < of.layers().size());
    figures.put("groupLayers", Format.COUNT, () -> alike);
    figures.put("groupAllLayers", Format.COUNT, () -> of.layers().size());
    figures.put("groupContext", Format.COUNT, () -> far(of));
    figures.table(
        "groupTable",
        () ->
            Tables.of(
                Stream.of(heads, heads / 2, own.numKeyValueHeads(), 1)
                    .filter(number -> number > 0 && heads % number == 0)
                    .sorted((a, b) -> b - a)
                    .distinct()
                    .toList(),
                number -> {
                  Setting changed = of.with(withKeyValueHeads(of.architecture(), own, number));
                  Step step = Step.decode(1, far(of));
                  Cost cost = changed.cost(step);
                  return List.of(
                      cell(
                          "heads of keys",
                          Format.TEXT,
                          number == own.numKeyValueHeads() ? number + " (its own)" : "" + number),
                      cell("per token", Format.BYTES, perToken(changed)),
                      cell("attention", Format.FLOPS, attention(changed, step).flops()),
                      cell("bytes of all", Format.BYTES, cost.bytes()),
                      cell("tokens/s at most", Format.NUMBER, changed.tokensPerSecond(step)));
                }));
  }

  private static boolean sharesAlike(Attention mixer, GroupedQueryAttention own) {
    return mixer instanceof GroupedQueryAttention grouped
        && grouped.numAttentionHeads() == own.numAttentionHeads()
        && grouped.numKeyValueHeads() == own.numKeyValueHeads();
  }

  /** With as many key/value heads wherever there are as many as {@code own} has. */
  private static Architecture withKeyValueHeads(
      Architecture architecture, GroupedQueryAttention own, int number) {
    Stack stack = architecture.decoder().orElseThrow();
    List<Layer> layers =
        stack.layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.mixers().stream()
                            .map(
                                mixer ->
                                    mixer instanceof GroupedQueryAttention grouped
                                            && sharesAlike(grouped, own)
                                        ? grouped.withHeads(grouped.numAttentionHeads(), number)
                                        : mixer)
                            .toList(),
                        layer.crossAttention(),
                        layer.feedForward(),
                        layer.norms(),
                        layer.additions()))
            .toList();
    return architecture.withDecoder(
        new Stack(layers, stack.finalNorm(), stack.relativePositionBuckets()));
  }

  private static long perToken(Setting of) {
    return of.decodeOptions().kvCache().bytesPerToken(of.architecture());
  }

  /** What the products of queries with keys, and of scores with values, cost. */
  private static Cost attention(Setting of, Step step) {
    return OperationList.total(of.operations(step).stream().filter(StepFigures::attends).toList());
  }

  private void addLatents() {
    Setting of = example(setting.isLatent(), LATENT_EXAMPLE);
    LatentAttention latent = (LatentAttention) of.attentions().getFirst();
    figures.when("runsLatents", () -> EngineSupport.lacking(of.architecture()).isEmpty());
    figures.put("latentModel", Format.TEXT, () -> of.model().name());
    figures.put("latentHeads", Format.COUNT, latent::numAttentionHeads);
    figures.put("latentElements", Format.COUNT, latent::latentWidth);
    figures.put(
        "latentExpandedElements",
        Format.COUNT,
        () -> latent.expandedWidth() + (long) latent.numAttentionHeads() * latent.rotaryDim());
    figures.put("latentLayers", Format.COUNT, () -> of.attentions().size());
    figures.when("latentChooses", () -> latent.indexer().isPresent());
    figures.put("indexElements", Format.COUNT, () -> latent.indexer().orElseThrow().headDim());
    figures.derive(
        "latentPerToken",
        Format.BYTES,
        () -> CacheDerivations.bytesPerToken(of.architecture(), of.decodeOptions()));
    figures.put("latentContext", Format.COUNT, () -> far(of));
    figures.table("latentTable", () -> latents(of));
  }

  private static Table latents(Setting of) {
    Step step = Step.decode(1, far(of));
    return Tables.of(
        List.of(LatentForm.values()),
        form -> {
          ForwardOptions options = of.options(step).withLatentForm(form);
          List<OperationCost> operations = OperationList.of(of.architecture(), options, step);
          Cost cost = OperationList.total(operations);
          KvCacheFormat format = options.kvCache();
          return List.of(
              cell(
                  "cached, and attended",
                  Format.TEXT,
                  switch (form) {
                    case EXPANDED_CACHE -> "keys and values of all heads";
                    case EXPANDED_EACH_STEP -> "latents, expanded each step";
                    case ABSORBED -> "latents, attended themselves";
                  }),
              cell("per token", Format.BYTES, format.bytesPerToken(of.architecture())),
              cell("FLOPs", Format.FLOPS, cost.flops()),
              cell("bytes", Format.BYTES, cost.bytes()),
              cell("tokens/s at most", Format.NUMBER, 1 / of.roofline().boundSeconds(cost)));
        });
  }

  private void addWindows() {
    boolean hasWindow = !setting.windows().isEmpty();
    Setting of = example(hasWindow, WINDOW_EXAMPLE);
    figures.when("hasWindow", () -> hasWindow);
    figures.when("allAreWindowed", () -> of.windows().size() == of.attentions().size());
    figures.when("choosesPositions", () -> chosen().isPresent());
    figures.put("chosenPositions", Format.COUNT, () -> chosen().orElseThrow().count());
    figures.put("windowModel", Format.TEXT, () -> of.model().name());
    figures.put("windowLayers", Format.COUNT, () -> of.windows().size());
    figures.put("windowAllLayers", Format.COUNT, () -> of.layers().size());
    figures.put(
        "windowPositions",
        Format.COUNT,
        () -> of.windows().getFirst().kept(Architecture.UNLIMITED_POSITIONS));
    figures.table(
        "windowTable",
        () ->
            Tables.of(
                of.contexts(),
                context -> {
                  KvCacheFormat format = of.decodeOptions().kvCache();
                  long kept =
                      format.sequenceBytes(of.architecture(), context)
                          - format.stateBytesPerSequence(of.architecture());
                  long all = context * format.bytesPerToken(of.architecture());
                  return List.of(
                      cell("context", Format.COUNT, context),
                      cell("all positions", Format.BYTES, all),
                      cell("what windows see", Format.BYTES, kept),
                      cell("left", Format.SHARE, (double) kept / all),
                      cell(
                          "tokens/s at most",
                          Format.NUMBER,
                          of.tokensPerSecond(Step.decode(1, context))));
                }));
  }

  private Optional<AttentionSpan.Chosen> chosen() {
    return setting.attentions().stream()
        .map(Attention::span)
        .filter(AttentionSpan.Chosen.class::isInstance)
        .map(AttentionSpan.Chosen.class::cast)
        .findFirst();
  }

  private void addScores() {
    figures.put("scorePrompt", Format.COUNT, () -> far(setting));
    figures.put("scoreFlops", Format.FLOPS, () -> attention(setting, longPrefill()).flops());
    figures.put("scoreBytes", Format.BYTES, () -> attention(setting, longPrefill()).bytes());
    figures.put("writtenScoreBytes", Format.BYTES, this::writtenScores);
    figures.put(
        "scoreIntensity",
        Format.NUMBER,
        () -> attention(setting, longPrefill()).arithmeticIntensity());
    figures.put(
        "writtenScoreIntensity",
        Format.NUMBER,
        () -> {
          Cost cost = attention(setting, longPrefill());
          return (double) cost.flops() / (cost.bytes() + writtenScores());
        });
    figures.put(
        "mostScoreBytes",
        Format.BYTES,
        () -> setting.attentions().stream().mapToLong(this::scoreBytes).max().orElseThrow());
  }

  private Step longPrefill() {
    return Step.prefill(far(setting));
  }

  /** Every score of every head and layer, once to memory and once back. */
  private long writtenScores() {
    return setting.attentions().stream().mapToLong(each -> 2 * scoreBytes(each)).sum();
  }

  /** Every score of every head of one layer. */
  private long scoreBytes(Attention attention) {
    return setting
        .target()
        .device()
        .usualVectors()
        .matrixBytes(attention.numAttentionHeads(), attention.span().attended(far(setting), 0));
  }
}
