package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The byte-level byte-pair encoding of a model folder, for a GGUF file: one that cuts words as
 * GPT-2 does, as {@code ridge train-tokenizer} makes it. Others have names in GGUF that a folder
 * does not tell.
 */
final class BytePairTokenizer {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final int MAX_BYTES = 128 << 20;

  // llama.cpp's enum llama_token_type.
  private static final int TYPE_NORMAL = 1;
  private static final int TYPE_CONTROL = 3;
  private static final int TYPE_UNUSED = 5;

  private final JsonFields file;
  private final JsonFields config;
  private final String[] tokens;
  private final int[] types;

  private BytePairTokenizer(JsonFields file, JsonFields config, int vocabSize) {
    this.file = file;
    this.config = config;
    tokens = new String[vocabSize];
    types = new int[vocabSize];
  }

  /**
   * The tokenizer of a folder, if it has one of this kind whose ids are in the vocabulary.
   *
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if a file is malformed
   */
  static Optional<BytePairTokenizer> of(Path folder, int vocabSize) {
    Path json = folder.resolve(TOKENIZER);
    Path config = folder.resolve(CONFIG);
    if (!Files.exists(json) || !Files.exists(config)) {
      return Optional.empty();
    }
    BytePairTokenizer tokenizer =
        new BytePairTokenizer(
            new JsonFields(json.toString(), StrictJson.readObject(json, MAX_BYTES)),
            new JsonFields(config.toString(), StrictJson.readObject(config)),
            vocabSize);
    return tokenizer.isOfThisKind() && tokenizer.readTokens()
        ? Optional.of(tokenizer)
        : Optional.empty();
  }

  private boolean isOfThisKind() {
    if (!file.has("pre_tokenizer") || file.has("normalizer")) {
      return false;
    }
    JsonFields words = file.requiredObject("pre_tokenizer");
    JsonFields model = file.requiredObject("model");
    return model.stringOr("type", "").equals("BPE")
        && !model.booleanOr("byte_fallback", false)
        && words.requiredString("type").equals("ByteLevel")
        && words.booleanOr("use_regex", true)
        && !words.booleanOr("add_prefix_space", true)
        && config.isString("bos_token")
        && config.isString("eos_token");
  }

  /** Whether all ids are in the vocabulary. */
  private boolean readTokens() {
    Arrays.fill(types, TYPE_UNUSED);
    JsonFields vocabulary = file.requiredObject("model").requiredObject("vocab");
    for (String token : vocabulary.names()) {
      if (!put(vocabulary.requiredInt(token), token, TYPE_NORMAL)) {
        return false;
      }
    }
    if (file.has("added_tokens")) {
      for (JsonFields added : file.requiredObjects("added_tokens")) {
        int type = added.booleanOr("special", false) ? TYPE_CONTROL : TYPE_NORMAL;
        if (!put(added.requiredInt("id"), added.requiredString("content"), type)) {
          return false;
        }
      }
    }
    for (int id = 0; id < tokens.length; id++) {
      tokens[id] = tokens[id] == null ? "<unused" + id + ">" : tokens[id];
    }
    return id("bos_token") >= 0 && id("eos_token") >= 0;
  }

  private boolean put(int id, String token, int type) {
    if (id < 0 || id >= tokens.length) {
      return false;
    }
    tokens[id] = token;
    types[id] = type;
    return true;
  }

  private int id(String field) {
    return Arrays.asList(tokens).indexOf(config.requiredString(field));
  }

  /** Adds the tokenizer to a file's metadata. */
  void addTo(GgufMetadataWriter metadata) {
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : file.requiredObject("model").requiredArray("merges")) {
      merges.add(
          merge.isArray()
              ? merge.get(0).stringValue() + " " + merge.get(1).stringValue()
              : merge.stringValue());
    }
    metadata
        .text(GgufKeys.TOKENIZER_MODEL, "gpt2")
        .text(GgufKeys.TOKENIZER_WORDS, "gpt-2")
        .texts(GgufKeys.TOKENS, List.of(tokens))
        .integers(GgufKeys.TOKEN_TYPES, types)
        .texts(GgufKeys.MERGES, merges)
        .size(GgufKeys.BOS_TOKEN, id("bos_token"))
        .size(GgufKeys.EOS_TOKEN, id("eos_token"))
        .flag(GgufKeys.ADD_BOS_TOKEN, config.booleanOr("add_bos_token", false));
  }
}
