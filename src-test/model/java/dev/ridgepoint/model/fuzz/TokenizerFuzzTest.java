package dev.ridgepoint.model.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokenizers in every form, which the first byte tells apart, and texts through those that are
 * read.
 */
class TokenizerFuzzTest {
  private static final String TEXT = "a ab  aba,c <s>\u00e9 \u6771 e\u0301\n12 \ud83d\ude00";

  private static final String BPE =
      """
      {"added_tokens": [{"id": 4, "content": "<s>", "special": true, "lstrip": true}],
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
        {"type": "Replace", "pattern": {"Regex": "b+"}, "content": "b"}]},
       "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\\\p{L}+| ?\\\\d"},
        "behavior": "Isolated"},
       "post_processor": {"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [4], "tokens": ["<s>"]}}},
       "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "aba": 3},
        "merges": ["a b", ["ab", "a"]], "byte_fallback": true, "unk_token": "a"}}\
      """;
  private static final String UNIGRAM =
      """
      {"pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "first", "split": false},
       "decoder": {"type": "Metaspace"},
       "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["\u2581", -2],
        ["a", -3], ["ab", -5.5]]}}\
      """;
  private static final String WORD_PIECE =
      """
      {"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
       "decoder": {"type": "WordPiece"},
       "model": {"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 20,
        "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##b": 4}}}\
      """;

  @TempDir static Path folder;

  static Stream<byte[]> seeds() throws IOException {
    return Stream.concat(
        Stream.of(BPE, UNIGRAM, WORD_PIECE).map(json -> json.getBytes(StandardCharsets.UTF_8)),
        FuzzedFile.resources("tokenizer", "tokenizer.json"));
  }

  @DictionaryEntries({
    "null",
    "-1",
    "2147483648",
    "[]",
    "{}",
    "\"type\"",
    "\"Sequence\"",
    "\"ByteLevel\"",
    "\"Metaspace\"",
    "\"Precompiled\"",
    "\"Split\"",
    "\"Regex\"",
    "\"(a+)+\"",
    "\"Unigram\"",
    "\"WordPiece\"",
    "\"unk_token\""
  })
  @MethodSource("seeds")
  @FuzzTest
  void tokenizer(byte[] bytes) {
    FuzzedFile.assertReadOrRefused(
        folder.resolve(name(bytes)),
        bytes,
        path -> {
          Tokenizer tokenizer = TokenizerFiles.read(path);
          return List.of(
              tokenizer.decode(tokenizer.encode(TEXT, true, true), false),
              tokenizer.decode(tokenizer.encode(TEXT, false, false), true));
        });
  }

  private static String name(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] == '{') {
      return "tokenizer.json";
    }
    return bytes[0] == 'G' ? "model.gguf" : "tokenizer.model";
  }
}
