package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.model.Forward;
import dev.ridgepoint.model.Sampler;
import dev.ridgepoint.model.TestResources;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a conversation computes again, where some layers have a window. */
class SessionTest {
  private static final int COUNT = 4;

  /** A turn that goes on computes what is new; one that goes back behind a window, everything. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt-oss", "gemma3-text"})
  void eachTurnAnswersAsAConversationOfItsOwn(String family) {
    int[] text = new Random(2).ints(4 * KvLayout.PAGE_POSITIONS, 0, 250).toArray();
    int length = 2 * KvLayout.PAGE_POSITIONS + 90;
    try (Forward model =
            new Forward(TestResources.path("logits").resolve(family).resolve("hf-f32"), 2);
        Session session = new Session(model.decoder, text.length, 64)) {
      int[] prompt = Arrays.copyOf(text, length);
      int[] first = requireAnswer(model, session, prompt, 0);

      prompt = Arrays.copyOf(text, length + 150);
      System.arraycopy(first, 0, prompt, length, COUNT);
      requireAnswer(model, session, prompt, length + COUNT - 1);

      // A few tokens back the windows are still there.
      prompt[length + 100]++;
      requireAnswer(model, session, prompt, length + 100);

      prompt[KvLayout.PAGE_POSITIONS + 3]++;
      requireAnswer(model, session, prompt, 0);
    }
  }

  private static int[] requireAnswer(Forward model, Session session, int[] prompt, int cached) {
    Session.Turn turn =
        session.generate(prompt, COUNT, Sampler.greedy(), Drafter.NONE, token -> true);
    assertEquals(cached, turn.cachedTokens());
    assertArrayEquals(model.greedy(prompt, COUNT), turn.tokens());
    return turn.tokens();
  }
}
