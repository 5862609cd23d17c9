package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.scaling.IsoFlopFit;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Llamas of one shape in several sizes: a head of 16 elements and a layer for each 16 of the hidden
 * size, a feed-forward of 8/3 of it, rounded up to 16, and the embedding as output head. A layer of
 * hidden size h has about 12 h^2 parameters, and the layers h/16 as many.
 */
final class IsoFlopSizes {
  private static final String OPTION = "--sizes";
  private static final int UNIT = 16;
  private static final int LARGEST = 1024;

  private IsoFlopSizes() {}

  /**
   * What was asked for, in ascending order.
   *
   * @throws InvalidInputException if they are too few, or one is out of bounds
   */
  static List<Integer> of(int[] hiddenSizes) {
    List<Integer> sizes = Arrays.stream(hiddenSizes).sorted().distinct().boxed().toList();
    if (sizes.size() < IsoFlopFit.FEWEST_SIZES) {
      throw new InvalidInputException(
          OPTION, "must be %s or more, but are %s".formatted(IsoFlopFit.FEWEST_SIZES, sizes));
    }
    for (int size : sizes) {
      OptionChecks.requireIn(OPTION, size, UNIT, LARGEST);
      if (size % UNIT != 0) {
        throw new InvalidInputException(
            OPTION, "must be multiples of %s, but one is %s".formatted(UNIT, size));
      }
    }
    return sizes;
  }

  /** The model of a hidden size. */
  static NamedModel model(int hiddenSize, int vocabulary) {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", "llama");
    config.put("hidden_size", hiddenSize);
    config.put("num_hidden_layers", hiddenSize / UNIT);
    config.put("num_attention_heads", hiddenSize / UNIT);
    config.put("intermediate_size", Math.ceilDiv(8 * hiddenSize, 3 * UNIT) * UNIT);
    config.put("vocab_size", vocabulary);
    config.put("max_position_embeddings", Architecture.UNLIMITED_POSITIONS);
    config.put("tie_word_embeddings", true);
    return NamedModel.of("hidden size " + hiddenSize, ConfigReader.of(OPTION, config));
  }
}
