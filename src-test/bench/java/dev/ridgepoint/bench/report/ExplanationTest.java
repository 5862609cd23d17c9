package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static dev.ridgepoint.bench.report.SampleReports.prefill;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  @Test
  void summarySaysSpeedAndWhatBoundsIt() {
    assertEquals(
        "On 2 threads, Qwen2.5-0.5B in bf16 decodes 24.1 tokens/s for one sequence, 91 % of what"
            + " memory bandwidth allows; it reads a prompt of 512 tokens at 352 tokens/s, 76 % of"
            + " what arithmetic allows.",
        SampleReports.typical().summary());
  }

  @Test
  void decodeIsExplainedByItsBytes() {
    String text = text(SampleReports.typical());
    assertContains(
        text,
        "On 2 threads this machine can do 340 GFLOP/s, but its memory delivers 26.5 GB/s.",
        "must be used for 340 GFLOP / 26.5 GB = 12.8 FLOPs: that is the ridge point.",
        "One decoded token reads 988 MB of weights",
        "so memory decides: at 26.5 GB/s the best possible is 26.6 tokens/s."
            + " Measured: 24.1 tokens/s, 91 % of it.",
        "Batch 8 reads the same weights for 8 tokens: 8 times the FLOPs for 1.06 times the bytes",
        "It is still left of the ridge point, which a batch of about 15 would cross.",
        "With 2,048 tokens cached instead of 128, a step moves 50.4 MB of keys and values");
  }

  @Test
  void batchNamedAsCrossingTheRidgePointCrossesIt() {
    Report report = SampleReports.report(List.of(decode(2, 14, 128, 0.1), decode(2, 15, 128, 0.1)));
    assertTrue(report.points().get(0).isMemoryBound());
    assertFalse(report.points().get(1).isMemoryBound());
  }

  @Test
  void prefillIsExplainedByItsArithmetic() {
    assertContains(
        text(SampleReports.typical()),
        "Prefill of 512 tokens reads the weights once for all of them",
        "so arithmetic decides: at 340 GFLOP/s the best possible is 460 tokens/s.",
        "A prompt of 32 tokens shares each weight among fewer tokens");
  }

  @Test
  void threadsAreCompared() {
    assertContains(
        text(SampleReports.typical()),
        "From 1 thread to 2, the FMA peak grows 1.89×, the bandwidth 1.93×,"
            + " decode (batch 1, context 128) 1.93× and prefill (512 tokens) 1.93×.");
  }

  @Test
  void onlyDecodeSaysNothingOfPrefillOrOtherThreads() {
    Report report = SampleReports.report(List.of(decode(1, 1, 128, 0.08)));
    assertEquals(
        "On 1 thread, Qwen2.5-0.5B in bf16 decodes 12.5 tokens/s for one sequence,"
            + " 91 % of what memory bandwidth allows.",
        report.summary());
    String text = text(report);
    assertContains(text, "On 1 thread this machine");
    assertFalse(text.contains("Prefill"), text);
    assertFalse(text.contains("Batch"), text);
    assertFalse(text.contains("From 1 thread"), text);
  }

  @Test
  void onlyPrefillSaysNothingOfDecode() {
    Report report = SampleReports.report(List.of(prefill(2, 1, 0.05)));
    String text = report.summary() + text(report);
    assertContains(text, "reads a prompt of 1 token at 20.0 tokens/s", "Prefill of 1 token reads");
    assertFalse(text.toLowerCase(Locale.ROOT).contains("decode"), text);
  }

  @Test
  void decodeOfManySequencesMayBeComputeBound() {
    Report report =
        SampleReports.report(List.of(decode(2, 1, 128, 0.0415), decode(2, 64, 128, 0.3)));
    assertContains(
        text(report),
        "That is right of the ridge point: such a batch waits for arithmetic, as prefill does.");
    Report alone = SampleReports.report(List.of(decode(2, 64, 128, 0.3)));
    assertContains(
        text(alone),
        "One decode step of batch 64, a token for each of 64 sequences, reads",
        "so arithmetic decides");
  }

  @Test
  void longContextMayKeepDecodeFromEverCrossing() {
    Report report =
        SampleReports.report(List.of(decode(2, 1, 30_000, 0.1), decode(2, 2, 30_000, 0.15)));
    assertContains(text(report), "No batch would cross the ridge point at this context");
  }

  @Test
  void pointAboveTheRoofIsNotPraised() {
    assertContains(
        text(SampleReports.report(List.of(decode(2, 1, 128, 0.03)))),
        "which cannot be: see the warning");
  }

  @Test
  void accuracyNamesMedianAndWorst() {
    String text = Accuracy.of(SampleReports.typical());
    assertTrue(
        text.matches(
            "Over 16 points the calibrated prediction is off by [\\d.]+ % in the median and by"
                + " [\\d.]+ % at worst \\(\\d+: .* threads?\\)\\. \\d+ of them lie where .*"),
        text);
  }

  @Test
  void withoutCalibrationOnlyTheBoundIsCompared() {
    Report report =
        Report.of(
            SampleReports.machine(),
            SampleReports.QWEN,
            SampleReports.BF16,
            SampleReports.uncalibrated(
                List.of(decode(2, 1, 128, 0.0752), decode(2, 1, 2048, 0.0789))),
            SampleReports.EXPLORER,
            SampleReports.run());
    assertEquals(
        "There is no calibration, so only the bound stands beside the measurements: they take 2.00"
            + " to 2.00 times as long.",
        Accuracy.of(report));
  }

  private static String text(Report report) {
    StringBuilder text = new StringBuilder();
    for (Explanation.Section section : Explanation.of(report)) {
      text.append(section.title()).append('\n');
      section.paragraphs().forEach(p -> text.append(p).append('\n'));
    }
    return text.toString();
  }

  private static void assertContains(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> "\"" + part + "\" is not in:\n" + text);
    }
  }
}
