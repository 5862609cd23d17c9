package dev.ridgepoint.model.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizer of a model that has none of its own, such as one with synthetic weights: engines
 * that insist on one then load it, and each byte of a prompt is a token. As in Llama 2's
 * vocabulary, the three special tokens come first and the 256 bytes behind them; what is left
 * stands for nothing.
 */
final class ByteTokenizer {
  private static final String[] SPECIAL = {"<unk>", "<s>", "</s>"};
  private static final int UNKNOWN = 0;
  private static final int BOS = 1;
  private static final int EOS = 2;
  private static final int BYTES = 256;

  // llama.cpp's enum llama_token_type.
  private static final int TYPE_NORMAL = 1;
  private static final int TYPE_UNKNOWN = 2;
  private static final int TYPE_CONTROL = 3;
  private static final int TYPE_BYTE = 6;

  private ByteTokenizer() {}

  /**
   * Adds the tokenizer to a GGUF file's metadata. llama.cpp needs all bytes; to a smaller
   * vocabulary it gets token numbers only.
   */
  static void addTo(GgufMetadataWriter metadata, int vocabSize) {
    if (vocabSize < SPECIAL.length + BYTES) {
      metadata.text(GgufKeys.TOKENIZER_MODEL, "no_vocab");
      return;
    }
    List<String> tokens = IntStream.range(0, vocabSize).mapToObj(ByteTokenizer::token).toList();
    int[] types = new int[vocabSize];
    Arrays.fill(types, TYPE_NORMAL);
    Arrays.fill(types, 0, SPECIAL.length, TYPE_CONTROL);
    types[UNKNOWN] = TYPE_UNKNOWN;
    Arrays.fill(types, SPECIAL.length, SPECIAL.length + BYTES, TYPE_BYTE);
    metadata
        .text(GgufKeys.TOKENIZER_MODEL, "llama")
        .texts(GgufKeys.TOKENS, tokens)
        .reals(GgufKeys.SCORES, new float[vocabSize])
        .integers(GgufKeys.TOKEN_TYPES, types)
        .size(GgufKeys.UNKNOWN_TOKEN, UNKNOWN)
        .size(GgufKeys.BOS_TOKEN, BOS)
        .size(GgufKeys.EOS_TOKEN, EOS)
        .flag(GgufKeys.ADD_BOS_TOKEN, false)
        .flag(GgufKeys.ADD_SPACE_PREFIX, false);
  }

  /** The {@code tokenizer.json} of a vocabulary of {@code vocabSize} tokens. */
  static String json(int vocabSize) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("version", "1.0");
    for (String absent : new String[] {"truncation", "padding"}) {
      json.putNull(absent);
    }
    json.putArray("added_tokens");
    for (String absent : new String[] {"normalizer", "pre_tokenizer", "post_processor"}) {
      json.putNull(absent);
    }
    json.putObject("decoder").put("type", "ByteFallback");
    ObjectNode model = json.putObject("model");
    model.put("type", "BPE");
    model.put("unk_token", SPECIAL[UNKNOWN]);
    model.put("fuse_unk", true);
    model.put("byte_fallback", true);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < vocabSize; id++) {
      vocabulary.put(token(id), id);
    }
    model.putArray("merges");
    return json.toString() + "\n";
  }

  private static String token(int id) {
    if (id < SPECIAL.length) {
      return SPECIAL[id];
    }
    int value = id - SPECIAL.length;
    return value < BYTES
        ? String.format(Locale.ROOT, "<0x%02X>", value)
        : String.format(Locale.ROOT, "<unused%d>", value - BYTES);
  }
}
