package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.ClosestNames;
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
 * model that also sees or hears, whose config is around that of its text part, that part is read.
 *
 * <p>A malformed config is refused, and a field whose meaning for the family is not known. What can
 * be counted is never refused.
 */
public final class ConfigReader {
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
    TextPart text = TextPart.of(source, config);
    return architecture(text.fields()).withOmitted(text.omitted());
  }

  private static Architecture architecture(JsonFields json) {
    String modelType = json.requiredString("model_type");
    Family family = FAMILIES.get(modelType);
    if (family == null) {
      throw json.invalid(
          "model_type",
          "\"%s\" is not supported; the closest are %s; a model built like Llama or Mixtral can be"
                  .formatted(
                      StrictJson.cut(modelType),
                      String.join(", ", ClosestNames.of(modelType, supported())))
              + " given by its sizes (--hidden, --layers, --heads, --kv-heads, --ffn, --vocab)");
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
    families.putAll(DenseFamilies.all());
    families.putAll(QwenFamilies.all());
    families.putAll(GemmaFamilies.all());
    families.putAll(Gemma3nFamilies.all());
    families.putAll(ExpertFamilies.all());
    families.putAll(DeepSeekFamilies.all());
    families.putAll(StateSpaceFamilies.all());
    families.putAll(NemotronFamilies.all());
    families.putAll(HybridFamilies.all());
    families.putAll(ParallelFamilies.all());
    families.putAll(LearnedPositionFamilies.all());
    families.putAll(EncoderFamilies.all());
    families.putAll(RotaryEncoderFamilies.all());
    return Collections.unmodifiableMap(families);
  }
}
