package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.peers.Engines;
import dev.ridgepoint.bench.peers.PeersReport;
import dev.ridgepoint.bench.peers.PeersRequest;
import dev.ridgepoint.bench.peers.PeersRequest.Kind;
import dev.ridgepoint.bench.peers.PeersRun;
import dev.ridgepoint.bench.peers.PeersTable;
import dev.ridgepoint.bench.peers.ProgramFile;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.run.Plan;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ridgepoint beside what a user would pick instead. */
@Command(
    name = "peers",
    description = {
      "Measures EJML, OpenBLAS, llama.cpp and Jlama in turns with Ridgepoint, on the same weights,"
          + " and prints the ratios.",
      "Downloads them from Maven Central when it is built for the first time. A llama-bench of your"
          + " own is measured, too: on the PATH, or where"
          + " RIDGE_JAVA_OPTS=-Dridgepoint.llamaBench=PATH says."
    },
    mixinStandardHelpOptions = true)
final class PeersCommand implements Callable<Integer> {
  private static final List<Integer> SIZES = List.of(512, 1024, 2048, 4096);
  private static final List<Integer> QUICK_SIZES = List.of(256);
  private static final List<Integer> ROWS = List.of(32, 128, 512);
  private static final List<Integer> QUICK_ROWS = List.of(32);
  private static final List<String> MODELS = List.of("Qwen2.5-0.5B");
  private static final List<String> QUICK_MODELS = List.of("tiny");
  private static final List<String> THREADS = List.of("1", "all");
  private static final List<String> QUICK_THREADS = List.of("all");
  private static final int PAIRS = 5;
  private static final int QUICK_PAIRS = 2;
  private static final int PROMPT = 512;
  private static final int QUICK_PROMPT = 64;

  @Option(
      names = "--work",
      paramLabel = "WORK",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Kind> kinds = EnumSet.allOf(Kind.class);

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      split = ",",
      description =
          "Of EJML, OpenBLAS, llama.cpp, llama-bench, Jlama and those of --programs (default:"
              + " all).")
  private Set<String> engines = Set.of();

  @Option(
      names = "--programs",
      paramLabel = "FILE",
      description =
          "Engines of your own: a JSON file of the commands that measure them, as the README shows"
              + " it.")
  private String programs;

  @Option(
      names = "--size",
      paramLabel = "N",
      split = ",",
      description = "Of square products (default: 512,1024,2048,4096; with --quick 256).")
  private List<Integer> sizes;

  @Option(
      names = "--rows",
      paramLabel = "N",
      split = ",",
      description =
          "Of products with a model's projections (default: 32,128,512; with --quick 32).")
  private List<Integer> rows;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      split = ",",
      description =
          "A preset's name, a model folder or its config.json"
              + " (default: Qwen2.5-0.5B; with --quick tiny).")
  private List<String> models;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      split = ",",
      description =
          "Storage formats of the weights of prefill and decode; compared where both engines have"
              + " them (default: bf16). Products are f32.")
  private Set<DType> dtypes = EnumSet.of(DType.BF16);

  @Option(
      names = "--threads",
      paramLabel = "T",
      split = ",",
      description = "Threads, 'all' for all cores (default: 1,all; with --quick all).")
  private List<String> threads;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      description = "Tokens of a prefill (default: 512; with --quick 64).")
  private Integer prompt;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens cached before a decode step (default: ${DEFAULT-VALUE}).")
  private int context;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "How often ours and theirs are measured in turns (default: 5; with --quick 2).")
  private Integer pairs;

  @Option(names = "--quick", description = "Tries everything on a tiny model, for a minute or two.")
  private boolean quick;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      defaultValue = "${sys:java.io.tmpdir}",
      description =
          "Where the exported models lie while it runs, gigabytes of them"
              + " (default: ${DEFAULT-VALUE}).")
  private String scratch;

  @Mixin private OutputOptions outputOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PeersRequest request =
        new PeersRequest(
            kinds,
            orDefault(sizes, SIZES, QUICK_SIZES),
            orDefault(rows, ROWS, QUICK_ROWS),
            orDefault(models, MODELS, QUICK_MODELS),
            orDefault(prompt, PROMPT, QUICK_PROMPT),
            context,
            dtypes,
            Plan.threads(
                orDefault(threads, THREADS, QUICK_THREADS), Host.current().physicalCores()),
            new LinkedHashSet<>(engines),
            orDefault(pairs, PAIRS, QUICK_PAIRS),
            quick);
    PrintWriter err = spec.commandLine().getErr();
    PeersReport report =
        new PeersRun(
                Engines.onClassPath(),
                programs == null ? List.of() : ProgramFile.read(ModelSource.path(programs)),
                request,
                ModelSource.path(scratch),
                (index, total, what) -> {
                  err.println(String.format(Locale.ROOT, "%d of %d: %s", index + 1, total, what));
                  err.flush();
                })
            .run();
    Document document = outputOptions.document();
    switch (document) {
      case TEXT -> Output.print(spec, PeersTable.text(report));
      case JSON -> Output.print(spec, PeersTable.json(report));
      case CSV, MARKDOWN -> {
        PeersTable.failures(report).forEach(err::println);
        Output.print(spec, document.render(PeersTable.of(report), PeersTable.engines(report)));
      }
    }
    return 0;
  }

  private <T> T orDefault(T given, T full, T first) {
    return given != null ? given : quick ? first : full;
  }
}
