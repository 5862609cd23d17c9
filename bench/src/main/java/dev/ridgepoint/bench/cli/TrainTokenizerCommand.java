package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.TextInput;
import dev.ridgepoint.model.tokenizer.BytePairTrainer;
import dev.ridgepoint.model.tokenizer.TrainedTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a tokenizer of texts. */
@Command(
    name = "train-tokenizer",
    description =
        "Learns a byte-level byte-pair encoding from texts, and writes its tokenizer.json.",
    mixinStandardHelpOptions = true)
final class TrainTokenizerCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Texts in UTF-8; - is the standard input.")
  private List<String> files;

  @Option(
      names = "--vocab",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Tokens to make, 258 or more (default: ${DEFAULT-VALUE}).")
  private int vocabularySize;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "Folder for tokenizer.json and tokenizer_config.json.")
  private String folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path target = ModelSource.path(folder);
    AtomicFiles.requireWritable("--to", target);
    BytePairTrainer trainer = new BytePairTrainer();
    for (String file : files) {
      trainer.add(
          file.equals(TextInput.STANDARD_INPUT)
              ? TextInput.standardInput()
              : TextInput.file(ModelSource.path(file)));
    }
    TrainedTokenizer trained = trainer.train(vocabularySize);
    trained.write(target);
    PrintWriter err = spec.commandLine().getErr();
    err.println(String.format(Locale.ROOT, "wrote %s: %d tokens", target, trained.pieces().size()));
    err.flush();
    return 0;
  }
}
