package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.PlacedWeight;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Owner;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.format.WeightFormats.Place;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The formats in which GGUF files store a model's tensors, by their roles and layers. */
final class StoredFormats {
  private static final Pattern NAME =
      Pattern.compile("(?:blk\\.(\\d{1,6})\\.)?(.+?)\\.(weight|bias)");

  private static final Map<String, Owner> OWNERS =
      Map.of("", Owner.LAYER, "_exps", Owner.EXPERT, "_shexp", Owner.SHARED_EXPERT);

  private StoredFormats() {}

  /**
   * The formats in the headers of a model's GGUF files. Of tensors that no role names the format is
   * that of most bytes.
   *
   * @throws InvalidInputException if a file cannot be read or its header does not hold
   */
  static WeightFormats of(CheckpointFiles files) {
    Map<Place, Precision> formats = new HashMap<>();
    Map<Precision, Long> matrixBytes = new LinkedHashMap<>();
    List<FileHeader> headers = files.weights().stream().map(FileHeader::read).toList();
    Optional<GgufArchitecture> architecture =
        headers.stream().flatMap(header -> architecture(header).stream()).findFirst();
    for (CheckpointFiles.PlacedTensor placed : files.tensors(headers).values()) {
      TensorInfo tensor = placed.info();
      if (tensor.dtype() instanceof GgmlType type) {
        Precision precision = type.precision();
        places(tensor.name(), architecture).forEach(place -> formats.put(place, precision));
        if (tensor.shape().size() > 1) {
          matrixBytes.merge(precision, tensor.byteSize(), Math::addExact);
        }
      }
    }
    List<Precision> byBytes =
        matrixBytes.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(Map.Entry::getKey)
            .toList();
    String name = byBytes.stream().map(Precision::name).collect(Collectors.joining("+"));
    Precision usual = byBytes.isEmpty() ? Precision.F32 : byBytes.getFirst();
    return WeightFormats.ofTensors(name, formats, WeightFormats.of(usual));
  }

  private static Optional<GgufArchitecture> architecture(FileHeader header) {
    return header instanceof GgufHeader gguf
            && gguf.entries().get(GgufKeys.ARCHITECTURE) instanceof GgufValue.Text name
        ? GgufArchitectures.named(name.value())
        : Optional.empty();
  }

  /**
   * The places that a name may stand for: two roles of norms can have the same one, and joined
   * projections are of several.
   */
  private static List<Place> places(String name, Optional<GgufArchitecture> architecture) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return List.of();
    }
    int layer =
        matcher.group(1) == null ? PlacedWeight.NO_LAYER : Integer.parseInt(matcher.group(1));
    Part part = matcher.group(3).equals("bias") ? Part.BIAS : Part.WEIGHT;
    return OWNERS.entrySet().stream()
        .flatMap(
            owner ->
                Arrays.stream(TensorRole.values())
                    .filter(role -> !role.ggufName().isEmpty())
                    .filter(
                        role ->
                            matcher
                                .group(2)
                                .equals(tensorName(role, architecture) + owner.getKey()))
                    .map(role -> new Place(role, part, owner.getValue(), layer)))
        .toList();
  }

  private static String tensorName(TensorRole role, Optional<GgufArchitecture> architecture) {
    return architecture.map(known -> known.tensorName(role)).orElse(role.ggufName());
  }
}
