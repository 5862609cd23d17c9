package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.MixtureOfExperts;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.support.EngineSupport;
import java.util.List;
import java.util.Optional;

/** Fewer bytes per weight, and weights that not every token meets. */
final class WeightFigures {
  private static final String EXPERT_EXAMPLE = "Mixtral-8x7B";

  /** Those that the engine runs, the widest first. */
  private static final List<Precision> FORMATS =
      List.of(Precision.F32, Precision.BF16, Precision.Q8_0, Precision.Q5_0, Precision.Q4_0);

  private final Figures figures;
  private final Setting setting;

  private WeightFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
  }

  static void addTo(Figures figures, Setting setting) {
    WeightFigures all = new WeightFigures(figures, setting);
    all.addFormats();
    all.addExperts();
  }

  private void addFormats() {
    figures.derive(
        "parameters", Format.COUNT, () -> Derivations.parameters(setting.architecture()));
    figures.put("blockWeights", Format.COUNT, Precision.Q4_0::blockElements);
    figures.put("blockBytes", Format.COUNT, Precision.Q4_0::blockBytes);
    figures.put("fewestBits", Format.NUMBER, Precision.Q4_0::bitsPerElement);
    figures.put(
        "narrowDecodeSpeedup", Format.TIMES, () -> speedup(Step.decode(1, setting.context())));
    figures.put(
        "narrowPrefillSpeedup", Format.TIMES, () -> speedup(Step.prefill(setting.prompt())));
    figures.put(
        "narrowWeightRatio",
        Format.TIMES,
        () -> (double) storedBytes(Precision.BF16) / storedBytes(Precision.Q4_0));
    figures.table("formatTable", this::formats);
  }

  /** Of 4-bit weights, over 16-bit ones. */
  private double speedup(Step step) {
    return in(Precision.BF16).seconds(step) / in(Precision.Q4_0).seconds(step);
  }

  private Setting in(Precision precision) {
    WeightFormats weights =
        WeightFormats.usual(precision, setting.target().device().usualVectors());
    return setting.with(
        new NamedModel(setting.model().name(), setting.architecture(), Optional.of(weights)));
  }

  private long storedBytes(Precision precision) {
    return in(precision).weights().storedBytes(setting.architecture());
  }

  private Table formats() {
    return Tables.of(
        FORMATS,
        precision -> {
          Setting narrow = in(precision);
          Step decode = Step.decode(1, setting.context());
          return List.of(
              cell("weights", Format.TEXT, precision.name()),
              cell("bits", Format.NUMBER, precision.bitsPerElement()),
              cell("all of them", Format.BYTES, storedBytes(precision)),
              cell("FLOP/B", Format.NUMBER, narrow.cost(decode).arithmeticIntensity()),
              cell("decode, tokens/s", Format.NUMBER, narrow.tokensPerSecond(decode)),
              cell(
                  "prefill, tokens/s",
                  Format.NUMBER,
                  narrow.tokensPerSecond(Step.prefill(setting.prompt()))));
        });
  }

  private void addExperts() {
    Setting of =
        setting.hasExperts()
            ? setting
            : setting.with(NamedModel.of(EXPERT_EXAMPLE, ModelCatalog.get(EXPERT_EXAMPLE)));
    MixtureOfExperts experts = experts(of);
    figures.when("hasExperts", setting::hasExperts);
    figures.when("runsExperts", () -> EngineSupport.lacking(of.architecture()).isEmpty());
    figures.put("expertModel", Format.TEXT, () -> of.model().name());
    figures.put("experts", Format.COUNT, experts::numExperts);
    figures.put("expertsPerToken", Format.COUNT, experts::numExpertsPerToken);
    figures.when("hasSharedExpert", () -> experts.sharedExpert().isPresent());
    figures.derive(
        "expertParameters", Format.COUNT, () -> Derivations.parameters(of.architecture()));
    figures.derive(
        "expertActiveParameters",
        Format.COUNT,
        () -> Derivations.activeParameters(of.architecture()));
    figures.put(
        "expertActiveShare",
        Format.SHARE,
        () ->
            (double) ParameterCount.active(of.architecture()).total()
                / ParameterCount.of(of.architecture()).total());
    figures.table(
        "expertTable",
        () ->
            Tables.of(
                Setting.batches(),
                batch -> {
                  Step step = Step.decode(batch, of.context());
                  Cost cost = of.cost(step);
                  return List.of(
                      cell("batch", Format.COUNT, batch),
                      cell(
                          "experts of a layer",
                          Format.NUMBER,
                          experts.expectedExpertsTouched(batch)),
                      cell("weights read", Format.BYTES, cost.weightBytes()),
                      cell("FLOP/B", Format.NUMBER, cost.arithmeticIntensity()),
                      cell("tokens/s at most", Format.NUMBER, of.tokensPerSecond(step)));
                }));
  }

  private static MixtureOfExperts experts(Setting of) {
    return of.layers().stream()
        .map(layer -> layer.feedForward())
        .filter(MixtureOfExperts.class::isInstance)
        .map(MixtureOfExperts.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
