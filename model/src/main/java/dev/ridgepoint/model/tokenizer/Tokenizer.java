package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.tokenizer.AddedTokens.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns text into the token ids of a model and back, as the model's file says: added tokens are
 * found, what lies between is normalised and cut into words, and these into tokens. Safe for use by
 * several threads.
 */
public final class Tokenizer {

  /**
   * The parts.
   *
   * @param literal added tokens that are looked for in the text as it is
   * @param normalized added tokens that are looked for in the normalised text
   */
  record Parts(
      Vocabulary vocabulary,
      AddedTokens literal,
      Normalizer normalizer,
      AddedTokens normalized,
      PreTokenizer preTokenizer,
      TokenModel model,
      Decoder decoder,
      Frame frame) {}

  /** The special tokens around a text, such as BOS and EOS. */
  record Frame(List<Integer> before, List<Integer> after) {
    static final Frame NONE = new Frame(List.of(), List.of());
  }

  private final Parts parts;

  Tokenizer(Parts parts) {
    this.parts = parts;
  }

  /** The tokens. */
  public Vocabulary vocabulary() {
    return parts.vocabulary();
  }

  /** Whether a token steers the model rather than being text. */
  public boolean isSpecial(int id) {
    return parts.literal().isSpecial(id) || parts.normalized().isSpecial(id);
  }

  /**
   * The token ids of a text.
   *
   * @param addSpecial whether the special tokens are added that the model wants around a text
   * @param parseSpecial whether text that looks like a special token is that token
   * @throws InvalidInputException if the file's patterns need too many steps for this text
   */
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntStream.Builder ids = IntStream.builder();
    if (addSpecial) {
      parts.frame().before().forEach(ids::add);
    }
    boolean atStart = true;
    for (Section section : parts.literal().split(text, parseSpecial)) {
      if (section.token().isPresent()) {
        ids.add(section.token().getAsInt());
      } else {
        encodeBetween(section.text(), atStart, parseSpecial, ids);
      }
      atStart = false;
    }
    if (addSpecial) {
      parts.frame().after().forEach(ids::add);
    }
    return ids.build().toArray();
  }

  /**
   * The token ids of texts one after the other, as a model learns them: each with the special
   * tokens that the model wants around a text, and {@code end} behind it. Text that looks like a
   * special token is text.
   */
  public IntStream encodeAll(Stream<String> texts, int end) {
    return texts.flatMapToInt(
        text -> IntStream.concat(IntStream.of(encode(text, true, false)), IntStream.of(end)));
  }

  private void encodeBetween(String text, boolean atStart, boolean parseSpecial, IntConsumer ids) {
    boolean first = atStart;
    String normal = parts.normalizer().normalize(text);
    for (Section section : parts.normalized().split(normal, parseSpecial)) {
      if (section.token().isPresent()) {
        ids.accept(section.token().getAsInt());
      } else {
        for (String word : parts.preTokenizer().split(section.text(), first)) {
          parts.model().tokenize(word, ids);
        }
      }
      first = false;
    }
  }

  /**
   * The text of tokens. Bytes that are no UTF-8 become U+FFFD; {@link StreamingDecoder} waits for
   * the rest of a character instead.
   *
   * @param withSpecial whether special tokens are shown
   * @throws InvalidInputException if an id is of no token
   */
  public String decode(int[] ids, boolean withSpecial) {
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      String piece = piece(id);
      if (withSpecial || !isSpecial(id)) {
        pieces.add(piece);
      }
    }
    return String.join("", parts.decoder().decode(pieces));
  }

  private String piece(int id) {
    return vocabulary()
        .piece(id)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "token id",
                    String.format(
                        Locale.ROOT,
                        "%d has no token in a vocabulary of %d",
                        id,
                        vocabulary().size())));
  }
}
