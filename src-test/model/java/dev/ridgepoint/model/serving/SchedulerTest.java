package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.model.Forward;
import dev.ridgepoint.model.TestResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerTest {
  private static Forward forward;

  /** Each look at it takes a quarter of a second: a step takes as long, whatever the machine. */
  private static final class CountingClock implements Clock {
    private double now;

    @Override
    public double seconds() {
      now += 0.25;
      return now;
    }

    @Override
    public void waitUntil(double seconds) {
      now = Math.max(now, seconds);
    }
  }

  @BeforeAll
  static void load() {
    forward = new Forward(TestResources.path("logits").resolve("llama-gqa").resolve("hf-f32"), 2);
  }

  @AfterAll
  static void close() {
    forward.close();
  }

  private static List<PromptRequest> requests(long seed, int count) {
    Random random = new Random(seed);
    List<PromptRequest> requests = new ArrayList<>();
    double clock = 0;
    for (int i = 0; i < count; i++) {
      clock += random.nextDouble();
      int[] prompt = random.ints(1 + random.nextInt(20), 0, 250).toArray();
      requests.add(new PromptRequest(clock, prompt, 1 + random.nextInt(12)));
    }
    return requests;
  }

  private static ServedTrace serve(
      List<PromptRequest> requests, ServingLimits limits, Batching batching) {
    return new Scheduler(forward.decoder, limits, batching, token -> false, new CountingClock())
        .run(requests);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000, 1",
    "1, 1000, 64",
    "3, 1000, 3",
    "3, 1000, 5",
    "4, 1000, 64",
    "8, 40, 16",
    "16, 1000, 512"
  })
  void everyAnswerIsTheOneThatItsPromptHasAlone(int sequences, long positions, int tokens) {
    List<PromptRequest> requests = requests(7, 12);
    for (Batching batching : Batching.values()) {
      ServingLimits limits = new ServingLimits(sequences, positions, tokens);
      ServedTrace trace = serve(requests, limits, batching);
      for (int i = 0; i < requests.size(); i++) {
        PromptRequest request = requests.get(i);
        ServedTrace.Answer answer = trace.answers().get(i);
        assertArrayEquals(
            forward.greedy(request.prompt(), request.maxNewTokens()), answer.tokens());
        assertEquals(request.arrivalSeconds(), answer.times().request().arrivalSeconds());
        assertTrue(answer.times().startSeconds() >= request.arrivalSeconds());
        assertTrue(answer.times().firstTokenSeconds() > answer.times().startSeconds());
        assertTrue(answer.times().endSeconds() >= answer.times().firstTokenSeconds());
      }
      assertKeepsTo(limits, trace);
    }
  }

  private static void assertKeepsTo(ServingLimits limits, ServedTrace trace) {
    for (TimedStep each : trace.steps()) {
      Step step = each.step();
      assertTrue(step.sequences().size() <= limits.sequences());
      assertTrue(step.totalNewTokens() <= limits.tokensPerStep());
      long positions =
          step.sequences().stream().mapToLong(one -> one.context() + one.newTokens()).sum();
      assertTrue(positions <= limits.positions());
    }
  }

  /** Two steps, after which the first answer is there and the second is not. */
  @Test
  void whatIsStoppedHasTheAnswersSoFar() {
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, new int[] {1, 2}, 2), new PromptRequest(0, new int[] {3}, 5));
    AtomicInteger asked = new AtomicInteger();
    ServedTrace trace =
        new Scheduler(
                forward.decoder,
                new ServingLimits(2, 100, 64),
                Batching.CONTINUOUS,
                token -> false,
                new CountingClock())
            .run(requests, () -> asked.incrementAndGet() > 2);
    assertEquals(2, trace.steps().size());
    assertEquals(1, trace.answers().size());
    assertArrayEquals(forward.greedy(new int[] {1, 2}, 2), trace.answers().getFirst().tokens());
  }

  /** Steps by hand: [new tokens after context] of each sequence. */
  @Test
  void piecesOfAPromptFillUpTheStepsOfThoseThatDecode() {
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, new int[] {1, 2}, 4), new PromptRequest(0, new int[9], 2));
    ServedTrace trace = serve(requests, new ServingLimits(2, 100, 5), Batching.CONTINUOUS);
    assertEquals(
        List.of(
            "[2 after 0, 3 after 0]",
            "[1 after 2, 4 after 3]",
            "[1 after 3, 2 after 7]",
            "[1 after 4, 1 after 9]"),
        trace.steps().stream().map(each -> text(each.step())).toList());
  }

  private static String text(Step step) {
    return step.sequences().stream()
        .map(each -> each.newTokens() + " after " + each.context())
        .toList()
        .toString();
  }

  @Test
  void aPlaceIsGivenAwayAtOnceOrWhenAllAreDone() {
    List<PromptRequest> requests =
        List.of(
            new PromptRequest(0, new int[] {1}, 2),
            new PromptRequest(0, new int[] {2}, 6),
            new PromptRequest(0, new int[] {3}, 2));
    ServingLimits limits = new ServingLimits(2, 100, 64);
    ServedTrace continuous = serve(requests, limits, Batching.CONTINUOUS);
    assertEquals(6, continuous.steps().size());
    ServedTrace fixed = serve(requests, limits, Batching.STATIC);
    assertEquals(8, fixed.steps().size());
    assertTrue(
        fixed.answers().get(2).times().firstTokenSeconds()
            > continuous.answers().get(2).times().firstTokenSeconds());
  }

  @Test
  void theClockWaitsForTheNextRequest() {
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, new int[] {1}, 1), new PromptRequest(100, new int[] {1}, 1));
    ServedTrace trace = serve(requests, new ServingLimits(2, 100, 64), Batching.CONTINUOUS);
    assertTrue(trace.answers().get(0).times().endSeconds() < 2);
    assertTrue(trace.answers().get(1).times().startSeconds() >= 100);
    assertTrue(trace.seconds() < 102);
  }

  @Test
  void anEndTokenEndsAnAnswer() {
    int[] prompt = {5, 6, 7};
    int[] expected = forward.greedy(prompt, 8);
    ServedTrace trace =
        new Scheduler(
                forward.decoder,
                new ServingLimits(1, 100, 64),
                Batching.CONTINUOUS,
                token -> token == expected[3],
                new CountingClock())
            .run(List.of(new PromptRequest(0, prompt, 8)));
    int[] output = trace.answers().getFirst().tokens();
    assertEquals(expected[3], output[output.length - 1]);
    assertTrue(output.length <= 4);
  }

  @Test
  void refusesWhatCannotBeServed() {
    List<PromptRequest> requests = List.of(new PromptRequest(0, new int[10], 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> serve(requests, new ServingLimits(1, 13, 64), Batching.CONTINUOUS));
    assertThrows(IllegalArgumentException.class, () -> new ServingLimits(4, 100, 3));
    assertThrows(IllegalArgumentException.class, () -> new PromptRequest(0, new int[0], 1));
  }
}
