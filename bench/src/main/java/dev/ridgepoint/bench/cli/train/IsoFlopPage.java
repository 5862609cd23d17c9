package dev.ridgepoint.bench.cli.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.report.page.PageFile;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.scaling.AllocationLaw;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.ComputeOptimum;
import dev.ridgepoint.estimator.scaling.IsoFlopFit;
import dev.ridgepoint.estimator.scaling.KaplanAllocation;
import dev.ridgepoint.estimator.scaling.KaplanLaw;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code isoflop.html} draws. Base units and nats per token; points are pairs of x and y; what
 * is not known is left out.
 *
 * @param settings of all sizes
 * @param planned sizes that were asked for
 * @param sizes those that are trained, by ascending parameters
 * @param own the curve through them, if they suffice for one
 * @param laws where each is best for the same budget
 * @param foretold losses that laws give for the same parameters and tokens
 * @param differences why these and those need not agree
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record IsoFlopPage(
    IsoFlopResults.Settings settings,
    int planned,
    List<Trained> sizes,
    Own own,
    List<Law> laws,
    List<Foretold> foretold,
    List<String> differences) {

  /**
   * A size.
   *
   * @param learning its training loss over the FLOPs until then
   */
  record Trained(
      int hiddenSize,
      long parameters,
      double embeddingShare,
      long tokens,
      double tokensPerParameter,
      long steps,
      double passes,
      double loss,
      double lossAboveBest,
      double seconds,
      List<List<Double>> learning) {}

  /**
   * The parabola.
   *
   * @param curve loss over parameters
   * @param optimum its lowest point, if that lies among the sizes
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Own(List<List<Double>> curve, Lowest optimum) {}

  /**
   * The lowest point.
   *
   * @param leastParameters of a model that loses a hundredth of its loss, or the smallest trained
   * @param mostParameters likewise, or the largest trained
   */
  record Lowest(
      double parameters,
      double tokens,
      double tokensPerParameter,
      double loss,
      double leastParameters,
      double mostParameters) {}

  /**
   * A law's best size.
   *
   * @param exponent a of N ~ C^a about this budget
   * @param hasEmbeddings whether its parameters include them
   */
  record Law(
      String name,
      double parameters,
      double tokens,
      double tokensPerParameter,
      double exponent,
      boolean hasEmbeddings,
      String source) {}

  /**
   * The loss over the parameters of each size.
   *
   * @param name of the law, as among the best sizes
   */
  record Foretold(String name, List<List<Double>> losses) {}

  private static final List<String> SCRIPTS = List.of("isoflopcharts.js", "isoflop.js");
  private static final int CURVE_POINTS = 60;
  private static final double FLAT = 0.01;

  /**
   * Of what is known so far.
   *
   * @param planned how many sizes were asked for
   * @param sizes one at least
   */
  static IsoFlopPage of(
      IsoFlopResults.Settings settings, int planned, List<IsoFlopResults.Size> sizes) {
    double best = sizes.stream().mapToDouble(IsoFlopResults.Size::loss).min().orElseThrow();
    return new IsoFlopPage(
        settings,
        planned,
        sizes.stream().map(size -> trained(size, best)).toList(),
        sizes.size() < IsoFlopFit.FEWEST_SIZES ? null : own(IsoFlopResults.fit(sizes)),
        AllocationLaw.all().stream().map(law -> law(law, settings.flops())).toList(),
        foretold(sizes),
        IsoFlopDifferences.of(settings, sizes));
  }

  private static Trained trained(IsoFlopResults.Size size, double best) {
    double flopsPerStep = size.flops() / size.steps();
    return new Trained(
        size.hiddenSize(),
        size.parameters(),
        size.embeddingShare(),
        size.tokens(),
        size.tokensPerParameter(),
        size.steps(),
        size.passes(),
        size.loss(),
        size.loss() - best,
        size.seconds(),
        size.curve().stream()
            .map(point -> List.of(point.step() * flopsPerStep, point.loss()))
            .toList());
  }

  private static Own own(IsoFlopFit fit) {
    double first = fit.runs().getFirst().parameters();
    double last = fit.runs().getLast().parameters();
    List<List<Double>> curve =
        IntStream.rangeClosed(0, CURVE_POINTS)
            .mapToDouble(i -> first * Math.pow(last / first, (double) i / CURVE_POINTS))
            .mapToObj(parameters -> List.of(parameters, fit.loss(parameters)))
            .toList();
    double factor = fit.factorWithin(FLAT);
    return new Own(
        curve,
        fit.optimum()
            .map(
                lowest ->
                    new Lowest(
                        lowest.parameters(),
                        lowest.tokens(),
                        lowest.tokensPerParameter(),
                        lowest.loss(),
                        Math.max(first, lowest.parameters() / factor),
                        Math.min(last, lowest.parameters() * factor)))
            .orElse(null));
  }

  private static Law law(AllocationLaw law, double flops) {
    ComputeOptimum optimum = law.optimum(flops);
    double twice = law.optimum(2 * flops).parameters();
    return new Law(
        law.name(),
        optimum.parameters(),
        optimum.tokens(),
        optimum.tokensPerParameter(),
        Math.log(twice / optimum.parameters()) / Math.log(2),
        !(law instanceof KaplanAllocation),
        law.source());
  }

  private static List<Foretold> foretold(List<IsoFlopResults.Size> sizes) {
    List<Foretold> all = new ArrayList<>();
    for (ChinchillaFit fit : ChinchillaFit.ALL) {
      all.add(foretold(fit.name(), sizes, size -> size.lossBy(fit)));
    }
    all.add(
        foretold(
            new KaplanAllocation().name(),
            sizes,
            size ->
                KaplanLaw.lossOfParametersAndTokens(
                    (double) size.parameters() - size.embeddingParameters(),
                    (double) size.tokens())));
    return all;
  }

  private static Foretold foretold(
      String name, List<IsoFlopResults.Size> sizes, ToDoubleFunction<IsoFlopResults.Size> lossOf) {
    return new Foretold(
        name,
        sizes.stream()
            .map(size -> List.of((double) size.parameters(), lossOf.applyAsDouble(size)))
            .toList());
  }

  /** One HTML file that needs nothing beside itself. */
  String render() {
    return PageFile.render(
        "isoflop.html",
        "IsoFLOP curve of " + Units.flops(settings.flops()) + " for each size",
        summary(),
        JsonMapper.shared().writeValueAsString(this),
        SCRIPTS);
  }

  /** In a sentence or two. */
  String summary() {
    String soFar =
        sizes.size() < planned
            ? String.format(
                Locale.ROOT, "So far %d of %d sizes are trained. ", sizes.size(), planned)
            : "";
    if (own == null) {
      return soFar + "A curve needs " + IsoFlopFit.FEWEST_SIZES + ".";
    }
    if (own.optimum == null) {
      return soFar
          + "The curve has no lowest point among these sizes: the best one is smaller or larger"
          + " than all of them.";
    }
    return soFar
        + String.format(
            Locale.ROOT,
            "For %s the best model of these stories has %s parameters, and reads %s tokens for"
                + " each of them.",
            Units.flops(settings.flops()),
            Units.amount(own.optimum.parameters()).replace(' ', '\u00a0'),
            Units.significant(own.optimum.tokensPerParameter()));
  }
}
