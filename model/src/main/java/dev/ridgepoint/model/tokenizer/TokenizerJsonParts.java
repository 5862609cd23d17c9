package dev.ridgepoint.model.tokenizer;

import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parts of a {@code tokenizer.json} that is written. */
final class TokenizerJsonParts {
  private TokenizerJsonParts() {}

  /** A file without any part. */
  static ObjectNode empty() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    json.putArray("added_tokens");
    for (String absent : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) {
      json.putNull(absent);
    }
    return json;
  }

  /** A token that is found in a text before it is cut. */
  static void addToken(ObjectNode json, int id, String content, boolean isSpecial) {
    ((ArrayNode) json.get("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", isSpecial);
  }

  /** The bytes of a text as characters. */
  static ObjectNode byteLevel(ObjectNode json, boolean cutsWords) {
    return json.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", cutsWords);
  }

  /** A byte-pair encoding without vocabulary and merges. */
  static ObjectNode bytePairs(ObjectNode json) {
    ObjectNode model = json.putObject("model").put("type", "BPE");
    for (String absent :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.putNull(absent);
    }
    return model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
  }

  /** Puts tokens before and behind every text. */
  static void frame(ObjectNode json, List<String> pieces, OptionalInt first, OptionalInt last) {
    if (first.isEmpty() && last.isEmpty()) {
      return;
    }
    ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    text(single, pieces, first, "A", 0, last);
    text(pair, pieces, first, "A", 0, last);
    text(pair, pieces, first, "B", 1, last);
    ObjectNode tokens = template.putObject("special_tokens");
    for (OptionalInt id : List.of(first, last)) {
      id.ifPresent(
          each -> {
            ObjectNode token = tokens.putObject(pieces.get(each)).put("id", pieces.get(each));
            token.putArray("ids").add(each);
            token.putArray("tokens").add(pieces.get(each));
          });
    }
  }

  private static void text(
      ArrayNode template,
      List<String> pieces,
      OptionalInt first,
      String name,
      int type,
      OptionalInt last) {
    first.ifPresent(id -> part(template, "SpecialToken", pieces.get(id), type));
    part(template, "Sequence", name, type);
    last.ifPresent(id -> part(template, "SpecialToken", pieces.get(id), type));
  }

  private static void part(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }
}
