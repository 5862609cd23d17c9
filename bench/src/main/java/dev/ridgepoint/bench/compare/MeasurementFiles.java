package dev.ridgepoint.bench.compare;

import dev.ridgepoint.bench.report.Phase;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads measurements: a {@code report.json}, what {@code ridge peers --json} prints, or what {@code
 * llama-bench -o json} prints. What else a file holds is passed over.
 */
final class MeasurementFiles {
  private static final String RIDGEPOINT = "Ridgepoint";

  /** At the end of llama-bench's {@code model_type}: {@code qwen2 1B Q4_K - Medium}. */
  private static final Pattern LLAMA_DTYPE =
      Pattern.compile("\\b(BF16|F16|F32|MXFP4|I?Q\\d\\w*)\\b(?: - \\w+| MoE)?$");

  private static final Pattern PEERS_WORK =
      Pattern.compile(
          "(?:prefill (?<prompt>\\d{1,9})|decode at (?<context>\\d{1,9})), (?<model>.+)");

  private final String file;
  private final SequencedMap<List<String>, Found> found = new LinkedHashMap<>();

  /** What belongs together. */
  private record Found(
      Setup setup, SequencedMap<StepKey, Rate> rates, Map<StepKey, Counted> counted) {}

  private MeasurementFiles(String file) {
    this.file = file;
  }

  /**
   * The measurements in a file, those of each engine, machine and model apart.
   *
   * @return at least one, each with at least one rate
   * @throws InvalidInputException one line with file, field and value, if the file is none of these
   */
  static List<Measurements> read(Path path) {
    MeasurementFiles reader = new MeasurementFiles(path.toString());
    JsonNode json = StrictJson.read(path);
    if (json instanceof ArrayNode tests) {
      JsonFields.objects(reader.file, tests).forEach(reader::addLlamaBench);
    } else {
      JsonFields fields = new JsonFields(reader.file, (ObjectNode) json);
      if (fields.has("points")) {
        reader.addReport(fields);
      } else if (fields.has("comparisons")) {
        reader.addPeers(fields);
      } else {
        throw new InvalidInputException(
            reader.file,
            "has neither points, as a report.json, nor comparisons, as 'ridge peers --json' prints"
                + " them; llama-bench's JSON is an array");
      }
    }
    if (reader.found.isEmpty()) {
      throw new InvalidInputException(reader.file, "holds no measurement of prefill or decode");
    }
    List<Measurements> all = new ArrayList<>();
    reader.found.forEach(
        (names, of) ->
            all.add(
                new Measurements(
                    reader.file,
                    names.get(0),
                    names.get(1),
                    names.get(2),
                    of.setup,
                    of.rates,
                    of.counted)));
    return all;
  }

  private void addReport(JsonFields report) {
    String machine = report.requiredObject("machine").requiredString("cpu");
    JsonFields model = report.requiredObject("model");
    Found of =
        found(List.of(RIDGEPOINT, machine, model.requiredString("name")), Setup.ofReport(report));
    for (JsonFields point : report.requiredObjects("points")) {
      String dtype = point.requiredString("dtype");
      int batch = positive(point, "batch");
      int newTokens = positive(point, "newTokens");
      StepKey key =
          new StepKey(
              phase(point),
              dtype,
              text(point, "kvDtype").or(() -> text(model, "kvDtype")),
              positive(point, "threads"),
              batch,
              newTokens,
              notNegative(point, "context"));
      int samples = positive(point, "samples");
      OptionalDouble error =
          samples == 1
              ? OptionalDouble.empty()
              : OptionalDouble.of(notNegativeNumber(point, "secondsError"));
      double tokens = (double) batch * newTokens;
      add(point, of, key, Rate.ofSeconds(tokens, positiveNumber(point, "seconds"), error, samples));
      if (point.has("flops") && point.has("bytes")) {
        long flops = (long) positiveNumber(point, "flops");
        of.counted.put(key, new Counted(flops, (long) positiveNumber(point, "bytes")));
      }
    }
    if (of.rates.isEmpty()) {
      found.clear();
    }
  }

  private static Phase phase(JsonFields point) {
    String name = point.requiredString("phase");
    for (Phase phase : Phase.values()) {
      if (phase.label().equals(name)) {
        return phase;
      }
    }
    throw point.invalid(
        "phase", "must be prefill or decode, but is \"%s\"".formatted(StrictJson.cut(name)));
  }

  /** Rates without intervals: the file holds those of the ratios alone. */
  private void addPeers(JsonFields peers) {
    String machine = peers.requiredString("processor");
    Setup setup = Setup.ofPeers(peers);
    for (JsonFields comparison : peers.requiredObjects("comparisons")) {
      Matcher work = PEERS_WORK.matcher(comparison.requiredString("work"));
      if (!work.matches()) {
        continue; // a matrix product
      }
      boolean isPrefill = work.group("prompt") != null;
      StepKey key =
          new StepKey(
              isPrefill ? Phase.PREFILL : Phase.DECODE,
              comparison.requiredString("dtype"),
              Optional.empty(),
              positive(comparison, "threads"),
              1,
              isPrefill ? Integer.parseInt(work.group("prompt")) : 1,
              isPrefill ? 0 : Integer.parseInt(work.group("context")));
      String model = work.group("model");
      // Ours were measured again beside each engine; the first stand for all.
      found(List.of(RIDGEPOINT, machine, model), setup)
          .rates
          .putIfAbsent(key, Rate.ofSamples(positiveNumber(comparison, "ours")));
      add(
          comparison,
          found(List.of(comparison.requiredString("engine"), machine, model), setup),
          key,
          Rate.ofSamples(positiveNumber(comparison, "value")));
    }
  }

  /**
   * A test of prompt or generation alone. Generated tokens have a context from {@code n_depth} on;
   * the one in the middle stands for all.
   */
  private void addLlamaBench(JsonFields test) {
    int prompt = notNegative(test, "n_prompt");
    int generated = notNegative(test, "n_gen");
    if ((prompt > 0) == (generated > 0)) {
      return; // both together are no step
    }
    int depth = test.intOr("n_depth", 0);
    String type = test.requiredString("model_type");
    Matcher dtype = LLAMA_DTYPE.matcher(type);
    StepKey key =
        new StepKey(
            prompt > 0 ? Phase.PREFILL : Phase.DECODE,
            dtype.find() ? dtype.group(1).toLowerCase(Locale.ROOT) : type,
            llamaCache(test),
            positive(test, "n_threads"),
            1,
            prompt > 0 ? prompt : 1,
            prompt > 0 ? depth : Math.addExact(depth, generated / 2));
    double[] samples =
        test.requiredDoubles("samples_ts").stream().mapToDouble(Double::doubleValue).toArray();
    if (samples.length == 0) {
      throw test.invalid("samples_ts", "must not be empty");
    }
    for (double sample : samples) {
      if (!(sample > 0)) {
        throw test.invalid("samples_ts", "must be positive, but holds " + sample);
      }
    }
    String engine = "llama.cpp " + test.stringOr("build_commit", "");
    add(
        test,
        found(
            List.of(engine.strip(), test.stringOr("cpu_info", ""), type), Setup.ofLlamaBench(test)),
        key,
        Rate.ofSamples(samples));
  }

  /** Of keys and of values, which may differ. */
  private static Optional<String> llamaCache(JsonFields test) {
    return text(test, "type_k")
        .map(
            keys ->
                text(test, "type_v")
                    .filter(values -> !values.equals(keys))
                    .map(values -> keys + "/" + values)
                    .orElse(keys));
  }

  /** What older files lack. */
  private static Optional<String> text(JsonFields fields, String field) {
    return fields.has(field) ? Optional.of(fields.requiredString(field)) : Optional.empty();
  }

  private static void add(JsonFields fields, Found to, StepKey key, Rate rate) {
    if (to.rates.put(key, rate) != null) {
      throw fields.invalid(
          key.phase().label(),
          String.format(
              Locale.ROOT,
              "of batch %d, %d new tokens after %d with %d threads in %s is there twice",
              key.batch(),
              key.newTokens(),
              key.context(),
              key.threads(),
              key.dtype()));
    }
  }

  private Found found(List<String> names, Setup setup) {
    return found.computeIfAbsent(
        names, any -> new Found(setup, new LinkedHashMap<>(), new HashMap<>()));
  }

  static int positive(JsonFields fields, String field) {
    int value = fields.requiredInt(field);
    if (value < 1) {
      throw fields.invalid(field, "must be positive, but is " + value);
    }
    return value;
  }

  private static int notNegative(JsonFields fields, String field) {
    int value = fields.requiredInt(field);
    if (value < 0) {
      throw fields.invalid(field, "must not be negative, but is " + value);
    }
    return value;
  }

  static double positiveNumber(JsonFields fields, String field) {
    double value = fields.requiredDouble(field);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw fields.invalid(field, "must be positive, but is " + value);
    }
    return value;
  }

  private static double notNegativeNumber(JsonFields fields, String field) {
    double value = fields.requiredDouble(field);
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw fields.invalid(field, "must not be negative, but is " + value);
    }
    return value;
  }
}
