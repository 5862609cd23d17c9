package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Small configs, and the golden ones among the resources. */
final class Configs {
  private static final String[][] SIZES = {
    {"vocab_size", "10"},
    {"hidden_size", "12"},
    {"intermediate_size", "6"},
    {"num_hidden_layers", "2"},
    {"num_attention_heads", "3"},
  };

  private Configs() {}

  /** A small valid config with some fields, in single quotes, added or replaced. */
  static String json(String family, String fields) {
    StringBuilder json = new StringBuilder("{").append(fields.replace('\'', '"'));
    String separator = fields.isBlank() ? "" : ", ";
    for (String[] other :
        Stream.concat(
                Stream.of(new String[][] {{"model_type", '"' + family + '"'}}), Stream.of(SIZES))
            .toArray(String[][]::new)) {
      if (!fields.contains("'" + other[0] + "'")) {
        json.append(separator).append('"').append(other[0]).append("\": ").append(other[1]);
        separator = ", ";
      }
    }
    return json.append('}').toString();
  }

  static Architecture read(String family, String fields) {
    return ConfigReader.parse("test.json", json(family, fields));
  }

  /** A folder or file of the golden set. */
  static Path golden(String name) {
    try {
      return Path.of(Configs.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** A golden model, of which F32 files are there. */
  static Architecture goldenModel(String name) {
    return ConfigReader.read(golden("logits").resolve(name).resolve("hf-f32"));
  }

  static GroupedQueryAttention attention(Architecture architecture, int layer) {
    return (GroupedQueryAttention)
        architecture.decoder().orElseThrow().layers().get(layer).attention();
  }

  static int layers(Architecture architecture) {
    return architecture.decoder().orElseThrow().layers().size();
  }

  /** The attention of each layer. */
  static Stream<GroupedQueryAttention> attentions(Architecture architecture) {
    return IntStream.range(0, layers(architecture)).mapToObj(i -> attention(architecture, i));
  }
}
