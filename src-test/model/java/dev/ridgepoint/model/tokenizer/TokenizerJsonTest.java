package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small tokenizers whose ids are counted by hand. */
class TokenizerJsonTest {
  private static final String BPE =
      "{'type': 'BPE', 'vocab': {'a': 0, 'b': 1, 'ab': 2, 'aba': 3, 'c': 4, '<u>': 5}, 'merges':"
          + " ['a b', ['ab', 'a']], 'unk_token': '<u>', 'fuse_unk': true}";
  private static final String WORD_PIECE =
      "{'type': 'WordPiece', 'unk_token': '[UNK]', 'max_input_chars_per_word': 20, 'vocab':"
          + " {'[UNK]': 0, '[CLS]': 1, '[SEP]': 2, 'un': 3, '##aff': 4, '##able': 5, 'cafe': 6,"
          + " ',': 7, '東': 8}}";
  private static final String UNIGRAM =
      "{'type': 'Unigram', 'unk_id': 0, 'vocab': [['<unk>', 0], ['▁', -2], ['a', -3], ['b', -3],"
          + " ['ab', -5.5], ['▁a', -4], ['aa', -7]]}";

  @TempDir private Path folder;

  @Test
  void mergesComeInTheirOrderAndUnknownCharactersAreFused() {
    Tokenizer tokenizer = read("{'model': " + BPE + "}");
    assertArrayEquals(new int[] {2, 2}, ids(tokenizer, "abab"));
    assertArrayEquals(new int[] {3, 2}, ids(tokenizer, "abaab"));
    assertArrayEquals(new int[] {4, 5, 0}, ids(tokenizer, "c??a"));
  }

  @Test
  void bertCutsWordsIntoTheLongestPieces() {
    Tokenizer tokenizer =
        read(
            "{'normalizer': {'type': 'BertNormalizer'}, 'pre_tokenizer': {'type':"
                + " 'BertPreTokenizer'}, 'decoder': {'type': 'WordPiece'}, 'post_processor':"
                + " {'type': 'BertProcessing', 'sep': ['[SEP]', 2], 'cls': ['[CLS]', 1]},"
                + " 'added_tokens': [{'id': 2, 'content': '[SEP]', 'special': true}], 'model': "
                + WORD_PIECE
                + "}");
    int[] ids = tokenizer.encode("Unaffable,\tCAFÉ 東unun[SEP]", true, true);
    assertArrayEquals(new int[] {1, 3, 4, 5, 7, 6, 8, 0, 2, 2}, ids);
    assertEquals("unaffable, cafe", tokenizer.decode(new int[] {3, 4, 5, 7, 6}, true));
    assertArrayEquals(new int[] {0}, ids(tokenizer, "a".repeat(21)));
  }

  /** "▁ab": ▁a + b = -7 is better than ▁ + ab = -7.5 and ▁ + a + b = -8. */
  @Test
  void unigramTakesTheBestSum() {
    Tokenizer tokenizer =
        read(
            "{'pre_tokenizer': {'type': 'Metaspace', 'prepend_scheme': 'first', 'split': false},"
                + " 'decoder': {'type': 'Metaspace'}, 'model': "
                + UNIGRAM
                + "}");
    assertArrayEquals(new int[] {5, 3}, ids(tokenizer, "ab"));
    assertArrayEquals(new int[] {5, 2, 5, 0, 3}, ids(tokenizer, "aa a??b"));
    assertEquals("ab", tokenizer.decode(new int[] {5, 3}, false));
  }

  @Test
  void addedTokensTakeWhatTheySay() {
    Tokenizer tokenizer =
        read(
            "{'added_tokens': [{'id': 6, 'content': '<s>', 'special': true}, {'id': 7, 'content':"
                + " '<l>', 'lstrip': true}, {'id': 8, 'content': '<r>', 'rstrip': true}, {'id': 9,"
                + " 'content': 'ba', 'single_word': true}, {'id': 10, 'content': '<s><s>',"
                + " 'normalized': false}], 'model': "
                + BPE
                + "}");
    assertArrayEquals(new int[] {0, 6, 1}, tokenizer.encode("a<s>b", false, true));
    assertArrayEquals(new int[] {0, 5, 1}, tokenizer.encode("a<s>b", false, false));
    assertArrayEquals(new int[] {0, 7, 5, 1}, ids(tokenizer, "a  <l> b"));
    assertArrayEquals(new int[] {0, 5, 8, 1}, ids(tokenizer, "a <r>  b"));
    assertArrayEquals(new int[] {9, 5, 3}, ids(tokenizer, "ba aba"));
    assertArrayEquals(new int[] {10, 6}, ids(tokenizer, "<s><s><s>"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{'type': 'NFC'}#e\u0301#\u00e9",
        "{'type': 'NFKC'}#\ufb01\uff21#fiA",
        "{'type': 'Lowercase'}#ÀB#àb",
        "{'type': 'Sequence', 'normalizers': [{'type': 'NFD'}, {'type': 'StripAccents'}]}#é#e",
        "{'type': 'Replace', 'pattern': {'Regex': 'b+'}, 'content': '$1'}#abbc#a$1c",
        "{'type': 'Replace', 'pattern': {'String': '.'}, 'content': ''}#a.b#ab",
        "{'type': 'Prepend', 'prepend': 'x'}#a#xa",
        "{'type': 'Strip', 'strip_left': true, 'strip_right': false}#'  a '#'a '",
      })
  void normalizersRewrite(String json, String text, String normal) {
    Path file = write("{'n': " + json + "}");
    Normalizer normalizer =
        NormalizerJson.of(new JsonFields("f", StrictJson.readObject(file)), "n");
    assertEquals(normal, normalizer.normalize(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'type': 'Whitespace'}#`a_b, c!`#a_b|,|c|!",
        "{'type': 'WhitespaceSplit'}#`a b,  c`#a|b,|c",
        "{'type': 'Digits', 'individual_digits': true}#a12b#a|1|2|b",
        "{'type': 'Digits', 'individual_digits': false}#a12b#a|12|b",
        "{'type': 'Punctuation', 'behavior': 'MergedWithPrevious'}#a,,b#a,|,|b",
        "{'type': 'Punctuation', 'behavior': 'MergedWithNext'}#a,,b#a|,|,b",
        "{'type': 'Punctuation', 'behavior': 'Contiguous'}#a,,b#a|,,|b",
        "{'type': 'Punctuation', 'behavior': 'Removed'}#a,,b#a|b",
        "{'type': 'Split', 'pattern': {'Regex': '\\\\p{Han}'}, 'behavior': 'Isolated'}#a東b#a|東|b",
        "{'type': 'Split', 'pattern': {'String': ','}, 'behavior': 'Isolated', 'invert': true}"
            + "#a,b#a|,|b",
        "{'type': 'Metaspace'}#`a b`#▁a|▁b",
        "{'type': 'ByteLevel', 'add_prefix_space': true}#`a é`#Ġa|ĠÃ©",
        "{'type': 'ByteLevel', 'add_prefix_space': true}#` a`#Ġa",
        "{'type': 'ByteLevel', 'add_prefix_space': true}#`\ta`#Ġ|ĉ|a",
      })
  void preTokenizersCut(String json, String text, String words) {
    Path file = write("{'p': " + json + "}");
    PreTokenizer preTokenizer =
        PreTokenizerJson.of(new JsonFields("f", StrictJson.readObject(file)), "p");
    assertEquals(words, String.join("|", preTokenizer.split(text, true)));
  }

  /** From, to, and what the message names. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "'a b'#'ab'#model.merges[0]",
        "'a b'#'a x'#model.merges[0] needs the token \"x\"",
        "'a b'#['a']#model.merges[0]",
        "'a': 0#'a': -1#model.vocab",
        "'a': 0#'a': 1#have the id 1",
        "'a': 0#'a': 2000000000#model.vocab",
        "'a': 0#'a': 'x'#model.vocab.a",
        "'BPE'#'BPF'#model.type \"BPF\" is not supported",
        "'BPE'#3#model.type",
        "'<u>', 'fuse#'<v>', 'fuse#model.unk_token",
        "'fuse_unk': true#'fuse_unk': 1#model.fuse_unk",
        "'fuse_unk': true#'byte_fallback': true#<0x00> is missing",
        "{'model'#{'normalizer': {'type': 'X'}, 'model'#normalizer.type",
        "{'model'#{'pre_tokenizer': {'type': 'X'}, 'model'#pre_tokenizer.type",
        "{'model'#{'decoder': {'type': 'X'}, 'model'#decoder.type",
        "{'model'#{'post_processor': {'type': 'X'}, 'model'#post_processor.type",
        "{'model'#{'added_tokens': [{'id': 9}], 'model'#added_tokens[0].content",
        "{'model'#{'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '(a'}}, 'model'#Regex",
        "{'model'#{'nodel'#model is missing",
        "{'model'#'model'#line 1",
      })
  void malformedFilesAreRefusedByFileAndField(String from, String to, String named) {
    String json = "{'model': " + BPE + "}";
    assertTrue(json.contains(from), from);
    InvalidInputException e =
        assertThrows(InvalidInputException.class, () -> read(json.replace(from, to)));
    assertTrue(e.getMessage().contains("tokenizer.json: "), e.getMessage());
    assertTrue(e.getMessage().contains(named), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a|a)*b", "(a*)*b", "(?:a|b)*c"})
  @Timeout(60)
  void patternsThatBacktrackOrRecurseAreStopped(String regex) {
    Tokenizer tokenizer =
        read(
            "{'pre_tokenizer': {'type': 'Split', 'behavior': 'Isolated', 'pattern': {'Regex': '"
                + regex
                + "'}}, 'model': "
                + BPE
                + "}");
    String text = "a".repeat(200_000);
    InvalidInputException e = assertThrows(InvalidInputException.class, () -> ids(tokenizer, text));
    assertTrue(e.getMessage().contains("pre_tokenizer.pattern.Regex"), e.getMessage());
  }

  @Test
  @Timeout(60)
  void endlessAccentsAreRefused() {
    Tokenizer tokenizer = read("{'normalizer': {'type': 'NFC'}, 'model': " + BPE + "}");
    assertArrayEquals(new int[] {5}, ids(tokenizer, "a" + "\u0323\u0301".repeat(500)));
    String marks = "a" + "\u0323\u0301".repeat(1 << 19);
    assertThrows(InvalidInputException.class, () -> ids(tokenizer, marks));
  }

  @Test
  void patternsThatNestTooDeepAreRefused() {
    String regex = "(".repeat(8000) + "a" + ")".repeat(8000);
    assertThrows(
        InvalidInputException.class,
        () ->
            read(
                "{'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '"
                    + regex
                    + "'}}, 'model': "
                    + BPE
                    + "}"));
  }

  /** A megabyte without a break: what is quadratic would take hours. */
  @Test
  @Timeout(60)
  void longWordsTakeTheirLength() {
    int n = 1 << 20;
    StringBuilder vocabulary = new StringBuilder("'a': 0");
    StringBuilder merges = new StringBuilder();
    for (int i = 1; i <= 6; i++) {
      String half = "a".repeat(1 << (i - 1));
      vocabulary.append(", '" + half + half + "': " + i);
      merges.append("%s['%s', '%s']".formatted(i == 1 ? "" : ", ", half, half));
    }
    Tokenizer pairs =
        read(
            "{'model': {'type': 'BPE', 'vocab': {%s}, 'merges': [%s]}}"
                .formatted(vocabulary, merges));
    assertEquals(n / 64, ids(pairs, "a".repeat(n)).length);
    Tokenizer unigram = read("{'model': " + UNIGRAM + "}");
    // Two of 'a' score -6, one 'aa' -7.
    assertEquals(n, ids(unigram, "a".repeat(n)).length);
    Tokenizer words = read("{'model': " + WORD_PIECE + "}");
    assertEquals(1, ids(words, "a".repeat(n)).length);
  }

  @Test
  void bytesComeBackWhateverTheText() {
    Tokenizer tokenizer =
        TokenizerFiles.read(TestResources.path("tokenizer/byte-level/tokenizer.json"));
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      String text = randomText(random);
      int[] ids = tokenizer.encode(text, false, false);
      assertEquals(text, tokenizer.decode(ids, true));
      StreamingDecoder stream = new StreamingDecoder(tokenizer, true);
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        String added = stream.append(id);
        assertTrue(text.startsWith(added, streamed.length()), text);
        streamed.append(added);
      }
      assertEquals(text, streamed.append(stream.finish()).toString());
    }
  }

  /** Of letters, spaces, signs, accents, ideographs and what lies outside the first plane. */
  private static String randomText(Random random) {
    int[] starts = {'a', ' ', '\n', '0', '!', 0xe0, 0x300, 0x4e00, 0x1f600, 0x20000};
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(20); length > 0; length--) {
      text.appendCodePoint(starts[random.nextInt(starts.length)] + random.nextInt(10));
    }
    return text.toString();
  }

  @Test
  void incompleteCharactersAreHeldBack() {
    Tokenizer tokenizer =
        TokenizerFiles.read(TestResources.path("tokenizer/byte-level/tokenizer.json"));
    int[] llama = tokenizer.encode("🦙", false, false);
    StreamingDecoder stream = new StreamingDecoder(tokenizer, true);
    for (int i = 0; i + 1 < llama.length; i++) {
      assertEquals("", stream.append(llama[i]));
    }
    assertEquals("🦙", stream.append(llama[llama.length - 1]));
    assertEquals("", stream.append(llama[0]));
    assertEquals("\ufffd", stream.finish());
  }

  private static int[] ids(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text, false, true);
  }

  private Tokenizer read(String json) {
    return TokenizerFiles.read(write(json));
  }

  private Path write(String json) {
    try {
      return Files.writeString(folder.resolve("tokenizer.json"), json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
