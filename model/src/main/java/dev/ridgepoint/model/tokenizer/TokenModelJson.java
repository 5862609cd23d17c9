package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Reads the model of a {@code tokenizer.json}: its vocabulary and how it cuts words. */
final class TokenModelJson {
  private static final int BERT_MAX_CHARS = 100;

  private TokenModelJson() {}

  /** The ids of the model's own pieces. */
  static Map<String, Integer> ids(JsonFields model) {
    Map<String, Integer> ids = new HashMap<>();
    if (type(model).equals("Unigram")) {
      List<Scored> pieces = scored(model);
      for (int id = 0; id < pieces.size(); id++) {
        if (ids.put(pieces.get(id).piece(), id) != null) {
          throw model.invalid(
              element("vocab", id), "has the piece of another: " + pieces.get(id).piece());
        }
      }
      return ids;
    }
    JsonFields vocab = model.requiredObject("vocab");
    for (String piece : vocab.names()) {
      ids.put(piece, vocab.requiredInt(piece));
    }
    return ids;
  }

  /** How the model cuts words. */
  static TokenModel of(JsonFields model, Vocabulary vocabulary) {
    return switch (type(model)) {
      case "BPE" -> bytePairs(model, vocabulary);
      case "WordPiece" ->
          new WordPieces(
              vocabulary,
              "",
              model.stringOr("continuing_subword_prefix", "##"),
              unknown(model, vocabulary),
              model.intOr("max_input_chars_per_word", BERT_MAX_CHARS));
      case "Unigram" -> unigram(model, vocabulary);
      default -> throw model.invalid("type", Shown.quote(type(model)) + " is not supported");
    };
  }

  /** Files of the library's first versions leave it out. */
  private static String type(JsonFields model) {
    return model.stringOr("type", model.has("merges") ? "BPE" : "WordPiece");
  }

  private static OptionalInt unknown(JsonFields model, Vocabulary vocabulary) {
    if (!model.has("unk_token")) {
      return OptionalInt.empty();
    }
    String token = model.requiredString("unk_token");
    return OptionalInt.of(
        vocabulary
            .id(token)
            .orElseThrow(() -> model.invalid("unk_token", Shown.quote(token) + " is no token")));
  }

  private static int[] byteIds(JsonFields model, Vocabulary vocabulary) {
    return model.booleanOr("byte_fallback", false)
        ? UnknownPieces.byteIds(model.source(), vocabulary)
        : new int[0];
  }

  private static TokenModel bytePairs(JsonFields model, Vocabulary vocabulary) {
    ArrayNode merges = model.requiredArray("merges");
    List<BytePairMerges.Merge> all = new ArrayList<>(merges.size());
    for (JsonNode merge : merges) {
      all.add(merge(model, all.size(), merge));
    }
    return BytePairMerges.of(
        model.source(),
        model.path("merges"),
        vocabulary,
        all,
        new BytePairMerges.Words(
            model.stringOr("continuing_subword_prefix", ""),
            model.stringOr("end_of_word_suffix", ""),
            model.booleanOr("ignore_merges", false)),
        new UnknownPieces(
            byteIds(model, vocabulary),
            unknown(model, vocabulary),
            model.booleanOr("fuse_unk", false)));
  }

  /** A pair of pieces, or in older files one string with a space between them. */
  private static BytePairMerges.Merge merge(JsonFields model, int index, JsonNode merge) {
    if (merge.isString()) {
      String text = merge.stringValue();
      int space = text.indexOf(' ', 1);
      if (space >= 0 && space + 1 < text.length()) {
        return new BytePairMerges.Merge(text.substring(0, space), text.substring(space + 1));
      }
    }
    if (merge.isArray()
        && merge.size() == 2
        && merge.get(0).isString()
        && merge.get(1).isString()) {
      return new BytePairMerges.Merge(merge.get(0).stringValue(), merge.get(1).stringValue());
    }
    throw model.invalid(
        element("merges", index), "must be two pieces, but is " + StrictJson.describe(merge));
  }

  private record Scored(String piece, double score) {}

  private static List<Scored> scored(JsonFields model) {
    List<Scored> pieces = new ArrayList<>();
    for (JsonNode entry : model.requiredArray("vocab")) {
      if (!entry.isArray()
          || entry.size() != 2
          || !entry.get(0).isString()
          || !entry.get(1).isNumber()) {
        throw model.invalid(
            element("vocab", pieces.size()),
            "must be a piece and its score, but is " + StrictJson.describe(entry));
      }
      pieces.add(new Scored(entry.get(0).stringValue(), entry.get(1).doubleValue()));
    }
    return pieces;
  }

  private static TokenModel unigram(JsonFields model, Vocabulary vocabulary) {
    double[] scores = scored(model).stream().mapToDouble(Scored::score).toArray();
    boolean[] usable = new boolean[scores.length];
    Arrays.fill(usable, true);
    OptionalInt unknown = OptionalInt.empty();
    if (model.has("unk_id")) {
      int id = model.requiredInt("unk_id");
      if (id < 0 || id >= scores.length) {
        throw model.invalid("unk_id", id + " is no token");
      }
      usable[id] = false;
      unknown = OptionalInt.of(id);
    }
    return new UnigramLattice(
        model.source(),
        vocabulary,
        scores,
        usable,
        new UnknownPieces(byteIds(model, vocabulary), unknown, true));
  }

  private static String element(String field, int index) {
    return String.format(Locale.ROOT, "%s[%d]", field, index);
  }
}
