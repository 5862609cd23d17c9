package dev.ridgepoint.model.checkpoint;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code tokenizer.json} of a model that has no tokenizer of its own, such as one with
 * synthetic weights: engines that insist on one then load the folder. As in Llama 2's vocabulary,
 * the three special tokens come first and the 256 bytes behind them; what is left stands for
 * nothing.
 */
final class ByteTokenizer {
  private static final String[] SPECIAL = {"<unk>", "<s>", "</s>"};
  private static final int BYTES = 256;

  private ByteTokenizer() {}

  /** The tokenizer of a vocabulary of {@code vocabSize} tokens, as text. */
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
    model.put("unk_token", SPECIAL[0]);
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
    return value < BYTES ? "<0x%02X>".formatted(value) : "<unused%d>".formatted(value - BYTES);
  }
}
