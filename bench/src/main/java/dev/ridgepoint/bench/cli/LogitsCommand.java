package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.text.JsonTables;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a checkpoint on given tokens, for comparison with other engines. */
@Command(
    name = "logits",
    description = "Prints the logits of every position of a sequence of tokens.",
    mixinStandardHelpOptions = true)
final class LogitsCommand implements Callable<Integer> {
  private static final int BEST = 5;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A model folder with config.json and safetensors, or a GGUF file.")
  private String path;

  @Option(
      names = "--tokens",
      required = true,
      split = ",",
      arity = "0..*",
      paramLabel = "ID",
      description = "Token ids, separated by commas.")
  private List<String> tokens;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      completionCandidates = EngineFormats.Names.class,
      description =
          "Storage format of the weight matrices: ${COMPLETION-CANDIDATES} (default: as the"
              + " file stores each).")
  private String dtype;

  @Option(
      names = "--kv-dtype",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "Storage format of cached keys and values: f32, bf16 or q8_0"
              + " (default: ${DEFAULT-VALUE}).")
  private String kvDtype;

  @Option(
      names = "--json",
      description = "Print {\"logits\": [[...], ...]}, a row per token, instead of the best few.")
  private boolean json;

  @Spec private CommandSpec spec;

  private record Logits(float[][] logits) {}

  @Override
  public Integer call() {
    try (Checkpoint checkpoint = Checkpoint.open(ModelSource.path(path));
        Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      int[] ids = ids(checkpoint.architecture());
      MatrixTypes types =
          dtype == null
              ? MatrixTypes.stored(checkpoint)
              : MatrixTypes.all(EngineFormats.named("--dtype", dtype, checkpoint.architecture()));
      DType kvType =
          EngineFormats.ofKeysAndValues("--kv-dtype", kvDtype, checkpoint.architecture());
      requireMemory(checkpoint.architecture(), types, kvType, ids.length);
      try (LoadedModel model = load(checkpoint, types, workers);
          Program program = model.program(kvType, workers, Meter.NONE);
          KvCache cache = program.newCache(ids.length)) {
        Batch.Entry entry = new Batch.Entry(cache, ids, ids.length);
        float[][] logits = rows(program.forward(new Batch(List.of(entry))));
        Output.print(spec, json ? JsonTables.text(new Logits(logits)) : text(ids, logits));
      }
    }
    return 0;
  }

  private int[] ids(Architecture architecture) {
    if (tokens.isEmpty() || tokens.equals(List.of(""))) {
      throw new InvalidInputException("--tokens", "at least one token id is needed");
    }
    if (tokens.size() > architecture.maxPositions()) {
      throw new InvalidInputException(
          "--tokens",
          String.format(
              Locale.ROOT,
              "%d tokens exceed the model's max_position_embeddings %d",
              tokens.size(),
              architecture.maxPositions()));
    }
    return tokens.stream()
        .mapToInt(token -> id(token, architecture.embedding().vocabSize()))
        .toArray();
  }

  private static int id(String token, int vocabSize) {
    int id;
    try {
      id = Integer.parseInt(token.strip());
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--tokens", "'" + token + "' is no token id", e);
    }
    if (id < 0 || id >= vocabSize) {
      throw new InvalidInputException(
          "--tokens",
          String.format(Locale.ROOT, "%d is not in 0..%d, the vocabulary", id, vocabSize - 1));
    }
    return id;
  }

  private LoadedModel load(Checkpoint checkpoint, MatrixTypes types, Workers workers) {
    PrintWriter err = spec.commandLine().getErr();
    types.conversions().forEach(err::println);
    err.flush();
    try (LoadProgressDisplay progress = new LoadProgressDisplay()) {
      return LoadedModel.load(checkpoint, types, workers, progress);
    }
  }

  private void requireMemory(
      Architecture architecture, MatrixTypes types, DType kvType, int positions) {
    DataFormats formats = new DataFormats(types.formats(), Precision.named(path, kvType.name()));
    Step step = new Step(List.of(new Step.Sequence(positions, 0, positions)));
    EngineMemory.of(architecture, formats, step, positions)
        .requireFits(path, Host.availableMemoryBytes());
  }

  private static float[][] rows(Tensor logits) {
    int vocab = logits.size(1);
    float[][] rows = new float[logits.size(0)][vocab];
    for (int i = 0; i < rows.length; i++) {
      logits.read((long) i * vocab, rows[i], 0, vocab);
    }
    return rows;
  }

  private static String text(int[] ids, float[][] logits) {
    return IntStream.range(0, ids.length)
        .mapToObj(i -> String.format(Locale.ROOT, "after %d: %s%n", ids[i], best(logits[i])))
        .collect(Collectors.joining());
  }

  private static String best(float[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted((left, right) -> Float.compare(row[right], row[left]))
        .limit(BEST)
        .map(id -> String.format(Locale.ROOT, "%d (%.4f)", id, row[id]))
        .collect(Collectors.joining(", "));
  }
}
