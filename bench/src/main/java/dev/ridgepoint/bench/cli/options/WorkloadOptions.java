package dev.ridgepoint.bench.cli.options;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.estimator.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** What the model has to do, and in which formats. */
public final class WorkloadOptions {
  @Option(
      names = "--prompt",
      paramLabel = "N",
      description = "Tokens of the prefill (default: 512, or as many as the model takes).")
  private Integer prompt;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Tokens cached before the decode step (default: 512, or what fits).")
  private Integer context;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "1",
      description = "Sequences in the decode step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--output",
      paramLabel = "N",
      description = "Tokens to generate after the prompt (default: no generation).")
  private Integer output;

  @Option(
      names = "--dtype",
      defaultValue = "bf16",
      description =
          "Storage format of the weight matrices, such as bf16, fp8, q4_0 or int4-g128"
              + " (default: ${DEFAULT-VALUE}).")
  private String dtype;

  @Option(
      names = "--kv-dtype",
      defaultValue = "f32",
      description = "Storage format of the KV cache (default: ${DEFAULT-VALUE}).")
  private String kvDtype;

  @Option(
      names = "--activations",
      paramLabel = "DTYPE",
      defaultValue = "f32",
      description =
          "Format of activations, norms and biases; f32 as in this project's engine"
              + " (default: ${DEFAULT-VALUE}).")
  private String activations;

  @Option(
      names = "--sweep",
      paramLabel = "NAME=V,V...",
      description =
          "A row for each value of prompt, context, batch, output, dtype, kv-dtype or"
              + " activations; repeat it for all combinations.")
  private List<String> sweeps = new ArrayList<>();

  /** One combination of the flags, before it is known what fits the model. */
  public record Settings(
      Integer prompt,
      Integer context,
      int batch,
      Integer output,
      String dtype,
      String kvDtype,
      String activations) {

    Settings with(String name, String value) {
      return switch (name) {
        case "prompt" ->
            new Settings(number(value), context, batch, output, dtype, kvDtype, activations);
        case "context" ->
            new Settings(prompt, number(value), batch, output, dtype, kvDtype, activations);
        case "batch" ->
            new Settings(prompt, context, number(value), output, dtype, kvDtype, activations);
        case "output" ->
            new Settings(prompt, context, batch, number(value), dtype, kvDtype, activations);
        case "dtype" -> new Settings(prompt, context, batch, output, value, kvDtype, activations);
        case "kv-dtype" -> new Settings(prompt, context, batch, output, dtype, value, activations);
        case "activations" -> new Settings(prompt, context, batch, output, dtype, kvDtype, value);
        default ->
            throw new InvalidInputException(
                "--sweep",
                "\"%s\" cannot be swept; prompt, context, batch, output, dtype, kv-dtype and"
                        .formatted(name)
                    + " activations can");
      };
    }

    private Object value(String name) {
      return switch (name) {
        case "prompt" -> prompt;
        case "context" -> context;
        case "batch" -> batch;
        case "output" -> output;
        case "dtype" -> dtype;
        case "kv-dtype" -> kvDtype;
        default -> activations;
      };
    }

    private static int number(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new InvalidInputException(
            "--sweep", "must hold whole numbers below 2^31, but holds \"" + text + "\"", e);
      }
    }
  }

  /** All combinations of what is swept; one if nothing is. */
  public List<Settings> settings() {
    List<Settings> all =
        List.of(new Settings(prompt, context, batch, output, dtype, kvDtype, activations));
    for (String sweep : sweeps) {
      String[] parts = sweep.split("=", 2);
      if (parts.length < 2 || parts[1].isBlank()) {
        throw new InvalidInputException(
            "--sweep", "must be such as batch=1,2,4, but is \"" + sweep + "\"");
      }
      all =
          all.stream()
              .flatMap(
                  settings ->
                      Arrays.stream(parts[1].split(",", -1))
                          .map(value -> settings.with(parts[0].strip(), value.strip())))
              .toList();
    }
    return all;
  }

  /** The values of what is swept. */
  public List<Cell> varied(Settings settings) {
    return sweeps.stream()
        .map(sweep -> sweep.split("=", 2)[0].strip())
        .map(name -> varied(name, settings.value(name)))
        .toList();
  }

  private static Cell varied(String name, Object value) {
    String key = name.equals("kv-dtype") ? "kvDtype" : name;
    return Cell.of(key, name, value instanceof Integer ? Format.COUNT : Format.TEXT, value);
  }
}
