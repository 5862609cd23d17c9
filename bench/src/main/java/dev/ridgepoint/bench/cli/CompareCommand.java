package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.OutputOptions;
import dev.ridgepoint.bench.compare.Comparison;
import dev.ridgepoint.bench.compare.ComparisonPage;
import dev.ridgepoint.bench.compare.ComparisonTable;
import dev.ridgepoint.bench.text.Document;
import dev.ridgepoint.bench.text.Sections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Machines, models, commits and engines against each other. */
@Command(
    name = "compare",
    description = {
      "Compares measurements of prefill and decode: ratios, and whether they exceed the noise.",
      "Steps are matched by phase, dtype, threads, batch, new tokens and context,"
          + " those with the same format of keys and values first; where it differs, a note says"
          + " so."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  private static final double MAX_PERCENT = 1e6;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "A report.json, what 'ridge peers --json' printed, or what 'llama-bench -o json' printed;"
              + " the first is what the others are compared with.")
  private List<String> files;

  @Option(
      names = "--fail-slower",
      paramLabel = "PERCENT",
      description =
          "Exit with 1 if a step takes longer than before by more than this, noise apart.")
  private Double percent;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Also write compare.html, a page that needs no network, and compare.csv to this folder.")
  private String folder;

  @Mixin private OutputOptions outputOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (percent != null) {
      OptionChecks.requireIn("--fail-slower", percent, 0, MAX_PERCENT);
    }
    Comparison comparison = Comparison.of(files.stream().map(ModelSource::path).toList());
    Sections tables = ComparisonTable.of(comparison);
    if (folder != null) {
      Path out = ModelSource.path(folder);
      AtomicFiles.requireWritable("--out", out);
      AtomicFiles.write(out.resolve("compare.html"), ComparisonPage.render(comparison));
      AtomicFiles.write(out.resolve("compare.csv"), tables.render(Document.CSV));
    }
    Output.print(spec, tables.render(outputOptions.document()));
    return percent != null && comparison.isAnySlowerBy(percent) ? 1 : 0;
  }
}
