package dev.ridgepoint.estimator.inference;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.LatentAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The numbers of inference, each with its formula, what was put in, its terms and its source. */
public final class Derivations {
  private static final String SHAPES =
      "tensor shapes of the transformers library's modelling code for this model_type";
  private static final String DEFINITION =
      "operation list: one FLOP per add, multiply, divide,"
          + " root, exponential; 2mkn for a matrix product [m, k] x [k, n]";
  private static final String TRAFFIC =
      "compulsory traffic (Williams et al. 2009, doi:10.1145/1498765.1498785)";

  private Derivations() {}

  /** All parameters, by tensor role. */
  public static Derivation parameters(Architecture architecture) {
    return parameters(
        "parameters",
        "sum over tensors of copies x rows x columns",
        architecture,
        ParameterCount.of(architecture).total(),
        WeightTensor::parameters);
  }

  /** The parameters that a token passes, by tensor role. */
  public static Derivation activeParameters(Architecture architecture) {
    return parameters(
        "active parameters",
        "sum over tensors of the copies one token passes x rows x columns,"
            + " embedding and head included",
        architecture,
        ParameterCount.active(architecture).total(),
        WeightTensor::activeParameters);
  }

  private static Derivation parameters(
      String quantity,
      String formula,
      Architecture architecture,
      long total,
      ToLongFunction<WeightTensor> count) {
    Map<String, Long> roles = new LinkedHashMap<>();
    for (WeightTensor tensor : architecture.weights()) {
      long parameters = count.applyAsLong(tensor);
      long copies = parameters / Math.multiplyExact(tensor.rows(), tensor.columns());
      String shape =
          String.format(Locale.ROOT, "%d x %d x %d", copies, tensor.rows(), tensor.columns());
      roles.merge(tensor.name() + ": " + shape, parameters, Math::addExact);
    }
    return new Derivation(quantity, total, "", formula, sizes(architecture), terms(roles), SHAPES);
  }

  /** FLOPs of a step, by kind of operation. */
  public static Derivation flops(
      String phase, Architecture architecture, List<OperationCost> operations) {
    return new Derivation(
        phase + " FLOPs",
        OperationList.total(operations).flops(),
        "FLOP",
        "sum over operations",
        sizes(architecture),
        terms(byKind(operations, Cost::flops)),
        DEFINITION);
  }

  /** Bytes of a step, by kind of operation. */
  public static Derivation bytes(
      String phase, Architecture architecture, List<OperationCost> operations) {
    return new Derivation(
        phase + " bytes",
        OperationList.total(operations).bytes(),
        "B",
        "sum over operations of weights + KV read + KV written + activations",
        sizes(architecture),
        terms(byKind(operations, Cost::bytes)),
        TRAFFIC);
  }

  /** FLOPs per byte of a step. */
  public static Derivation arithmeticIntensity(String phase, List<OperationCost> operations) {
    Cost total = OperationList.total(operations);
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("flops", total.flops());
    inputs.put("bytes", total.bytes());
    return new Derivation(
        phase + " arithmetic intensity",
        total.arithmeticIntensity(),
        "FLOP/B",
        "flops / bytes",
        inputs,
        List.of(),
        "Williams et al. 2009, doi:10.1145/1498765.1498785");
  }

  /**
   * What inference holds at once.
   *
   * @param allocation how room for the cache is taken, in words
   */
  public static Derivation memory(String allocation, InferenceMemory memory) {
    return new Derivation(
        "inference memory, " + allocation,
        memory.totalBytes(),
        "B",
        "weights + KV cache reserved + workspace; of each sequence, a layer with a window keeps"
            + " what the window sees",
        Map.of("kvUsedBytes", memory.kvUsedBytes()),
        List.of(
            new Term("weights", memory.weightBytes()),
            new Term("KV cache", memory.kvReservedBytes()),
            new Term("workspace", memory.workspaceBytes())),
        "Kwon et al. 2023, arXiv:2309.06180, for paged allocation");
  }

  /** The most sequences that fit. */
  public static Derivation largestBatch(Capacity capacity, int positions) {
    int batch = capacity.largestBatch(positions);
    return capacity("largest batch", "sequences", batch, "positions", positions, capacity);
  }

  /** The most positions that fit, whatever the model was made for. */
  public static Derivation largestContext(Capacity capacity, int batch) {
    int positions = capacity.largestContext(batch);
    return capacity("largest context", "positions", positions, "batch", batch, capacity);
  }

  private static Derivation capacity(
      String quantity, String unit, int value, String fixedName, int fixed, Capacity capacity) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put(fixedName, fixed);
    inputs.put("availableBytes", capacity.availableBytes());
    return new Derivation(
        quantity,
        value,
        unit,
        "the largest number for which weights + KV cache reserved + workspace <= availableBytes",
        inputs,
        List.of(),
        "Kwon et al. 2023, arXiv:2309.06180, for paged allocation");
  }

  /** The least time of a step on a device. */
  public static Derivation boundSeconds(String phase, Cost total, Roofline roofline) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("flops", total.flops());
    inputs.put("peak", roofline.peakFlopsPerSecond());
    inputs.put("bytes", total.bytes());
    inputs.put("bandwidth", roofline.bytesPerSecond());
    return new Derivation(
        phase + " time",
        roofline.boundSeconds(total),
        "s",
        "max(flops / peak, bytes / bandwidth)",
        inputs,
        List.of(),
        "Williams et al. 2009, doi:10.1145/1498765.1498785");
  }

  /** Bytes of all weights, by tensor role. */
  public static Derivation weightBytes(Architecture architecture, ForwardOptions options) {
    Map<String, Long> roles = new LinkedHashMap<>();
    WeightFormats formats = options.weights();
    for (PlacedWeight weight : PlacedWeight.all(architecture)) {
      String format = formats.of(weight.tensor(), weight.layer()).name();
      roles.merge(
          "%s in %s".formatted(weight.tensor().name(), format),
          formats.storedBytes(weight),
          Math::addExact);
    }
    return new Derivation(
        "weight bytes, " + formats.name(),
        formats.storedBytes(architecture),
        "B",
        "sum over tensors of copies x rows x bytes of a row in its format, scales included",
        sizes(architecture),
        terms(roles),
        SHAPES);
  }

  /** A paper's short formula beside the exact count. */
  public static Derivation ruleOfThumb(RuleOfThumb rule) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("exact", rule.exact());
    inputs.put("relativeError", rule.relativeError());
    return new Derivation(
        "rule of thumb", rule.estimate(), "FLOP", rule.name(), inputs, List.of(), rule.source());
  }

  private static Map<String, Long> byKind(
      List<OperationCost> operations, ToLongFunction<Cost> count) {
    Map<String, Long> kinds = new LinkedHashMap<>();
    for (OperationCost operation : operations) {
      kinds.merge(operation.name(), count.applyAsLong(operation.cost()), Math::addExact);
    }
    return kinds;
  }

  private static List<Term> terms(Map<String, Long> values) {
    return values.entrySet().stream()
        .filter(entry -> entry.getValue() != 0)
        .map(entry -> new Term(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The sizes of a model that formulas name. */
  static Map<String, Number> sizes(Architecture architecture) {
    Map<String, Number> sizes = new LinkedHashMap<>();
    sizes.put("vocabSize", architecture.embedding().vocabSize());
    sizes.put("hiddenSize", architecture.hiddenSize());
    sizes.put("layers", layers(architecture).count());
    layers(architecture)
        .flatMap(layer -> layer.attentions().stream())
        .findFirst()
        .ifPresent(attention -> putSizes(sizes, attention));
    return sizes;
  }

  private static void putSizes(Map<String, Number> sizes, Attention attention) {
    switch (attention) {
      case GroupedQueryAttention grouped -> {
        sizes.put("numAttentionHeads", grouped.numAttentionHeads());
        sizes.put("numKeyValueHeads", grouped.numKeyValueHeads());
        sizes.put("headDim", grouped.headDim());
      }
      case LatentAttention latent -> {
        sizes.put("numAttentionHeads", latent.numAttentionHeads());
        sizes.put("kvLoraRank", latent.keyValueLoraRank());
        sizes.put("ropeDim", latent.positionDim());
      }
    }
  }

  private static Stream<Layer> layers(Architecture architecture) {
    return Stream.concat(architecture.encoder().stream(), architecture.decoder().stream())
        .map(Stack::layers)
        .flatMap(List::stream);
  }
}
