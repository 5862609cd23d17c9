package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTokenizerFilesTest {
  @TempDir private Path folder;

  /** SentencePiece's, whose scores become merges; not where two orders of merges are as good. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true"})
  void sentencePiecesBecomeMerges(boolean hasPrefix, boolean areEqual) throws IOException {
    List<String> pieces = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int value = 0; value < 256; value++) {
      pieces.add(String.format(Locale.ROOT, "<0x%02X>", value));
    }
    int first = pieces.size();
    pieces.addAll(List.of("▁ t h e a n ▁t he ▁the an ▁a th the ▁an".split(" ")));
    int[] types = new int[pieces.size()];
    Arrays.fill(types, 0, 3, 3);
    types[0] = 2;
    Arrays.fill(types, 3, first, 6);
    Arrays.fill(types, first, types.length, 1);
    float[] scores = new float[pieces.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = areEqual ? 0 : -id;
    }
    Path file = folder.resolve("pieces.gguf");
    Files.write(
        file,
        new GgufBytes()
            .text("tokenizer.ggml.model", "llama")
            .texts("tokenizer.ggml.tokens", pieces)
            .integers("tokenizer.ggml.token_type", types)
            .reals("tokenizer.ggml.scores", scores)
            .integer("tokenizer.ggml.unknown_token_id", 0)
            .integer("tokenizer.ggml.bos_token_id", 1)
            .integer("tokenizer.ggml.eos_token_id", 2)
            .flag("tokenizer.ggml.add_space_prefix", hasPrefix)
            .text("tokenizer.chat_template", "{{ messages }}")
            .toByteArray());
    Path files = Files.createDirectory(folder.resolve("files"));
    Optional<String> lacking = GgufTokenizerFiles.write(file, files);
    if (areEqual) {
      assertEquals(Optional.of("its scores are no order of merges"), lacking);
      assertTrue(Files.notExists(files.resolve("tokenizer.json")));
      return;
    }
    assertEquals(Optional.empty(), lacking);
    assertSameTokens(TokenizerFiles.read(file), TokenizerFiles.read(files));
    assertTrue(Files.readString(files.resolve(SpecialTokens.FILE)).contains("{{ messages }}"));
  }

  /** Of the ways in which words are cut, some take whole ones and begin with BOS. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "deepseek-llm", "tekken", "default"})
  void bytePairsKeepHowWordsAreCut(String pre) throws IOException {
    BytePairTrainer trainer = new BytePairTrainer();
    Stories.of(Part.TRAINING, 1).limit(20).forEach(trainer::add);
    TrainedTokenizer trained = trainer.train(300);
    Path file = folder.resolve("bytes.gguf");
    int[] types = new int[trained.pieces().size()];
    Arrays.fill(types, 1);
    Arrays.fill(types, 0, 2, 3);
    Files.write(
        file,
        new GgufBytes()
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", pre)
            .texts("tokenizer.ggml.tokens", trained.pieces())
            .integers("tokenizer.ggml.token_type", types)
            .texts(
                "tokenizer.ggml.merges",
                trained.merges().stream().map(merge -> merge.left() + " " + merge.right()).toList())
            .integer("tokenizer.ggml.bos_token_id", 0)
            .integer("tokenizer.ggml.eos_token_id", 1)
            .toByteArray());
    assertEquals(Optional.empty(), GgufTokenizerFiles.write(file, folder));
    assertSameTokens(TokenizerFiles.read(file), TokenizerFiles.read(folder));
  }

  @Test
  void whatCannotBeWrittenIsNamed() throws IOException {
    Path file = folder.resolve("words.gguf");
    Files.write(file, new GgufBytes().text("tokenizer.ggml.model", "bert").toByteArray());
    assertEquals(
        Optional.of("no tokenizer.json is written of the kind \"bert\""),
        GgufTokenizerFiles.write(file, folder));
    Files.write(file, new GgufBytes().text("tokenizer.ggml.model", "gpt2").toByteArray());
    String lacking = GgufTokenizerFiles.write(file, folder).orElseThrow();
    assertTrue(lacking.contains("tokenizer.ggml.tokens"), lacking);
  }

  private static void assertSameTokens(Tokenizer expected, Tokenizer actual) {
    List<String> texts = new ArrayList<>(Stories.of(Part.HELD_OUT, 1).limit(3).toList());
    texts.addAll(List.of("", " ", "the then an hen", "  two  spaces\n\nthe", "é漢字🙂 the</s>"));
    for (String text : texts) {
      int[] ids = expected.encode(text, true, true);
      assertArrayEquals(ids, actual.encode(text, true, true), text);
      assertEquals(expected.decode(ids, false), actual.decode(ids, false));
    }
  }
}
