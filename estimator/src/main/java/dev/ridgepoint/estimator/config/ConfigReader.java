package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the {@code config.json} of any supported family.
 *
 * <p>Absent fields take the defaults of the family's configuration class in the transformers
 * library ({@code models/<family>/configuration_<family>.py}); what that class hard-codes in the
 * modelling file beside it is hard-coded here. The sizes that shape the weights must be given. Of a
 * model that also sees or hears, whose config has a {@code text_config}, the text part is read.
 *
 * <p>A malformed config is refused, and a field whose meaning for the family is not known. What can
 * be counted is never refused.
 */
public final class ConfigReader {
  private static final String TEXT = "text_config";
  private static final String TIED = "tie_word_embeddings";

  private static final Map<String, Family> FAMILIES = families();

  private ConfigReader() {}

  /** The values of {@code model_type} that can be read, in alphabetical order. */
  public static Set<String> supported() {
    return FAMILIES.keySet();
  }

  /**
   * The architecture in a file, or in the {@code config.json} of a folder.
   *
   * @throws InvalidInputException one line with file, field and value
   */
  public static Architecture read(Path configOrFolder) {
    Path file =
        Files.isDirectory(configOrFolder) ? configOrFolder.resolve("config.json") : configOrFolder;
    return of(file.toString(), StrictJson.readObject(file));
  }

  /**
   * The architecture in a text.
   *
   * @param source what to call the text in messages
   * @throws InvalidInputException one line with source, field and value
   */
  public static Architecture parse(String source, String json) {
    return of(source, StrictJson.parseObject(source, json));
  }

  /** As {@link #parse}, of a parsed text. */
  public static Architecture of(String source, ObjectNode config) {
    JsonFields whole = new JsonFields(source, config);
    return architecture(whole.has(TEXT) ? textPart(source, config) : whole);
  }

  /** The text model of one that also sees or hears; whether its head is tied may stand outside. */
  private static JsonFields textPart(String source, ObjectNode config) {
    JsonFields text = new JsonFields(source, config).requiredObject(TEXT);
    if (text.has(TIED) || !config.hasNonNull(TIED)) {
      return text;
    }
    ObjectNode copy = config.deepCopy();
    ((ObjectNode) copy.get(TEXT)).set(TIED, config.get(TIED));
    return new JsonFields(source, copy).requiredObject(TEXT);
  }

  private static Architecture architecture(JsonFields json) {
    String modelType = json.requiredString("model_type");
    Family family = FAMILIES.get(modelType);
    if (family == null) {
      throw json.invalid(
          "model_type",
          "\"%s\" is not supported; supported are %s"
              .formatted(StrictJson.cut(modelType), String.join(", ", supported())));
    }
    try {
      return family.read(json);
    } catch (IllegalArgumentException e) {
      throw json.invalid(e);
    }
  }

  private static Map<String, Family> families() {
    Map<String, Family> families = new TreeMap<>();
    families.putAll(LlamaFamilies.all());
    families.putAll(GemmaFamilies.all());
    families.putAll(ExpertFamilies.all());
    families.putAll(ParallelFamilies.all());
    families.putAll(LearnedPositionFamilies.all());
    families.putAll(EncoderFamilies.all());
    return Collections.unmodifiableMap(families);
  }
}
