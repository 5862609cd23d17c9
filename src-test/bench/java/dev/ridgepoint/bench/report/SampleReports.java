package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.explorer.Explorer;
import dev.ridgepoint.bench.explorer.Stops;
import dev.ridgepoint.bench.report.page.Page;
import dev.ridgepoint.bench.report.page.RooflineSvg;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reports on a machine and runs that might have been. */
public final class SampleReports {
  static final Architecture QWEN = ModelCatalog.get("Qwen2.5-0.5B");
  static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.F32);
  static final double SCALING = 1.93;

  static final KernelCalibration KERNELS =
      new KernelCalibration(samples(), List.of(dispatch(1), dispatch(2)));

  /** What the typical report lets its reader ask. */
  static final Explorer EXPLORER = explorer(QWEN);

  private SampleReports() {}

  /**
   * Writes reports to a folder, to be looked at: a typical one, one of odd data, one that is not
   * complete.
   */
  public static void main(String[] args) throws IOException {
    write(typical(), Path.of(args[0], "typical"));
    write(odd(), Path.of(args[0], "odd"));
    write(running(), Path.of(args[0], "running"));
  }

  private static void write(Report report, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.html"), Page.render(report));
    Files.writeString(folder.resolve("roofline.svg"), RooflineSvg.render(report));
    Files.writeString(folder.resolve("report.json"), ReportJson.render(report));
    Files.writeString(folder.resolve("report.txt"), TerminalTable.render(report, true));
  }

  /** Points above a roof, uncertain ones, large batches; one number of threads. */
  public static Report odd() {
    return report(
        List.of(
            decode(1, 1, 128, 0.070),
            decode(1, 64, 128, 0.62),
            new MeasuredPoint(
                Phase.DECODE,
                1,
                256,
                1,
                128,
                4.1,
                OptionalDouble.of(0.9),
                12,
                KERNELS,
                memoryBandwidth(1),
                List.of()),
            decode(1, 1, 30_000, 0.31)));
  }

  /** The default job's points, with 1 and 2 threads. */
  public static Report typical() {
    return report(defaultPoints()).withTechniques(techniques());
  }

  /** One that gains as predicted, and one that loses, of a single turn. */
  static List<Technique> techniques() {
    return List.of(
        new Technique(
            "KV cache",
            "8 tokens after 64, each computed alone, instead of all before it with it",
            31.4,
            29.8,
            OptionalDouble.of(0.6),
            9,
            new Technique.Work(8, 548, 541_000_000_000L, 8_100_000_000L, 2.93),
            new Technique.Work(8, 8, 7_900_000_000L, 7_900_000_000L, 0.098),
            "Each of the \"8 tokens\" reads the weights.",
            "sum of step(n tokens) / sum of step(1 token)",
            "Pope et al. 2022"),
        new Technique(
            "speculation by a draft model",
            "4 guesses a step",
            0.61,
            0.58,
            OptionalDouble.empty(),
            1,
            new Technique.Work(47, 47, 46_000_000_000L, 46_000_000_000L, 1.9),
            new Technique.Work(235, 423, 98_000_000_000L, 77_000_000_000L, 3.3),
            "More is thrown away than saved.",
            "(1 - a^(K+1)) / (1 - a)",
            "Leviathan et al. 2023"));
  }

  /** The typical times, as if they were another model's. */
  public static Report of(Architecture architecture) {
    return Report.of(machine(), architecture, BF16, defaultPoints(), explorer(architecture), run());
  }

  private static Explorer explorer(Architecture architecture) {
    return Explorer.of(
        machine(),
        KERNELS,
        Report.COMPUTE_DTYPE,
        architecture,
        BF16,
        Stops.of(
            architecture.maxPositions(),
            List.of(1, 2, 4, 8),
            List.of(128, 2048),
            List.of(32, 128, 512),
            List.of(1, 2)));
  }

  /** A model and machine of such a name, and whatever else users name. */
  public static Report named(String name) {
    Run run = run();
    Run named =
        new Run(
            name,
            name,
            name,
            name,
            run.finished(),
            name,
            List.of(name),
            List.of(Warning.ofRun(name)),
            Optional.empty());
    Machine machine = machine();
    Machine namedMachine =
        new Machine(
            name,
            machine.cores(),
            machine.vectorBits(),
            machine.memoryBytes(),
            machine.peaks(),
            machine.bandwidths());
    return Report.of(namedMachine, QWEN, BF16, defaultPoints(), EXPLORER, named);
  }

  /** The typical report while its run lasts. */
  public static Report running() {
    Run run = run();
    Run running =
        new Run(
            run.modelName(),
            run.command(),
            run.ridgepoint(),
            run.cores(),
            run.finished(),
            run.jdk(),
            run.jvmFlags(),
            run.notes(),
            Optional.of(new Progress(5, 16, 42)));
    return Report.of(machine(), QWEN, BF16, defaultPoints().subList(0, 5), EXPLORER, running);
  }

  /** As if keys and values had been stored in q8_0. */
  static Report withNarrowCache(List<MeasuredPoint> points) {
    DataFormats formats = new DataFormats(Precision.BF16, Precision.named("cache", "q8_0"));
    return Report.of(machine(), QWEN, formats, points, EXPLORER, run());
  }

  static Report report(List<MeasuredPoint> points) {
    return Report.of(machine(), QWEN, BF16, points, EXPLORER, run());
  }

  static List<MeasuredPoint> defaultPoints() {
    List<MeasuredPoint> points = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      double speed = threads == 1 ? 1 : SCALING;
      points.add(decode(threads, 1, 128, 0.0801 / speed));
      points.add(decode(threads, 2, 128, 0.0822 / speed));
      points.add(decode(threads, 4, 128, 0.0868 / speed));
      points.add(decode(threads, 8, 128, 0.0957 / speed));
      points.add(decode(threads, 1, 2048, 0.0871 / speed));
      points.add(prefill(threads, 32, 0.192 / speed));
      points.add(prefill(threads, 128, 0.671 / speed));
      points.add(prefill(threads, 512, 2.81 / speed));
    }
    return points;
  }

  static MeasuredPoint decode(int threads, int batch, int context, double seconds) {
    return new MeasuredPoint(
        Phase.DECODE,
        threads,
        batch,
        1,
        context,
        seconds,
        OptionalDouble.of(0.012 * seconds),
        12,
        KERNELS,
        memoryBandwidth(threads),
        List.of());
  }

  static MeasuredPoint prefill(int threads, int newTokens, double seconds) {
    return new MeasuredPoint(
        Phase.PREFILL,
        threads,
        1,
        newTokens,
        0,
        seconds,
        OptionalDouble.of(0.008 * seconds),
        12,
        KERNELS,
        memoryBandwidth(threads),
        List.of());
  }

  static double memoryBandwidth(int threads) {
    return oneThreadBandwidth(2L << 30) * (threads == 1 ? 1 : SCALING);
  }

  /** The same points, as if no kernel had been timed. */
  static List<MeasuredPoint> uncalibrated(List<MeasuredPoint> points) {
    return points.stream()
        .map(
            p ->
                new MeasuredPoint(
                    p.phase(),
                    p.threads(),
                    p.batch(),
                    p.newTokens(),
                    p.context(),
                    p.seconds(),
                    p.secondsError(),
                    p.samples(),
                    KernelCalibration.NONE,
                    p.readBytesPerSecond(),
                    p.notes()))
        .toList();
  }

  /** Two cores with AVX-512; DRAM feeds one thread with 14 GB/s and two with 27. */
  public static Machine machine() {
    List<Machine.Bandwidth> bandwidths = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      for (long size = 16 << 10; size <= 2L << 30; size *= 2) {
        double rate = oneThreadBandwidth(size) * (threads == 1 ? 1 : SCALING);
        bandwidths.add(new Machine.Bandwidth(threads, level(size), size, rate, 0.94 * rate));
      }
    }
    return new Machine(
        "AMD EPYC 9R14 (virtual machine)",
        2,
        512,
        16L << 30,
        List.of(new Machine.Peak("F32", 1, 180e9, 176e9), new Machine.Peak("F32", 2, 340e9, 331e9)),
        bandwidths);
  }

  static Run run() {
    return new Run(
        "Qwen2.5-0.5B",
        "./ridge report",
        "0.1.0, commit abc1234",
        "4 cores",
        Instant.parse("2026-11-20T20:00:00Z"),
        "Eclipse Adoptium 25.0.1+8",
        List.of("-Xmx2g", "--add-modules=jdk.incubator.vector"),
        List.of(),
        Optional.empty());
  }

  private static String level(long size) {
    return size <= 48 << 10 ? "L1" : size <= 2 << 20 ? "L2" : size <= 64 << 20 ? "L3" : "DRAM";
  }

  private static double oneThreadBandwidth(long size) {
    double plateau =
        switch (level(size)) {
          case "L1" -> 172e9;
          case "L2" -> 92e9;
          case "L3" -> 28e9;
          default -> 14e9;
        };
    boolean onSlope = size == 64 << 10 || size == 4 << 20 || size == 128 << 20;
    return onSlope ? 1.05 * plateau : plateau * (size % 3 == 1 ? 1 : 0.98);
  }

  private static List<KernelCalibration.Sample> samples() {
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      double bandwidth = 14e9 * (threads == 1 ? 1 : SCALING);
      double peak = threads == 1 ? 180e9 : 340e9;
      for (int rows : new int[] {1, 8, 32, 128, 512}) {
        for (Kernel kernel : Kernel.values()) {
          String format = kernel == Kernel.LINEAR ? "BF16" : "F32";
          long flops = 2L * rows * 4_000_000;
          long bytes = 8_000_000L + rows * 20_000L;
          double efficiency = rows < 32 ? 0.93 - 0.006 * rows : 0.72 + 0.0001 * rows;
          double seconds = Math.max(flops / peak, bytes / bandwidth) / efficiency;
          samples.add(
              new KernelCalibration.Sample(
                  kernel,
                  format,
                  threads,
                  rows,
                  0,
                  flops,
                  bytes,
                  seconds,
                  0.97 * seconds,
                  1.05 * seconds));
        }
      }
    }
    return samples;
  }

  private static KernelCalibration.Dispatch dispatch(int threads) {
    return new KernelCalibration.Dispatch(threads, 2e-6 * threads);
  }
}
