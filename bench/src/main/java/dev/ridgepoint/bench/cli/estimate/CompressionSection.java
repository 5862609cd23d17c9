package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.inference.Compression;
import dev.ridgepoint.estimator.inference.Compression.Effect;
import dev.ridgepoint.estimator.inference.Compression.Variant;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code --compress}: the same model stored in fewer bits, pruned, with a smaller cache. */
final class CompressionSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("change", "change", Format.TEXT),
          new Column("weightBytes", "weights", Format.BYTES),
          new Column("weightRatio", "of before", Format.SHARE),
          new Column("kvCacheBytesPerToken", "KV per token", Format.BYTES),
          new Column("prefillSpeedup", "prefill speed", Format.TIMES),
          new Column("decodeBytes", "decode bytes", Format.BYTES),
          new Column("decodeSpeedup", "decode speed", Format.TIMES));

  private static final int PRUNED_PERCENT = 50;
  private static final String NO_DEVICE = "name a --device to see the speedups";

  private CompressionSection() {}

  /** Several formats and prunings beside the model as it is. */
  static Section of(EstimatedModel estimated, Optional<TargetDevice> target) {
    Variant before =
        new Variant(
            "before",
            estimated.architecture(),
            estimated.workload().decodeOptions(),
            roofline(target));
    List<List<Object>> rows = new ArrayList<>();
    List<Derivation> derivations = new ArrayList<>();
    rows.add(row(estimated, new Compression(before, before), "as it is", target));
    changes(estimated.workload())
        .forEach(
            (name, options) -> {
              Variant after = new Variant(name, before.architecture(), options, before.roofline());
              Compression compression = new Compression(before, after);
              rows.add(row(estimated, compression, name, target));
              if (target.isPresent()) {
                derivations.addAll(derivations(estimated, compression, name));
              }
            });
    Table table = new Table("changes", "", COLUMNS, rows);
    return new Section(
        "compress",
        List.of(),
        List.of(table),
        derivations,
        target.isPresent() ? List.of() : List.of(NO_DEVICE));
  }

  private static List<Object> row(
      EstimatedModel estimated,
      Compression compression,
      String name,
      Optional<TargetDevice> target) {
    Workload workload = estimated.workload();
    Effect decode = compression.decode(workload.batch(), workload.context());
    Effect prefill = compression.prefill(workload.prompt());
    return Table.row(
        name,
        compression.after().weightBytes(),
        compression.weightRatio(),
        compression.after().kvCacheBytesPerToken(),
        target.isPresent() ? prefill.speedup() : null,
        decode.after().bytes(),
        target.isPresent() ? decode.speedup() : null);
  }

  private static List<Derivation> derivations(
      EstimatedModel estimated, Compression compression, String name) {
    Workload workload = estimated.workload();
    return List.of(
        compression.prefill(workload.prompt()).derivation(name),
        compression.decode(workload.batch(), workload.context()).derivation(name));
  }

  private static Map<String, ForwardOptions> changes(Workload workload) {
    ForwardOptions options = workload.decodeOptions();
    Map<String, ForwardOptions> changes = new LinkedHashMap<>();
    for (Precision precision :
        List.of(
            Precision.BF16,
            Precision.FP8,
            Precision.Q8_0,
            Precision.grouped(4, 128, false),
            Precision.Q4_0)) {
      if (!precision.name().equals(workload.weights().name())) {
        changes.put(
            "weights in " + precision.name(),
            options.withWeights(WeightFormats.usual(precision, workload.activations())));
      }
    }
    changes.put(
        "2 of 4 weights",
        options.withWeights(workload.weights().mapMatrices(format -> format.sparse(2, 4))));
    changes.put(
        String.format(Locale.ROOT, "%d %% of the weights pruned", PRUNED_PERCENT),
        options.withWeights(
            workload.weights().mapMatrices(format -> format.pruned(PRUNED_PERCENT))));
    for (Precision precision : List.of(Precision.BF16, Precision.FP8)) {
      if (!precision.equals(workload.kvCache())) {
        changes.put("KV cache in " + precision.name(), options.withKvCache(precision));
      }
    }
    return changes;
  }

  /** Ratios of bytes and FLOPs need a roof; without a device none of its times is shown. */
  private static Roofline roofline(Optional<TargetDevice> target) {
    return target.map(TargetDevice::roofline).orElse(new Roofline(1, 1));
  }
}
