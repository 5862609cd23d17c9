package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.report.MachineSummary.Bandwidth;
import dev.ridgepoint.bench.report.MachineSummary.Peak;
import dev.ridgepoint.estimator.ModelConfig;
import dev.ridgepoint.estimator.RopeScaling;
import java.nio.file.*;
import java.time.Instant;
import java.util.*;

final class SampleReports {
  static final ModelConfig QWEN =
      new ModelConfig("qwen2", 151936, 896, 4864, 24, 14, 2, 64, 32768, 1e-6, 1e6,
          new RopeScaling.None(), true, true, false, false, false, 0, 0);

  static MachineSummary machine() {
    List<Bandwidth> curve = new ArrayList<>();
    for (int t = 1; t <= 2; t++)
      for (long size = 16 * 1024; size <= 2L << 30; size *= 2) {
        double one = size <= 64 << 10 ? 172e9 : size <= 128 << 10 ? 120e9 : size <= 2 << 20 ? 92e9 : size <= 4 << 20 ? 55e9 : size <= 64 << 20 ? 28e9 : size <= 128 << 20 ? 20e9 : 14e9;
        double wobble = 1 - 0.02 * ((size / 16384) % 3);
        curve.add(new Bandwidth(t, size, one * (t == 1 ? 1 : 1.93) * wobble, 0.03));
      }
    return new MachineSummary("AMD EPYC 9R14 (virtual machine)", 2, 512, 32L << 20,
        List.of(new Peak("f32", 1, 180e9, 0.02), new Peak("f32", 2, 340e9, 0.03)), curve);
  }

  static Report typical() {
    List<Point> points = new ArrayList<>();
    for (int threads : new int[] {2, 1}) {
      for (int[] s : new int[][] {{1, 1, 128}, {2, 1, 128}, {4, 1, 128}, {8, 1, 128}, {1, 1, 2048}, {1, 32, 0}, {1, 128, 0}, {1, 512, 0}}) {
        boolean decode = s[1] == 1;
        long m = (long) s[0] * s[1];
        long flops = 2 * m * 358_000_000L + 2L * s[0] * 136_000_000L + m * 24 * 14 * 260L * (decode ? s[2] : s[1] / 2);
        long kv = (long) s[0] * 24 * 2 * 128 * 4 * (s[1] + s[2]);
        long weights = 988_000_000L;
        long bytes = weights + kv + m * 24 * 4 * 40000;
        double peak = threads == 1 ? 180e9 : 340e9, bw = threads == 1 ? 14e9 : 27.02e9;
        double bound = Math.max(flops / peak, bytes / bw);
        double eff = decode ? 0.91 - 0.03 * (s[0] - 1) / 2 - (s[2] > 1000 ? .04 : 0) : 0.55 + 0.04 * Math.log(s[1]) / Math.log(2) - .05;
        double sec = bound / eff;
        points.add(new Point(points.size() + 1,
            new MeasuredPoint(decode ? Phase.DECODE : Phase.PREFILL, "bf16", threads, s[0], s[1], s[2], sec, sec * 0.012),
            flops, bytes, weights, kv, peak, bw,
            new Point.PredictedSeconds(bound, OptionalDouble.of(sec * (1 + 0.05 * Math.sin(points.size() * 3)))),
            List.of()));
      }
    }
    return new Report(machine(), new ModelSummary(QWEN, 494_032_768L, 988_065_536L),
        new Run("Qwen2.5-0.5B", "./ridge report", Instant.parse("2026-11-20T20:00:00Z"), "Eclipse Adoptium 25.0.1+8", List.of("-Xmx2g"), "382a385", List.of()), points, List.of());
  }
  private SampleReports() {}

  public static void main(String[] args) throws Exception {
    Path dir = Files.createDirectories(Path.of(args[0]));
    Report r = typical();
    String css = new String(Report.class.getResourceAsStream("chart.css").readAllBytes());
    Files.writeString(dir.resolve("roofline.svg"), Svg.stacked(css, r.panels().stream().map(p -> RooflineChart.draw(r, p, Layout.WIDE, "x" + p.threads())).toList()));
    Files.writeString(dir.resolve("narrow.svg"), Svg.stacked(css, r.panels().stream().map(p -> RooflineChart.draw(r, p, Layout.NARROW, "x" + p.threads())).toList()));
  }
}
