package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.model.Forward;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.trace.Speculation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that guesses makes steps fewer, and never changes the likeliest tokens. */
class DraftModelTest {
  private static final int COUNT = 40;
  private static final int[] PROMPT = {5, 6, 7, 8, 5, 6, 7, 9, 200};
  private static final int VOCABULARY = 320;
  private static final int CAPACITY = PROMPT.length + COUNT;

  private static Path path(String name) {
    return TestResources.path("logits").resolve(name).resolve("hf-f32");
  }

  private static DraftModel greedy(Forward draft, int guesses) {
    return new DraftModel(
        draft.decoder, Sampler.greedy(), new DraftModel.Shape(guesses, VOCABULARY, CAPACITY, 4));
  }

  private static void requireSameAsPlain(Forward target, Forward draft) {
    int[] expected = target.greedy(PROMPT, COUNT);
    for (int guesses : new int[] {1, 2, 3, 5}) {
      try (DraftModel drafter = greedy(draft, guesses)) {
        Session.Turn turn = target.greedy(PROMPT, COUNT, drafter);
        assertArrayEquals(expected, turn.tokens(), guesses + " guesses");
        assertTrue(turn.speculation().drafted() > 0);
      }
    }
  }

  /** Wider and narrower weights guess nearly alike. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "qwen3-qknorm", "mistral-swa", "qwen2-bias"})
  void theSameModelInNarrowerWeightsLeavesTheOutput(String name) {
    try (Forward target = new Forward(path(name), 2);
        Forward draft = new Forward(path(name), 2, DType.BF16)) {
      requireSameAsPlain(target, draft);
    }
  }

  @Test
  void anotherModelLeavesTheOutput() {
    try (Forward target = new Forward(path("llama-gqa"), 2);
        Forward draft = new Forward(path("qwen2-bias"), 2)) {
      requireSameAsPlain(target, draft);
    }
  }

  /** All of its guesses are right, so that each step brings them and one more. */
  @Test
  void theModelItselfGuessesAllAndSavesSteps() {
    try (Forward target = new Forward(path("llama-gqa"), 2);
        Forward draft = new Forward(path("llama-gqa"), 2);
        DraftModel drafter = greedy(draft, 3)) {
      Session.Turn turn = target.greedy(PROMPT, COUNT, drafter);
      // The first token comes from the prompt, the last one alone cannot be guessed.
      assertEquals(10, turn.decode().size());
      Speculation speculation = turn.speculation();
      assertEquals(29, speculation.drafted());
      assertEquals(29, speculation.accepted());
      assertEquals(0, speculation.rejected());
      assertEquals(1, speculation.acceptance());
      // Each guess takes a step, the first one the prompt besides, four tokens at a time.
      assertEquals(29 + (PROMPT.length + 1 + 3) / 4 - 1, speculation.draftSteps().size());
    }
  }

  /**
   * As many tokens as it guesses may be refused without its reading the sequence again. What was
   * changed may also begin before pages that its cache has given back, as they had left the window:
   * it guesses then as one that has seen nothing yet.
   */
  @Test
  void itGoesBackBehindItsWindow() {
    int window = 8;
    int length = 2 * KvLayout.PAGE_POSITIONS + window - 2;
    int[] tokens = new Random(9).ints(length, 0, 300).toArray();
    DraftModel.Shape shape = new DraftModel.Shape(5, VOCABULARY, length + 8, 16);
    try (Forward draft = new Forward(path("mistral-swa"), 2);
        DraftModel used = new DraftModel(draft.decoder, Sampler.greedy(), shape);
        DraftModel fresh = new DraftModel(draft.decoder, Sampler.greedy(), shape)) {
      assertEquals(5, used.draft(tokens, length, 5).size());
      tokens[length - 1]++;
      Draft near = used.draft(tokens, length, 5);
      assertArrayEquals(fresh.draft(tokens, length, 5).tokens(), near.tokens());
      // As many steps as guesses: what the window of the first new token sees was still there.
      assertEquals(5, near.steps().size());
      tokens[length / 2]++;
      Draft far = used.draft(tokens, length, 5);
      assertArrayEquals(fresh.draft(tokens, length, 5).tokens(), far.tokens());
      assertEquals(5 - 1 + Math.ceilDiv(length, 16), far.steps().size());
    }
  }

  /**
   * Its cache forgets what was not taken: it guesses as if it saw the sequence for the first time.
   */
  @ParameterizedTest
  @ValueSource(strings = {"llama-gqa", "qwen2-bias"})
  void itGuessesAsItWouldContinueItself(String name) {
    try (Forward target = new Forward(path("llama-gqa"), 2);
        Forward draft = new Forward(path(name), 2);
        Forward alone = new Forward(path(name), 2);
        DraftModel drafter = greedy(draft, 3)) {
      Session.Turn turn =
          target.greedy(
              PROMPT,
              COUNT,
              (tokens, length, most) -> {
                Draft guess = drafter.draft(tokens, length, most);
                int[] sequence = Arrays.copyOf(tokens, length);
                assertArrayEquals(
                    alone.greedy(sequence, Math.min(3, most)), guess.tokens(), "at " + length);
                return guess;
              });
      Speculation speculation = turn.speculation();
      assertTrue((name.equals("llama-gqa") ? speculation.accepted() : speculation.rejected()) > 0);
    }
  }

  /** Beyond its context, and of tokens that it does not have, it guesses nothing. */
  @Test
  void itGuessesWithinItsContextAndItsVocabulary() {
    try (Forward draft = new Forward(path("llama-gqa"), 1);
        DraftModel drafter =
            new DraftModel(draft.decoder, Sampler.greedy(), new DraftModel.Shape(3, 100, 8, 16))) {
      assertEquals(0, drafter.draft(new int[9], 9, 5).size());
      assertTrue(drafter.draft(new int[8], 8, 5).size() <= 1);
      assertEquals(0, drafter.draft(new int[] {1, 2, 100}, 3, 5).size());
    }
  }
}
