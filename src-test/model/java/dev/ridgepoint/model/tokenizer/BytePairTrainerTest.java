package dev.ridgepoint.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.MergeLearner.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTrainerTest {

  /**
   * Words: "aaab" once, " aab" twice. Pairs: (a,a) 2 + 2, (a,b) 1 + 2, (Ġ,a) 2. Then aa·a·b once
   * and Ġ·aa·b twice: (Ġ,aa) and (aa,b) 2 each, and Ġ has a lower id than aa, the newest. At last
   * (Ġaa,b) 2; (aa,a) and (a,b) occur once.
   */
  @Test
  void mergesAreThoseCountedByHand() {
    BytePairTrainer trainer = new BytePairTrainer();
    trainer.add("aaab aab aab");
    TrainedTokenizer trained = trainer.train(BytePairTrainer.MIN_VOCABULARY + 10);
    assertEquals(
        List.of("a a", "Ġ aa", "Ġaa b"),
        trained.merges().stream().map(merge -> merge.left() + " " + merge.right()).toList());
    assertEquals(List.of("<s>", "</s>", "!"), trained.pieces().subList(0, 3));
    assertEquals(List.of("aa", "Ġaa", "Ġaab"), trained.pieces().subList(258, 261));
    Tokenizer tokenizer = trained.tokenizer();
    assertArrayEquals(new int[] {0, 258, 66, 67, 260}, tokenizer.encode("aaab aab", true, true));
  }

  /** Against counting all anew for each merge. */
  @Test
  void countsStayRight() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int alphabet = 1 + random.nextInt(4);
      int[][] words =
          Stream.generate(() -> random.ints(random.nextInt(9), 0, alphabet).toArray())
              .limit(1 + random.nextInt(12))
              .toArray(int[][]::new);
      long[] counts = random.longs(words.length, 1, 5).toArray();
      List<Pair> slow = learnSlowly(copy(words), counts, alphabet, 20);
      assertEquals(slow, MergeLearner.learn(copy(words), counts, alphabet, 20), "round " + round);
    }
  }

  private static int[][] copy(int[][] words) {
    return Arrays.stream(words).map(int[]::clone).toArray(int[][]::new);
  }

  private static List<Pair> learnSlowly(
      int[][] words, long[] wordCounts, int alphabet, int merges) {
    List<Pair> learnt = new ArrayList<>();
    while (learnt.size() < merges) {
      Map<Pair, Long> counts = new HashMap<>();
      for (int word = 0; word < words.length; word++) {
        for (int i = 1; i < words[word].length; i++) {
          counts.merge(new Pair(words[word][i - 1], words[word][i]), wordCounts[word], Long::sum);
        }
      }
      long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
      if (most < 2) {
        break;
      }
      Pair best =
          counts.keySet().stream()
              .filter(pair -> counts.get(pair) == most)
              .min((a, b) -> a.left() != b.left() ? a.left() - b.left() : a.right() - b.right())
              .orElseThrow();
      int symbol = alphabet + learnt.size();
      for (int word = 0; word < words.length; word++) {
        List<Integer> merged = new ArrayList<>();
        for (int i = 0; i < words[word].length; i++) {
          boolean found =
              i + 1 < words[word].length
                  && new Pair(words[word][i], words[word][i + 1]).equals(best);
          merged.add(found ? symbol : words[word][i]);
          i += found ? 1 : 0;
        }
        words[word] = merged.stream().mapToInt(Integer::intValue).toArray();
      }
      learnt.add(best);
    }
    return learnt;
  }

  @Test
  void theOrderOfTextsDoesNotMatter() {
    List<String> stories = Stories.of(Part.TRAINING, 1).limit(50).toList();
    assertEquals(train(stories, 600), train(stories.reversed(), 600));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Once upon a time",
        "  two  spaces\n\n\tand more ",
        "naïve 東京 🙂",
        "\0<s></s>"
      })
  void everyTextComesBack(String text) {
    Tokenizer tokenizer = train(Stories.of(Part.TRAINING, 1).limit(50).toList(), 1024).tokenizer();
    assertEquals(text, tokenizer.decode(tokenizer.encode(text, true, false), false));
  }

  @Test
  void theFilesHoldTheTokenizer(@TempDir Path folder) throws IOException {
    List<String> stories = Stories.of(Part.TRAINING, 1).limit(500).toList();
    TrainedTokenizer trained = train(stories, 1024);
    assertEquals(1024, trained.pieces().size());
    trained.write(folder);
    Tokenizer read = TokenizerFiles.read(folder);
    assertEquals(1024, read.vocabulary().size());
    String story = Stories.of(Part.HELD_OUT, 1).findFirst().orElseThrow();
    int[] ids = read.encode(story, true, true);
    assertArrayEquals(trained.tokenizer().encode(story, true, true), ids);
    assertEquals(0, ids[0]);
    assertTrue(ids.length < story.length() / 3, ids.length + " tokens");
    assertEquals("<s>", SpecialTokens.of(folder).bos().orElseThrow());
    assertEquals(java.util.Set.of(1), EndTokens.read(folder, read.vocabulary()));
  }

  @Test
  void textsAreEncodedOneBehindTheOther() {
    Tokenizer tokenizer = train(List.of("ab ab"), 300).tokenizer();
    int[] ids = tokenizer.encodeAll(Stream.of("b", "<s>"), 1).toArray();
    int[] expected =
        IntStream.concat(IntStream.of(0, 67, 1, 0), IntStream.of(29, 84, 31, 1)).toArray();
    assertArrayEquals(expected, ids);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 257, Integer.MAX_VALUE})
  void refusesSizesThatCannotBe(int size) {
    InvalidInputException e =
        assertThrows(InvalidInputException.class, () -> new BytePairTrainer().train(size));
    assertTrue(e.getMessage().startsWith("vocabulary size: " + size), e.getMessage());
  }

  private static TrainedTokenizer train(List<String> texts, int size) {
    BytePairTrainer trainer = new BytePairTrainer();
    texts.forEach(trainer::add);
    return trainer.train(size);
  }
}
