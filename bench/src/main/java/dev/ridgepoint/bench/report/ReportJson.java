package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.explorer.ExplorerJson;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The report as JSON, for programs: the same numbers as on the page, in base units. */
public final class ReportJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private ReportJson() {}

  /** The text of {@code report.json}, indented. */
  public static String render(Report report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("machine", machine(report.machine()));
    root.set("model", model(report));
    root.set("run", run(report.run()));
    root.put("summary", report.summary());
    root.put("accuracy", Accuracy.of(report));
    ArrayNode roofs = root.putArray("roofs");
    report.panels().forEach(panel -> roofs.add(roof(panel)));
    ArrayNode points = root.putArray("points");
    report.points().forEach(point -> points.add(point(report, point)));
    root.set("techniques", JsonTables.rows(TechniquesTable.full(report.techniques())));
    root.set("explorer", ExplorerJson.of(report.explorer()));
    ArrayNode warnings = root.putArray("warnings");
    report.warnings().forEach(warning -> warnings.add(warning(warning)));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static ObjectNode machine(Machine machine) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("cpu", machine.cpu());
    node.put("cores", machine.cores());
    node.put("vectorBits", machine.vectorBits());
    ObjectNode peaks = node.putObject("peakFlopsPerSecond");
    for (Machine.Peak peak : machine.peaks()) {
      peaks
          .withObject("/" + peak.dtype().toLowerCase(Locale.ROOT))
          .put("" + peak.threads(), peak.flopsPerSecond());
    }
    ArrayNode bandwidths = node.putArray("bandwidth");
    for (Machine.Bandwidth sample : machine.bandwidths()) {
      bandwidths
          .addObject()
          .put("threads", sample.threads())
          .put("workingSetBytes", sample.workingSetBytes())
          .put("bytesPerSecond", sample.bytesPerSecond())
          .put("level", sample.level())
          .put("lowestBytesPerSecond", sample.lowestBytesPerSecond());
    }
    return node;
  }

  private static ObjectNode model(Report report) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("name", report.run().modelName());
    node.set("config", MAPPER.valueToTree(report.model().config()));
    node.put("dtype", report.model().dtype());
    node.put("kvDtype", report.model().kvDtype());
    node.put("parameters", report.model().parameters());
    node.put("weightBytes", report.model().weightBytes());
    return node;
  }

  private static ObjectNode run(Run run) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("command", run.command());
    node.put("ridgepoint", run.ridgepoint());
    node.put("cores", run.cores());
    node.put("finished", run.finished().toString());
    node.put("jdk", run.jdk());
    ArrayNode flags = node.putArray("jvmFlags");
    run.jvmFlags().forEach(flags::add);
    run.progress()
        .ifPresent(
            progress ->
                node.putObject("progress")
                    .put("measured", progress.measured())
                    .put("planned", progress.planned())
                    .put("secondsLeft", progress.secondsLeft()));
    return node;
  }

  private static ObjectNode roof(Panel panel) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("threads", panel.threads());
    node.put("peakFlopsPerSecond", panel.peakFlopsPerSecond());
    node.put("bytesPerSecond", panel.roofline().bytesPerSecond());
    node.put("ridgePoint", panel.roofline().ridgePoint());
    node.put("level", panel.memory().name());
    ArrayNode levels = node.putArray("levels");
    for (MemoryLevel level : panel.levels()) {
      levels
          .addObject()
          .put("name", level.name())
          .put("toBytes", level.toBytes())
          .put("bytesPerSecond", level.bytesPerSecond());
    }
    return node;
  }

  private static ObjectNode point(Report report, Point point) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("number", point.number());
    node.put("phase", point.phase().label());
    node.put("dtype", report.model().dtype());
    node.put("kvDtype", report.model().kvDtype());
    node.put("threads", point.threads());
    node.put("batch", point.measured().batch());
    node.put("newTokens", point.measured().newTokens());
    node.put("context", point.measured().context());
    node.put("flops", point.flops());
    node.put("bytes", point.bytes());
    node.put("weightBytes", point.weightBytes());
    node.put("kvBytes", point.kvBytes());
    node.put("intensity", point.intensity());
    node.put("seconds", point.seconds());
    OptionalDouble error = point.measured().secondsError();
    node.put("secondsError", error.isPresent() ? (Double) error.getAsDouble() : null);
    node.put("samples", point.measured().samples());
    node.put("tokensPerSecond", point.tokensPerSecond());
    node.put("flopsPerSecond", point.flopsPerSecond());
    node.put("bytesPerSecond", point.bytesPerSecond());
    node.put("attainableFlopsPerSecond", point.attainableFlopsPerSecond());
    node.put("fractionOfRoof", point.fractionOfRoof());
    node.put("boundBy", Point.name(point.boundBy()));
    node.put("readBytesPerSecond", point.measured().readBytesPerSecond());
    ObjectNode predicted = node.putObject("predictedSeconds");
    predicted(predicted, point.prediction());
    ArrayNode operations = node.putArray("operations");
    for (NamedPrediction named : point.operations()) {
      Prediction operation = named.prediction();
      ObjectNode each = operations.addObject();
      each.put("name", named.name());
      each.put("flops", operation.cost().flops());
      each.put("bytes", operation.cost().bytes());
      each.put("boundBy", Point.name(operation.boundBy()));
      predicted(each.putObject("predictedSeconds"), operation);
    }
    return node;
  }

  private static ObjectNode warning(Warning warning) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("subject", warning.subject().name().toLowerCase(Locale.ROOT));
    warning.point().ifPresent(number -> node.put("point", number));
    return node.put("text", warning.text());
  }

  private static void predicted(ObjectNode node, Prediction prediction) {
    node.put("bound", prediction.boundSeconds());
    Optional<PredictedTime> calibrated = prediction.calibrated();
    node.put("calibrated", calibrated.map(PredictedTime::seconds).orElse(null));
    node.put("lowest", calibrated.map(PredictedTime::lowestSeconds).orElse(null));
    node.put("highest", calibrated.map(PredictedTime::highestSeconds).orElse(null));
  }
}
