package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.SyntheticTypes;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.report.Progress;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.TerminalTable;
import dev.ridgepoint.bench.run.Plan;
import dev.ridgepoint.bench.run.ReportListener;
import dev.ridgepoint.bench.run.ReportRun;
import dev.ridgepoint.bench.text.Quantities;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
      "Weights are synthetic: nothing is downloaded. What an earlier run measured is kept and added"
          + " to: run it again, or longer, to know more."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private static final Duration TIME = Duration.ofMinutes(4);
  private static final Duration QUICK_TIME = Duration.ofSeconds(40);
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
      completionCandidates = EngineFormats.SyntheticNames.class,
      description =
          "Storage format of the weight matrices: ${COMPLETION-CANDIDATES}, or stored for what the"
              + " model's file has of each (default: stored where there are weights, else bf16).")
  private String dtype;

  @Option(
      names = "--kv-dtype",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "Storage format of cached keys and values: f32, bf16 or q8_0 (default:"
              + " ${DEFAULT-VALUE}).")
  private String kvDtype;

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

  @Option(
      names = "--time",
      paramLabel = "DURATION",
      description =
          "How long to measure, such as 90s or 10m (default: 4m; with --quick 40s). A report stands"
              + " after the first points, and gets finer while the time lasts.")
  private String time;

  @Option(names = "--quick", description = "Fewer points, in 40 seconds.")
  private boolean quick;

  @Option(
      names = "--techniques",
      description =
          "Then also run what serving uses, each beside its prediction: KV cache, shared prefixes,"
              + " chunked prefill, narrower caches, continuous batching, speculation. It takes half"
              + " of --time more, and at most 2 minutes.")
  private boolean techniques;

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
        new ReportRun.Settings(
            model,
            dtype != null ? dtype : SyntheticTypes.usual(model),
            kvDtype,
            request,
            budget(),
            probe,
            techniques,
            folder,
            command);
    try (Display display = new Display(settings)) {
      new ReportRun(settings, display).run();
    }
    return 0;
  }

  private Duration budget() {
    return time != null ? Quantities.duration("--time", time) : quick ? QUICK_TIME : TIME;
  }

  /** Shows the progress, and the report on standard output. */
  private final class Display implements ReportListener, AutoCloseable {
    private final PrintWriter err = spec.commandLine().getErr();
    private final ProgressDisplay progress;

    private Display(ReportRun.Settings settings) {
      progress = new ProgressDisplay(err, settings.time());
    }

    @Override
    public void does(String what) {
      progress.does(what);
    }

    @Override
    public void progress(Progress each) {
      progress.progress(each);
    }

    @Override
    public void firstLook(Report report) {
      progress.print(TerminalTable.firstLook(report, unicode()));
      progress.print("first look, in " + page() + " too: it gets finer while the time lasts");
    }

    @Override
    public void ends(Report report) {
      progress.close();
      Output.print(spec, output.render(report, unicode()));
    }

    @Override
    public void closes(int measured, boolean isInterrupted) {
      progress.close();
      String written =
          measured > 0 ? "wrote " + page() : "wrote nothing: no point was measured yet";
      err.println(isInterrupted ? "interrupted; " + written : written);
      err.flush();
    }

    private Path page() {
      return folder.resolve("report.html");
    }

    @Override
    public void close() {
      progress.close();
    }
  }

  private <T> List<T> orDefault(List<T> given, List<T> full, List<T> first) {
    return given != null ? given : quick ? first : full;
  }

  private static boolean unicode() {
    return StandardCharsets.UTF_8.equals(
        Charset.forName(System.getProperty("stdout.encoding", "US-ASCII")));
  }
}
