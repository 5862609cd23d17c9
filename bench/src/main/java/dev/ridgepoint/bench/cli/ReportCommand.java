package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.run.Plan;
import dev.ridgepoint.bench.run.ReportRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job. */
@Command(
    name = "report",
    description = {
      "Measures prefill and decode of a model on this machine and shows them on its roofline.",
      "Weights are synthetic: nothing is downloaded. Interrupt it and run it again: finished"
          + " measurements are reused."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private static final List<Integer> PROMPTS = List.of(32, 128, 512);
  private static final List<Integer> QUICK_PROMPTS = List.of(128);
  private static final List<Integer> BATCHES = List.of(1, 2, 4, 8);
  private static final List<Integer> QUICK_BATCHES = List.of(1, 4);
  private static final List<String> THREADS = List.of("1", "all");
  private static final List<String> QUICK_THREADS = List.of("all");

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "Qwen2.5-0.5B",
      description =
          "A preset's name, a model folder or its config.json (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--dtype",
      defaultValue = "bf16",
      completionCandidates = EngineFormats.Names.class,
      description =
          "Storage format of the weight matrices: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE}).")
  private String dtype;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      split = ",",
      description = "Tokens of a prefill (default: 32,128,512; with --quick 128).")
  private List<Integer> prompts;

  @Option(
      names = "--batch",
      paramLabel = "B",
      split = ",",
      description = "Sequences in a decode step (default: 1,2,4,8; with --quick 1,4).")
  private List<Integer> batches;

  @Option(
      names = "--context",
      paramLabel = "N",
      split = ",",
      defaultValue = "128",
      description = "Tokens cached before a decode step (default: ${DEFAULT-VALUE}).")
  private List<Integer> contexts;

  @Option(
      names = "--threads",
      paramLabel = "T",
      split = ",",
      description = "Threads, 'all' for all cores (default: 1,all; with --quick all).")
  private List<String> threads;

  @Option(names = "--quick", description = "A first look, within 45 seconds on two cores.")
  private boolean quick;

  @Option(names = "--probe", description = "Probe the machine even if it was probed before.")
  private boolean probe;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "ridge-report",
      description = "Where everything is written (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Mixin private ReportOutput output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Plan.Request request =
        new Plan.Request(
            orDefault(threads, THREADS, QUICK_THREADS),
            orDefault(prompts, PROMPTS, QUICK_PROMPTS),
            orDefault(batches, BATCHES, QUICK_BATCHES),
            contexts);
    String command =
        "ridge " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    ReportRun.Settings settings =
        new ReportRun.Settings(model, dtype, request, quick, probe, folder, command);
    PrintWriter err = spec.commandLine().getErr();
    try (ProgressDisplay progress = new ProgressDisplay(err)) {
      new ReportRun(settings, progress)
          .run(
              report -> {
                progress.end();
                Output.print(spec, output.render(report, unicode()));
              });
    }
    err.println("wrote " + folder.resolve("report.html"));
    return 0;
  }

  private <T> List<T> orDefault(List<T> given, List<T> full, List<T> first) {
    return given != null ? given : quick ? first : full;
  }

  private static boolean unicode() {
    return StandardCharsets.UTF_8.equals(
        Charset.forName(System.getProperty("stdout.encoding", "US-ASCII")));
  }
}
