package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.model.checkpoint.AtomicOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@link BytePairTrainer} learnt, in the files of Hugging Face's libraries.
 *
 * @param special the tokens that steer a model, which have the first ids
 * @param pieces all tokens by id, in the characters of {@link ByteLevel}
 * @param merges in the order in which they are made
 */
public record TrainedTokenizer(List<String> special, List<String> pieces, List<Merge> merges) {

  /** Two tokens that become one. */
  public record Merge(String left, String right) {}

  public TrainedTokenizer {
    special = List.copyOf(special);
    pieces = List.copyOf(pieces);
    merges = List.copyOf(merges);
  }

  /** The tokenizer, which begins a text with {@link BytePairTrainer#BOS}. */
  public Tokenizer tokenizer() {
    return TokenizerJson.of("trained tokenizer", json());
  }

  /**
   * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and, with the ids that begin and
   * end a text, {@code generation_config.json}.
   *
   * @throws IOException naming the file, such as when the disk is full
   */
  public void write(Path folder) throws IOException {
    AtomicOutput.write(folder.resolve(TokenizerFiles.JSON), json().toPrettyString() + "\n");
    AtomicOutput.write(folder.resolve(SpecialTokens.FILE), config().toPrettyString() + "\n");
    AtomicOutput.write(
        folder.resolve(EndTokens.GENERATION_CONFIG), generation().toPrettyString() + "\n");
  }

  private static ObjectNode config() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", BytePairTrainer.BOS)
        .put("eos_token", BytePairTrainer.EOS)
        .put("add_bos_token", true)
        .put("clean_up_tokenization_spaces", false);
  }

  private ObjectNode generation() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("bos_token_id", special.indexOf(BytePairTrainer.BOS))
        .put("eos_token_id", special.indexOf(BytePairTrainer.EOS));
  }

  private ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (int id = 0; id < special.size(); id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", special.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    json.putNull("normalizer");
    byteLevel(json.putObject("pre_tokenizer"));
    addBos(json.putObject("post_processor"));
    byteLevel(json.putObject("decoder"));
    ObjectNode model = json.putObject("model").put("type", "BPE");
    for (String absent :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.putNull(absent);
    }
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.put(pieces.get(id), id);
    }
    ArrayNode list = model.putArray("merges");
    merges.forEach(merge -> list.add(merge.left() + " " + merge.right()));
    return json;
  }

  private static void byteLevel(ObjectNode json) {
    json.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private void addBos(ObjectNode json) {
    json.put("type", "TemplateProcessing");
    String bos = BytePairTrainer.BOS;
    ArrayNode single = json.putArray("single");
    part(single, "SpecialToken", bos, 0);
    part(single, "Sequence", "A", 0);
    ArrayNode pair = json.putArray("pair");
    part(pair, "SpecialToken", bos, 0);
    part(pair, "Sequence", "A", 0);
    part(pair, "SpecialToken", bos, 1);
    part(pair, "Sequence", "B", 1);
    ObjectNode token = json.putObject("special_tokens").putObject(bos).put("id", bos);
    token.putArray("ids").add(special.indexOf(bos));
    token.putArray("tokens").add(bos);
  }

  private static void part(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }
}
