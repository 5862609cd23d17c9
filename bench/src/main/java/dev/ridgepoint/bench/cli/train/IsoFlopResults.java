package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.estimator.scaling.ChinchillaFit;
import dev.ridgepoint.estimator.scaling.IsoFlopFit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the sizes came to so far: {@code isoflop.json}.
 *
 * @param settings of all of them
 * @param sizes by ascending hidden size
 */
record IsoFlopResults(Settings settings, List<Size> sizes) {
  private static final String FILE = "isoflop.json";
  private static final String CURVE = "curve";

  /**
   * What losses depend on besides the size.
   *
   * @param flops that each size is trained for
   * @param vocabulary of the tokenizer
   * @param stories that are trained on, over and over where they are too few
   * @param batch sequences of a step
   * @param sequenceLength tokens of each
   * @param learningRate its highest value
   */
  record Settings(
      double flops,
      int vocabulary,
      int stories,
      int batch,
      int sequenceLength,
      double learningRate,
      long seed) {}

  /**
   * A size that was trained.
   *
   * @param parameters all, embeddings included
   * @param embeddingParameters those of the embedding, which is the output head, too
   * @param flops of all steps, as the estimator lists them
   * @param passes over the stories
   * @param loss of held-out stories, in nats per token
   * @param curve losses of the stories that it learnt from, along the way; files of versions before
   *     have none
   */
  record Size(
      int hiddenSize,
      long parameters,
      long embeddingParameters,
      long steps,
      long tokens,
      double flops,
      double passes,
      double loss,
      double seconds,
      List<LossCurve.Point> curve) {
    Size {
      curve = List.copyOf(curve);
    }

    double tokensPerParameter() {
      return (double) tokens / parameters;
    }

    /** The loss that a fit gives for as many parameters and tokens. */
    double lossBy(ChinchillaFit fit) {
      return fit.loss((double) parameters, (double) tokens);
    }

    double embeddingShare() {
      return (double) embeddingParameters / parameters;
    }
  }

  IsoFlopResults {
    sizes = List.copyOf(sizes);
  }

  /**
   * Those of a folder; none if it has no file of them.
   *
   * @throws InvalidInputException if they are those of other settings
   */
  static IsoFlopResults read(Path folder, Settings settings) {
    Path file = folder.resolve(FILE);
    if (Files.notExists(file)) {
      return new IsoFlopResults(settings, List.of());
    }
    ObjectNode read = StrictJson.readObject(file);
    for (JsonNode size : read.path("sizes")) {
      if (size instanceof ObjectNode each && !each.has(CURVE)) {
        each.putArray(CURVE);
      }
    }
    IsoFlopResults results = StrictJson.toRecord(file.toString(), read, IsoFlopResults.class);
    if (!results.settings.equals(settings)) {
      throw new InvalidInputException(
          "--out", file + " is of other settings; give them again, or another folder");
    }
    return results;
  }

  void write(Path folder) throws IOException {
    AtomicFiles.write(folder.resolve(FILE), StrictJson.write(this));
  }

  Optional<Size> of(int hiddenSize) {
    return sizes.stream().filter(size -> size.hiddenSize == hiddenSize).findFirst();
  }

  /** Those that are known of some. */
  List<Size> of(List<Integer> hiddenSizes) {
    return hiddenSizes.stream().flatMap(size -> of(size).stream()).toList();
  }

  /**
   * The curve through sizes.
   *
   * @throws InvalidInputException if they are fewer than three
   */
  static IsoFlopFit fit(List<Size> sizes) {
    return IsoFlopFit.of(
        sizes.stream()
            .map(size -> new IsoFlopFit.Run(size.parameters, size.tokens, size.loss))
            .toList());
  }

  /** These and another. */
  IsoFlopResults with(Size size) {
    return new IsoFlopResults(
        settings,
        Stream.concat(sizes.stream(), Stream.of(size))
            .sorted(Comparator.comparingInt(Size::hiddenSize))
            .toList());
  }
}
