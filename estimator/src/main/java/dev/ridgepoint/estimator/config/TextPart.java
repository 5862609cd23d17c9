package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The text model of a config, which may stand inside others: a model that also sees or hears has a
 * config for each of its parts.
 *
 * @param fields of the text model
 * @param omitted the names of the other parts' configs
 */
record TextPart(JsonFields fields, List<String> omitted) {
  /** What families call the config of the part that speaks. */
  private static final List<String> NAMES =
      List.of("text_config", "language_config", "llm_config", "thinker_config");

  /** Configs that are no part of a model. */
  private static final List<String> SETTINGS =
      List.of("quantization_config", "compression_config", "generation_config");

  /** Parts whose configs may stand among the text model's own fields. */
  private static final List<String> TOWERS = List.of("vision_config", "audio_config");

  private static final String MODEL_TYPE = "model_type";
  private static final String TIED = "tie_word_embeddings";

  static TextPart of(String source, ObjectNode config) {
    ObjectNode node = config.deepCopy();
    JsonFields fields = new JsonFields(source, node);
    List<String> omitted = new ArrayList<>();
    for (Optional<String> name = inner(node); name.isPresent(); name = inner(node)) {
      omitted.addAll(otherParts(node, name.get()));
      fields = fields.requiredObject(name.get());
      ObjectNode text = (ObjectNode) node.get(name.get());
      inherit(node, text);
      node = text;
    }
    omitted.addAll(TOWERS.stream().filter(node::hasNonNull).toList());
    return new TextPart(fields, List.copyOf(omitted));
  }

  private static Optional<String> inner(ObjectNode node) {
    return NAMES.stream().filter(node::hasNonNull).findFirst();
  }

  private static List<String> otherParts(ObjectNode node, String text) {
    return node.propertyNames().stream()
        .filter(name -> name.endsWith("_config") && node.get(name).isObject())
        .filter(name -> !name.equals(text) && !SETTINGS.contains(name))
        .toList();
  }

  /** Whether the head is tied may stand outside alone, and so may the family. */
  private static void inherit(ObjectNode outer, ObjectNode text) {
    if (!text.hasNonNull(TIED) && outer.hasNonNull(TIED)) {
      text.set(TIED, outer.get(TIED));
    }
    if (text.hasNonNull(MODEL_TYPE) || !outer.hasNonNull(MODEL_TYPE)) {
      return;
    }
    String type = outer.get(MODEL_TYPE).asString();
    List.of(type + "_text", type).stream()
        .filter(ConfigReader.supported()::contains)
        .findFirst()
        .ifPresent(known -> text.put(MODEL_TYPE, known));
  }
}
