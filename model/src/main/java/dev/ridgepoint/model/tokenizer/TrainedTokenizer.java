package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.model.checkpoint.AtomicOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
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
    ObjectNode json = TokenizerJsonParts.empty();
    for (int id = 0; id < special.size(); id++) {
      TokenizerJsonParts.addToken(json, id, special.get(id), true);
    }
    TokenizerJsonParts.byteLevel(json.putObject("pre_tokenizer"), true);
    OptionalInt bos = OptionalInt.of(special.indexOf(BytePairTrainer.BOS));
    TokenizerJsonParts.frame(json, pieces, bos, OptionalInt.empty());
    TokenizerJsonParts.byteLevel(json.putObject("decoder"), true);
    ObjectNode model = TokenizerJsonParts.bytePairs(json);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.put(pieces.get(id), id);
    }
    ArrayNode list = model.putArray("merges");
    merges.forEach(merge -> list.add(merge.left() + " " + merge.right()));
    return json;
  }
}
