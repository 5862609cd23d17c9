package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.compare.Rate.Interval;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the page of a comparison shows, as JSON in base units.
 *
 * <ul>
 *   <li>{@code summary}, {@code notes}: texts
 *   <li>{@code measurements}: {@code number}, {@code against} ({@code null} if nothing), {@code
 *       file}, {@code engine}, {@code model}, {@code machine}, {@code facts}, {@code roofs}
 *   <li>{@code steps} that both sides have: the step, the numbers {@code before} and {@code after},
 *       {@code was} and {@code is} in tokens/s, {@code ratio}, {@code ratioLow} and {@code
 *       ratioHigh} ({@code null} without an interval or without an end), {@code verdict}, and what
 *       keys and values were and are stored in, {@code kvDtypeBefore} and {@code kvDtype} ({@code
 *       null} if the file does not say)
 *   <li>{@code points} of the roofline, of all steps whose FLOPs and bytes are known: the step, the
 *       {@code number} of the measurements, {@code tokensPerSecond}, {@code intensity}, {@code
 *       flopsPerSecond} and its interval
 *   <li>{@code unmatched}: the step, and the numbers {@code has} and {@code lacks}
 * </ul>
 */
final class ComparisonJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private ComparisonJson() {}

  static String render(Comparison comparison) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("summary", Summary.of(comparison));
    ArrayNode measurements = root.putArray("measurements");
    ArrayNode points = root.putArray("points");
    for (int number = 1; number <= comparison.measurements().size(); number++) {
      measurements.add(measurements(comparison, number));
      addPoints(points, comparison, number);
    }
    ArrayNode steps = root.putArray("steps");
    comparison.matches().forEach(match -> steps.add(match(match)));
    ArrayNode unmatched = root.putArray("unmatched");
    comparison
        .unmatched()
        .forEach(
            each ->
                unmatched.add(step(each.step()).put("has", each.has()).put("lacks", each.lacks())));
    root.set("notes", MAPPER.valueToTree(ComparisonTable.notes(comparison)));
    return MAPPER.writeValueAsString(root);
  }

  private static ObjectNode measurements(Comparison comparison, int number) {
    Measurements of = comparison.measurements().get(number - 1);
    ObjectNode node = MAPPER.createObjectNode();
    node.put("number", number);
    node.put("against", comparison.against(number).orElse(null));
    node.put("file", of.file());
    node.put("engine", of.engine());
    node.put("model", of.model());
    node.put("machine", of.machine());
    node.set("facts", MAPPER.valueToTree(of.setup().facts()));
    ArrayNode roofs = node.putArray("roofs");
    of.setup().roofs().forEach(roof -> roofs.add(roof(roof)));
    return node;
  }

  private static ObjectNode roof(Roof roof) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("threads", roof.threads());
    node.put("peakFlopsPerSecond", roof.roofline().peakFlopsPerSecond());
    node.put("bytesPerSecond", roof.roofline().bytesPerSecond());
    node.put("ridgePoint", roof.roofline().ridgePoint());
    node.put("level", roof.level());
    node.set("levels", MAPPER.valueToTree(roof.levels()));
    return node;
  }

  private static void addPoints(ArrayNode points, Comparison comparison, int number) {
    comparison
        .measurements()
        .get(number - 1)
        .rates()
        .forEach(
            (step, rate) ->
                comparison
                    .counted(number, step)
                    .ifPresent(counted -> points.add(point(number, step, rate, counted))));
  }

  private static ObjectNode point(int number, StepKey step, Rate rate, Counted counted) {
    double flopsPerToken = (double) counted.flops() / step.batch() / step.newTokens();
    ObjectNode node = step(step);
    node.put("number", number);
    node.put("tokensPerSecond", rate.tokensPerSecond());
    node.put("intensity", counted.intensity());
    node.put("flopsPerSecond", flopsPerToken * rate.tokensPerSecond());
    putEnds(node, "flopsPerSecond", rate.interval(), flopsPerToken);
    return node;
  }

  private static ObjectNode match(Comparison.Match match) {
    Ratio ratio = match.ratio();
    ObjectNode node = step(match.step());
    node.put("before", match.before());
    node.put("after", match.after());
    node.put("was", match.was().tokensPerSecond());
    node.put("is", match.is().tokensPerSecond());
    node.put("ratio", ratio.value());
    putEnds(node, "ratio", ratio.interval(), 1);
    node.put("verdict", ratio.verdict().toString());
    node.put("kvDtypeBefore", match.step().kvDtype().orElse(null));
    node.put("kvDtype", match.partner().kvDtype().orElse(null));
    return node;
  }

  private static void putEnds(
      ObjectNode node, String name, Optional<Interval> interval, double factor) {
    node.put(name + "Low", interval.map(ends -> factor * ends.low()).orElse(null));
    node.put(
        name + "High",
        interval.map(ends -> factor * ends.high()).filter(Double::isFinite).orElse(null));
  }

  private static ObjectNode step(StepKey step) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("phase", step.phase().label());
    node.put("dtype", step.dtype());
    node.put("threads", step.threads());
    node.put("batch", step.batch());
    node.put("newTokens", step.newTokens());
    node.put("context", step.context());
    return node;
  }
}
