package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static dev.ridgepoint.bench.report.SampleReports.prefill;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.explorer.Explorer;
import dev.ridgepoint.bench.explorer.Runner;
import dev.ridgepoint.bench.explorer.Stops;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.PredictedTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ReportTest {

  @Test
  void pointsCarryTheEstimatorsExactCounts() {
    Report report = SampleReports.report(List.of(decode(2, 4, 128, 0.05), prefill(2, 32, 0.1)));
    Cost decode = total(Step.decode(4, 128));
    assertEquals(decode.flops(), report.points().get(0).flops());
    assertEquals(decode.bytes(), report.points().get(0).bytes());
    Cost prefill = total(Step.prefill(32));
    assertEquals(prefill.flops(), report.points().get(1).flops());
    assertEquals(prefill.bytes(), report.points().get(1).bytes());
  }

  @Test
  void operationsAreOnePerNameAndAddUpToTheStep() {
    for (Point point : SampleReports.typical().points()) {
      List<String> names = point.operations().stream().map(NamedPrediction::name).toList();
      assertEquals(names.stream().distinct().toList(), names);
      assertEquals(
          point.flops(),
          point.operations().stream().mapToLong(o -> o.prediction().cost().flops()).sum());
      assertEquals(
          point.bytes(),
          point.operations().stream().mapToLong(o -> o.prediction().cost().bytes()).sum());
      assertEquals(
          point.prediction().calibratedSeconds().orElseThrow(),
          point.operations().stream().mapToDouble(o -> Point.seconds(o.prediction())).sum(),
          1e-9);
    }
  }

  @Test
  void aPointIsAsPredictedWhereItsErrorReachesThePredictionsInterval() {
    PredictedTime time =
        SampleReports.report(List.of(decode(1, 1, 128, 0.08)))
            .points()
            .getFirst()
            .prediction()
            .calibrated()
            .orElseThrow();
    assertEquals(0.97, time.lowestSeconds() / time.seconds(), 1e-3);
    assertEquals(1.05, time.highestSeconds() / time.seconds(), 1e-3);
    // Half of a sample's 90 % interval is 1.2 % of its time.
    assertEquals(List.of(false, true, true, false), asPredicted(time.seconds()));
  }

  private static List<Boolean> asPredicted(double seconds) {
    return DoubleStream.of(0.95, 0.962, 1.062, 1.07)
        .mapToObj(ratio -> SampleReports.report(List.of(decode(1, 1, 128, ratio * seconds))))
        .map(report -> report.points().getFirst().isAsPredicted())
        .toList();
  }

  @Test
  void ratesFollowFromCountsAndTime() {
    Point point = SampleReports.report(List.of(decode(1, 8, 128, 0.1))).points().getFirst();
    assertEquals(80, point.tokensPerSecond(), 1e-9);
    assertEquals(point.flops() * 10.0, point.flopsPerSecond(), 1);
    assertEquals(point.bytes() * 10.0, point.bytesPerSecond(), 1);
    double attainable = point.intensity() * point.roofline().bytesPerSecond();
    assertEquals(attainable, point.attainableFlopsPerSecond(), 1e-3);
    assertEquals(point.flopsPerSecond() / attainable, point.fractionOfRoof(), 1e-12);
    assertEquals(Roofline.Bound.MEMORY, point.boundBy());
  }

  @Test
  void pointsAreNumberedInOneOrderWhateverTheOrderGiven() {
    List<MeasuredPoint> points = SampleReports.defaultPoints();
    List<Point> ordered = SampleReports.report(points).points();
    assertEquals(ordered, SampleReports.report(points.reversed()).points());
    for (int i = 0; i < ordered.size(); i++) {
      assertEquals(i + 1, ordered.get(i).number());
    }
    assertEquals(2, ordered.getFirst().threads());
    assertEquals(Phase.DECODE, ordered.getFirst().phase());
    assertEquals(Phase.PREFILL, ordered.getLast().phase());
  }

  @Test
  void panelsNeverMixThreads() {
    List<Panel> panels = SampleReports.typical().panels();
    assertEquals(List.of(2, 1), panels.stream().map(Panel::threads).toList());
    for (Panel panel : panels) {
      panel.points().forEach(p -> assertEquals(panel.threads(), p.threads()));
      panel.points().forEach(p -> assertEquals(panel.roofline(), p.roofline()));
      assertEquals(panel.roofline().bytesPerSecond(), panel.memory().bytesPerSecond());
    }
    assertEquals(180e9, panels.get(1).peakFlopsPerSecond());
  }

  @Test
  void typicalReportWarnsOfNothing() {
    assertEquals(List.of(), SampleReports.typical().warnings());
  }

  @Test
  void pointAboveItsRoofIsWarnedOf() {
    Report report = SampleReports.report(List.of(decode(2, 1, 128, 0.0365)));
    assertTrue(report.points().getFirst().isAboveRoof());
    assertTrue(
        report.warnings().getFirst().text().startsWith("lies above its roof, at 103.1 % of it."),
        report.warnings().toString());
    assertTrue(
        report
            .sentence(report.warnings().getFirst())
            .startsWith("Point 1 (decode, batch 1, context 128, 2 threads) lies above its roof"));
  }

  @Test
  void memoryThatWasSlowAtTheTimeIsNamed() {
    double bytes = SampleReports.report(List.of(decode(2, 1, 128, 1))).points().getFirst().bytes();
    double half = SampleReports.memoryBandwidth(2) / 2;
    MeasuredPoint slow =
        new MeasuredPoint(
            Phase.DECODE,
            2,
            1,
            1,
            128,
            bytes / (0.9 * half),
            OptionalDouble.of(0),
            12,
            SampleReports.KERNELS,
            half,
            List.of());
    Report report = SampleReports.report(List.of(slow));
    assertEquals(
        Warning.ofPoint(
            1,
            "met a slow memory: plain reads between its iterations got 13.2 GB/s, of which it"
                + " reached 90 %; at its best, which the roof shows, the memory gave 26.5 GB/s."),
        report.warnings().getLast());
    assertTrue(
        report.summary().contains("45 % of what memory bandwidth allows (90 % of what"),
        report.summary());
  }

  @Test
  void noisyAndMispredictedPointsAreWarnedOf() {
    MeasuredPoint noisy =
        new MeasuredPoint(
            Phase.DECODE,
            2,
            1,
            1,
            128,
            0.0415,
            OptionalDouble.of(0.01),
            3,
            SampleReports.KERNELS,
            27e9,
            List.of("tells nothing."));
    Report report = SampleReports.report(List.of(noisy, prefill(2, 512, 3.0)));
    assertEquals(3, report.warnings().size(), report.warnings().toString());
    assertEquals(
        Warning.ofPoint(
            1, "is uncertain by 24 %: the machine was busy, or 3 samples were too few."),
        report.warnings().get(0));
    assertEquals(Warning.ofPoint(1, "tells nothing."), report.warnings().get(1));
    assertEquals(OptionalInt.of(2), report.warnings().get(2).point());
    assertTrue(report.warnings().get(2).text().contains("too short: the step does something"));
  }

  @Test
  void aSingleSampleHasNoError() {
    MeasuredPoint single =
        new MeasuredPoint(
            Phase.DECODE,
            2,
            1,
            1,
            128,
            0.0415,
            OptionalDouble.empty(),
            1,
            SampleReports.KERNELS,
            27e9,
            List.of());
    Report report = SampleReports.report(List.of(single));
    assertEquals(
        List.of(Warning.ofPoint(1, "is a single sample, so that its error is not known.")),
        report.warnings());
  }

  @Test
  void aStepThatBeatsItsPredictionWasPredictedFromSlowKernels() {
    Report report = SampleReports.report(List.of(prefill(2, 512, 1.2)));
    assertTrue(
        report.warnings().stream()
            .anyMatch(warning -> warning.text().contains("too long: its operations were slower")),
        report.warnings().toString());
  }

  @Test
  void modelThatFitsIntoACacheIsUnderItsRoof() {
    Architecture small =
        ConfigReader.parse(
            "small",
            """
            {"model_type": "llama", "vocab_size": 1000, "hidden_size": 64,
             "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "tie_word_embeddings": true}
            """);
    Explorer explorer =
        Explorer.of(
            SampleReports.machine(),
            SampleReports.KERNELS,
            Report.COMPUTE_DTYPE,
            small,
            SampleReports.BF16,
            Stops.of(64, List.of(1), List.of(16), List.of(32), List.of(1)));
    Report report =
        Report.of(
            SampleReports.machine(),
            small,
            SampleReports.BF16,
            List.of(decode(1, 1, 16, 1e-4)),
            explorer,
            SampleReports.run());
    assertTrue(
        report
            .warnings()
            .getFirst()
            .text()
            .startsWith("The weights, 277 kB, fit into the L2 cache"),
        report.warnings().toString());
    Point point = report.points().getFirst();
    assertEquals(MemoryLevel.of(report.machine(), 1).get(1).name(), "L2");
    assertEquals(
        MemoryLevel.of(report.machine(), 1).get(1).bytesPerSecond(),
        point.roofline().bytesPerSecond());
    assertEquals("L2", report.panels().getFirst().memory().name());
    assertTrue(
        report.summary().endsWith("% of what the L2 cache's bandwidth allows."), report.summary());
    for (Runner runner : explorer.machine()) {
      // 277 kB in BF16, 556 kB in F32: all formats lie in this cache.
      assertEquals(point.roofline(), runner.setup().roofline());
    }
  }

  @Test
  void notesOfTheRunAreWarnings() {
    Run run = SampleReports.run();
    Run drifted =
        new Run(
            run.modelName(),
            run.command(),
            run.ridgepoint(),
            run.cores(),
            run.finished(),
            run.jdk(),
            run.jvmFlags(),
            List.of(Warning.ofRun("Interrupted."), Warning.ofMachine("The bandwidth drifted.")),
            Optional.empty());
    Report report =
        Report.of(
            SampleReports.machine(),
            SampleReports.QWEN,
            SampleReports.BF16,
            List.of(decode(1, 1, 128, 0.08)),
            SampleReports.EXPLORER,
            drifted);
    assertEquals(
        List.of(Warning.ofMachine("The bandwidth drifted."), Warning.ofRun("Interrupted.")),
        report.warnings());
  }

  @Test
  void weightBytesAndParametersAreThePublishedOnes() {
    ModelSummary model = ModelSummary.of(ModelCatalog.get("Qwen2.5-0.5B"), SampleReports.BF16);
    assertEquals(494_032_768L, model.parameters());
    assertEquals("bf16", model.dtype());
  }

  @Test
  void impossibleMeasurementsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> decode(1, 1, 128, 0));
    assertThrows(IllegalArgumentException.class, () -> decode(1, 1, 128, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> SampleReports.report(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> SampleReports.report(List.of(decode(3, 1, 128, 0.1))),
        "no roofs for 3 threads");
  }

  private static Cost total(Step step) {
    return OperationList.total(
        OperationList.of(SampleReports.QWEN, ForwardOptions.of(SampleReports.BF16, step), step));
  }
}
