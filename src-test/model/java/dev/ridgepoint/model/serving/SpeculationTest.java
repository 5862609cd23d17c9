package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.model.Forward;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.Sampling;
import dev.ridgepoint.model.TestResources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guesses change how many tokens a step brings, and never which. */
class SpeculationTest {
  private static final int COUNT = 60;
  private static final int[] PROMPT = {5, 6, 7, 8, 5, 6, 7};

  private static Forward model(String name) {
    return new Forward(TestResources.path("logits").resolve(name).resolve("hf-f32"), 2);
  }

  /** Guesses the true continuation, but for each {@code wrong}-th token. */
  private static Drafter oracle(int[] prompt, int[] output, int guesses, int wrong) {
    return (tokens, length, most) ->
        Draft.found(
            IntStream.range(length - prompt.length, output.length)
                .limit(Math.min(guesses, most))
                .map(i -> i % wrong == wrong - 1 ? (output[i] + 1) % 200 : output[i])
                .toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "qwen3-qknorm", "mistral-swa", "qwen2-bias"})
  void rightAndWrongGuessesLeaveTheOutput(String name) {
    try (Forward forward = model(name)) {
      int[] expected = forward.greedy(PROMPT, COUNT);
      for (int guesses = 1; guesses <= 7; guesses++) {
        for (int wrong : new int[] {1, 2, 3, 1000}) {
          Session.Turn turn =
              forward.greedy(PROMPT, COUNT, oracle(PROMPT, expected, guesses, wrong));
          assertArrayEquals(expected, turn.tokens(), guesses + " guesses, wrong " + wrong);
          assertEquals(wrong > 1, turn.speculation().accepted() > 0);
        }
      }
    }
  }

  @Test
  void rightGuessesSaveSteps() {
    try (Forward forward = model("llama-gqa")) {
      int[] expected = forward.greedy(PROMPT, COUNT);
      Session.Turn turn = forward.greedy(PROMPT, COUNT, oracle(PROMPT, expected, 3, 1000));
      // The first token comes from the prompt, then each step brings four.
      assertEquals(15, turn.decode().size());
      assertEquals(turn.speculation().drafted(), turn.speculation().accepted());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "qwen3-qknorm", "mistral-swa"})
  void whatLookupGuessesLeavesTheOutput(String name) {
    try (Forward forward = model(name)) {
      int[] expected = forward.greedy(PROMPT, COUNT);
      // What a prompt holds already is what a lookup can find.
      int[] told =
          IntStream.concat(
                  IntStream.concat(IntStream.of(PROMPT), IntStream.of(expected)),
                  IntStream.of(PROMPT))
              .toArray();
      int[] plain = forward.greedy(told, COUNT);
      Session.Turn turn = forward.greedy(told, COUNT, new PromptLookup(3, 1, 5));
      assertArrayEquals(plain, turn.tokens());
      assertTrue(turn.speculation().drafted() > 0);
    }
  }

  /** One random number decides a token, whether it was guessed or not. */
  @Test
  void randomTokensAreTheSameToo() {
    try (Forward forward = model("llama-gqa");
        Session session = new Session(forward.decoder, 100, 16)) {
      Sampling sampling = new Sampling(1.2, 0.9, 20, 0.95, 0.02);
      int[] expected =
          session
              .generate(
                  PROMPT, COUNT, new Sampler(sampling, new Random(3)), Drafter.NONE, t -> true)
              .tokens();
      Session.Turn turn =
          session.generate(
              PROMPT,
              COUNT,
              new Sampler(sampling, new Random(3)),
              oracle(PROMPT, expected, 4, 3),
              token -> true);
      assertArrayEquals(expected, turn.tokens());
      assertTrue(turn.speculation().accepted() > 0);
    }
  }

  @Test
  void aStopEndsAmongGuesses() {
    try (Forward forward = model("llama-gqa");
        Session session = new Session(forward.decoder, 100, 16)) {
      int[] expected = forward.greedy(PROMPT, COUNT);
      List<Integer> told = new ArrayList<>();
      Session.Turn turn =
          session.generate(
              PROMPT,
              COUNT,
              Sampler.greedy(),
              oracle(PROMPT, expected, 6, 1000),
              token -> {
                told.add(token);
                return told.size() < 4;
              });
      assertArrayEquals(Arrays.copyOf(expected, 4), turn.tokens());
    }
  }

  /** A later turn computes what is new, and forgets what the prompt does not repeat. */
  @Test
  void aTurnReusesWhatItHasInCommonWithTheCache() {
    try (Forward forward = model("llama-gqa");
        Session session = new Session(forward.decoder, 100, 16)) {
      Session.Turn first =
          session.generate(PROMPT, 10, Sampler.greedy(), Drafter.NONE, token -> true);
      assertEquals(0, first.cachedTokens());
      int[] next =
          IntStream.concat(
                  IntStream.concat(IntStream.of(PROMPT), IntStream.of(first.tokens())),
                  IntStream.of(1, 2, 3))
              .toArray();
      Session.Turn second =
          session.generate(next, 10, Sampler.greedy(), Drafter.NONE, token -> true);
      // The last token of a turn is not cached.
      assertEquals(PROMPT.length + 9, second.cachedTokens());
      assertArrayEquals(forward.greedy(next, 10), second.tokens());
      int[] other = next.clone();
      other[4]++;
      Session.Turn third =
          session.generate(other, 10, Sampler.greedy(), Drafter.NONE, token -> true);
      assertEquals(4, third.cachedTokens());
      assertArrayEquals(forward.greedy(other, 10), third.tokens());
      // The same prompt again: its last token must be fed for its logits.
      Session.Turn fourth =
          session.generate(other, 10, Sampler.greedy(), Drafter.NONE, token -> true);
      assertEquals(other.length - 1, fourth.cachedTokens());
      assertArrayEquals(third.tokens(), fourth.tokens());
    }
  }
}
