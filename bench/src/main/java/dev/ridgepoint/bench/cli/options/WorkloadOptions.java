package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/**
 * What the model has to do, and in which formats. Each flag takes several values, separated by
 * commas.
 */
public final class WorkloadOptions {
  private static final int MAX_COMBINATIONS = 10_000;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      split = ",",
      description = "Tokens of the prefill (default: 512, or as many as the model takes).")
  private List<Integer> prompts;

  @Option(
      names = "--context",
      paramLabel = "N",
      split = ",",
      description = "Tokens cached before the decode step (default: 512, or what fits).")
  private List<Integer> contexts;

  @Option(
      names = "--batch",
      paramLabel = "B",
      split = ",",
      defaultValue = "1",
      description = "Sequences in the decode step (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--output",
      paramLabel = "N",
      split = ",",
      description = "Tokens to generate after the prompt (default: none; with --serve 128).")
  private List<Integer> outputs;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      split = ",",
      description =
          "Storage format of the weight matrices, such as bf16 or q4_0; fp8, int8 and int4-g128"
              + " are of the linear layers, with all else in 16 bits (default: that of the model's"
              + " file, or bf16).")
  private List<String> dtypes;

  @Option(
      names = "--kv-dtype",
      paramLabel = "DTYPE",
      split = ",",
      description =
          "Storage format of the KV cache (default: f32, as in this project's engine; bf16 on a"
              + " --device that is no CPU).")
  private List<String> kvDtypes;

  @Option(
      names = "--activations",
      paramLabel = "DTYPE",
      split = ",",
      description =
          "Format of activations, and of norms and biases beside matrices that are all in one"
              + " format (default: f32, or bf16, as of the KV cache).")
  private List<String> activations;

  /**
   * One combination of the flags, before it is known what fits the model; {@code null} stands for
   * what is not given.
   */
  public record Settings(
      Integer prompt,
      Integer context,
      int batch,
      Integer output,
      String dtype,
      String kvDtype,
      String activations) {}

  /**
   * All combinations of the values given, the last flags varying first.
   *
   * @throws InvalidInputException if they are too many to print
   */
  public List<Settings> settings() {
    double number = 1;
    for (Map.Entry<String, List<?>> flag : flags().entrySet()) {
      List<?> values = flag.getValue();
      if (values != null && values.isEmpty()) {
        throw new InvalidInputException(flag.getKey(), "holds no value");
      }
      number *= values == null ? 1 : values.size();
    }
    if (number > MAX_COMBINATIONS) {
      throw new InvalidInputException(
          String.join(", ", flags().keySet()),
          String.format(
              Locale.ROOT,
              "make %.0f combinations; at most %d are counted",
              number,
              MAX_COMBINATIONS));
    }
    return IntStream.range(0, (int) number).mapToObj(this::combination).toList();
  }

  /** Whether the weights' format is given. */
  public boolean hasDtype() {
    return dtypes != null;
  }

  private Map<String, List<?>> flags() {
    Map<String, List<?>> flags = new LinkedHashMap<>();
    flags.put("--prompt", prompts);
    flags.put("--context", contexts);
    flags.put("--batch", batches);
    flags.put("--output", outputs);
    flags.put("--dtype", dtypes);
    flags.put("--kv-dtype", kvDtypes);
    flags.put("--activations", activations);
    return flags;
  }

  private Settings combination(int index) {
    Choices choices = new Choices(index);
    String format = choices.next(activations);
    String kvDtype = choices.next(kvDtypes);
    String dtype = choices.next(dtypes);
    Integer output = choices.next(outputs);
    int batch = choices.next(batches);
    Integer context = choices.next(contexts);
    return new Settings(choices.next(prompts), context, batch, output, dtype, kvDtype, format);
  }

  /** The digits of a number whose places have as many values as there are to choose from. */
  private static final class Choices {
    private int rest;

    Choices(int rest) {
      this.rest = rest;
    }

    /** One of the values; {@code null} if none is given. */
    <T> T next(List<T> values) {
      if (values == null) {
        return null;
      }
      T value = values.get(rest % values.size());
      rest /= values.size();
      return value;
    }
  }

  /** What tells the combination from the others: the values of flags that have several. */
  public List<Cell> varied(Settings settings) {
    List<Cell> cells = new ArrayList<>();
    addIfVaried(cells, prompts, Cell.of("prompt", "prompt", Format.COUNT, settings.prompt));
    addIfVaried(cells, contexts, Cell.of("context", "context", Format.COUNT, settings.context));
    addIfVaried(cells, batches, Cell.of("batch", "batch", Format.COUNT, settings.batch));
    addIfVaried(cells, outputs, Cell.of("output", "output", Format.COUNT, settings.output));
    addIfVaried(cells, dtypes, Cell.of("dtype", "dtype", Format.TEXT, settings.dtype));
    addIfVaried(cells, kvDtypes, Cell.of("kvDtype", "kv-dtype", Format.TEXT, settings.kvDtype));
    addIfVaried(
        cells,
        activations,
        Cell.of("activations", "activations", Format.TEXT, settings.activations));
    return cells;
  }

  private static void addIfVaried(List<Cell> cells, List<?> values, Cell cell) {
    if (values != null && values.size() > 1) {
      cells.add(cell);
    }
  }
}
