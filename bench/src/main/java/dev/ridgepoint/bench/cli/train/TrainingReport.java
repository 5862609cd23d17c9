package dev.ridgepoint.bench.cli.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ridgepoint.bench.ModelFields;
import dev.ridgepoint.bench.report.page.PageFile;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run came to: {@code train.json}, and what {@code train.html} draws. Base units; what is
 * not known is left out.
 *
 * @param version which Ridgepoint trained
 * @param model its name
 * @param modelFields its sizes, if its layers are alike
 * @param settings as they were given
 * @param tokensPerStep of all micro-batches
 * @param flopsPerStep as the estimator lists them, which the engine metered
 * @param steps all that were made, those of earlier parts of a resumed run included
 * @param tokensPerSecond median of the steps that were measured
 * @param flopsPerSecond at that speed
 * @param peakFlopsPerSecond of this machine with as many threads, if it was measured
 * @param shareOfPeak of that
 * @param operations what each took, in the steps that were measured
 * @param memory by group
 * @param process in all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrainingReport(
    String version,
    String model,
    ModelFields modelFields,
    Map<String, Object> settings,
    long tokensPerStep,
    long flopsPerStep,
    List<Step> steps,
    Double tokensPerSecond,
    Double flopsPerSecond,
    Double peakFlopsPerSecond,
    Double shareOfPeak,
    List<OperationTime> operations,
    List<MemoryGroup> memory,
    ProcessMemory process) {

  /** A step. */
  record Step(long step, double loss, double gradientNorm, double learningRate, double seconds) {}

  /**
   * What an operation took in a step, over all layers and micro-batches.
   *
   * @param phase forward, recompute, backward or update
   */
  record OperationTime(
      String operation,
      String phase,
      double seconds,
      double flopsPerSecond,
      double bytesPerSecond) {}

  /** What was predicted of a kind of memory, and what was allocated. */
  record MemoryGroup(
      String group, long predictedBytes, long measuredBytes, Map<String, Long> predictedItems) {}

  private static final List<String> SCRIPTS = List.of("traincharts.js", "train.js");

  /** As many as a wide screen has columns for. */
  private static final int DRAWN_STEPS = 1000;

  /**
   * The steps that the report of an interrupted run holds.
   *
   * @param file {@code train.json}
   * @param last the one from which it goes on
   */
  static List<Step> stepsUntil(Path file, long last) {
    if (Files.notExists(file)) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    for (JsonNode node : StrictJson.readObject(file).path("steps")) {
      Step step = JsonMapper.shared().treeToValue(node, Step.class);
      if (step.step() <= last) {
        steps.add(step);
      }
    }
    return steps;
  }

  /** As a file. */
  String json() {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
  }

  /** One HTML file that needs nothing beside itself. */
  String page() {
    ObjectNode data = JsonMapper.shared().valueToTree(this);
    data.set("steps", JsonMapper.shared().valueToTree(drawnSteps()));
    return PageFile.render(
        TrainingRun.PAGE, "Training " + model, summary(), data.toString(), SCRIPTS);
  }

  /** Every so many-th, and the last. */
  private List<Step> drawnSteps() {
    int stride = Math.max(1, Math.ceilDiv(steps.size(), DRAWN_STEPS));
    return IntStream.range(0, steps.size())
        .filter(i -> i % stride == 0 || i == steps.size() - 1)
        .mapToObj(steps::get)
        .toList();
  }

  /** In a sentence or three. */
  String summary() {
    if (steps.isEmpty()) {
      return "No step was made.";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "After %s the loss is %.3f; it began at %.3f.",
            Units.count(steps.size(), "step"),
            steps.getLast().loss(),
            steps.getFirst().loss()));
    if (tokensPerSecond != null) {
      text.append(
          String.format(
              Locale.ROOT,
              " A step of %,d tokens takes %s: %s, %s.",
              tokensPerStep,
              Units.seconds(tokensPerStep / tokensPerSecond),
              Units.tokensPerSecond(tokensPerSecond),
              Units.flopsPerSecond(flopsPerSecond)));
    }
    if (shareOfPeak != null) {
      text.append(
          String.format(
              Locale.ROOT,
              " That is %s of this machine's peak of %s.",
              Units.percent(shareOfPeak),
              Units.flopsPerSecond(peakFlopsPerSecond)));
    }
    return text.toString();
  }
}
