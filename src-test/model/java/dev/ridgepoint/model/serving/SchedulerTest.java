package dev.ridgepoint.model.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.serving.Batching;
import dev.ridgepoint.model.Forward;
import dev.ridgepoint.model.TestResources;
import dev.ridgepoint.model.trace.ServedTrace;
import dev.ridgepoint.model.trace.TimedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerTest {
  private static final int PAGES = 99;

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
      List<PromptRequest> requests,
      int pages,
      boolean sharesPrefixes,
      ServingLimits limits,
      Batching batching) {
    return serve(forward, requests, pages, sharesPrefixes, limits, batching);
  }

  /** With so many pages of one panel for each layer, and a pool that is full again at the end. */
  private static ServedTrace serve(
      Forward model,
      List<PromptRequest> requests,
      int pages,
      boolean sharesPrefixes,
      ServingLimits limits,
      Batching batching) {
    try (PagePool pool = pool(model, pages)) {
      ServedTrace trace =
          new Scheduler(
                  model.decoder,
                  pool,
                  sharesPrefixes,
                  limits,
                  batching,
                  token -> false,
                  new CountingClock())
              .run(requests, () -> false);
      assertEquals(pool.pages(), pool.freePages());
      return trace;
    }
  }

  private static PagePool pool(Forward model, int pagesPerLayer) {
    return new PagePool(model.decoder.pageLayout(Blocking.PANEL), pagesPerLayer * layers(model));
  }

  /** Each has one page of the shortest cache. */
  private static int layers(Forward model) {
    return model.decoder.mostPages(model.decoder.pageLayout(Blocking.PANEL), 1, 1);
  }

  /** So many pages, or as many as the longest request needs: a panel has few positions on NEON. */
  private static int atLeast(int pages, List<PromptRequest> requests) {
    int longest = requests.stream().mapToInt(PromptRequest::positions).max().orElseThrow();
    return Math.max(pages, Math.ceilDiv(longest, Blocking.PANEL));
  }

  private static ServedTrace serve(
      List<PromptRequest> requests, ServingLimits limits, Batching batching) {
    return serve(requests, PAGES, false, limits, batching);
  }

  private static void assertAnswersAsAlone(List<PromptRequest> requests, ServedTrace trace) {
    assertAnswersAsAlone(forward, requests, trace);
  }

  private static void assertAnswersAsAlone(
      Forward model, List<PromptRequest> requests, ServedTrace trace) {
    for (int i = 0; i < requests.size(); i++) {
      PromptRequest request = requests.get(i);
      assertArrayEquals(
          model.greedy(request.prompt(), request.maxNewTokens()), trace.answers().get(i).tokens());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 99, 1", "1, 99, 64", "3, 99, 3", "3, 99, 5", "4, 99, 64", "8, 2, 16"})
  void everyAnswerIsTheOneThatItsPromptHasAlone(int sequences, int fewPages, int tokens) {
    List<PromptRequest> requests = requests(7, 12);
    int pages = atLeast(fewPages, requests);
    for (Batching batching : Batching.values()) {
      ServingLimits limits = new ServingLimits(sequences, tokens);
      ServedTrace trace = serve(requests, pages, false, limits, batching);
      assertAnswersAsAlone(requests, trace);
      for (int i = 0; i < requests.size(); i++) {
        ServedTrace.Answer answer = trace.answers().get(i);
        assertEquals(requests.get(i).arrivalSeconds(), answer.times().request().arrivalSeconds());
        assertTrue(answer.times().startSeconds() >= requests.get(i).arrivalSeconds());
        assertTrue(answer.times().firstTokenSeconds() > answer.times().startSeconds());
        assertTrue(answer.times().endSeconds() >= answer.times().firstTokenSeconds());
        assertEquals(0, answer.sharedTokens());
      }
      assertTrue(trace.pages().most() <= pages * layers(forward));
      assertEquals(0, trace.pages().mostSaved());
      for (TimedStep each : trace.steps()) {
        assertTrue(each.step().sequences().size() <= limits.sequences());
        assertTrue(each.step().totalNewTokens() <= limits.tokensPerStep());
      }
    }
  }

  /** Prompts that begin alike for a while, some of them all the way, or with another's answer. */
  private static List<PromptRequest> alike(long seed, int count) {
    Random random = new Random(seed);
    int[] longest = random.ints(3 * Blocking.PANEL, 0, 250).toArray();
    List<PromptRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = Arrays.copyOf(longest, 1 + random.nextInt(longest.length));
      int other = random.nextInt(2 * prompt.length);
      for (int k = other; k < prompt.length; k++) {
        prompt[k] = random.nextInt(250);
      }
      requests.add(new PromptRequest(i * random.nextDouble(), prompt, 1 + random.nextInt(12)));
    }
    requests.sort(Comparator.comparingDouble(PromptRequest::arrivalSeconds));
    return requests;
  }

  /** With pages for all of them, and so few that what is shared must be forgotten. */
  @ParameterizedTest
  @CsvSource({"1, 99, 7", "3, 99, 16", "8, 99, 64", "8, 9, 64", "3, 5, 64", "1, 4, 16"})
  void whoeverSharesAPrefixAnswersAsAlone(int sequences, int fewPages, int tokens) {
    for (int seed = 1; seed <= 4; seed++) {
      List<PromptRequest> requests = alike(seed, 16);
      int pages = atLeast(fewPages, requests);
      for (Batching batching : Batching.values()) {
        ServingLimits limits = new ServingLimits(sequences, tokens);
        ServedTrace trace = serve(requests, pages, true, limits, batching);
        assertAnswersAsAlone(requests, trace);
        assertTrue(trace.pages().most() <= pages * layers(forward));
        assertTrue(trace.hitRate() > 0 && trace.hitRate() < 1, "hit rate " + trace.hitRate());
        long computed =
            trace.steps().stream().mapToLong(each -> each.step().totalNewTokens()).sum();
        long shared = trace.answers().stream().mapToLong(ServedTrace.Answer::sharedTokens).sum();
        long all = requests.stream().mapToLong(PromptRequest::positions).sum();
        assertEquals(all, computed + shared);
      }
    }
  }

  /** Pages of latents are shared, copied where they differ, and forgotten as those of heads are. */
  @ParameterizedTest
  @CsvSource({
    "deepseek-v2, 3, 99, 16",
    "deepseek-v2, 8, 9, 64",
    "deepseek-v3, 3, 5, 64",
    "deepseek-v3, 8, 99, 64"
  })
  void latentsAreSharedAsHeadsAre(String name, int sequences, int fewPages, int tokens) {
    List<PromptRequest> requests = alike(5, 12);
    int pages = atLeast(fewPages, requests);
    try (Forward latents =
        new Forward(TestResources.path("logits").resolve(name).resolve("hf-f32"), 2)) {
      for (Batching batching : Batching.values()) {
        ServingLimits limits = new ServingLimits(sequences, tokens);
        ServedTrace trace = serve(latents, requests, pages, true, limits, batching);
        assertAnswersAsAlone(latents, requests, trace);
        assertTrue(trace.hitRate() > 0, trace.toString());
      }
    }
  }

  @Test
  void aPrefixIsComputedOnceAndHeldOnce() {
    int[] prompt = new Random(3).ints(2 * Blocking.PANEL + 5, 0, 250).toArray();
    int[] other = prompt.clone();
    other[2 * Blocking.PANEL + 2]++;
    List<PromptRequest> requests =
        List.of(
            new PromptRequest(0, prompt, 40),
            new PromptRequest(0.3, prompt, 40),
            new PromptRequest(0.3, other, 40));
    ServedTrace trace =
        serve(requests, PAGES, true, new ServingLimits(3, 512), Batching.CONTINUOUS);
    assertAnswersAsAlone(requests, trace);
    assertEquals(
        List.of(0, prompt.length - 1, 2 * Blocking.PANEL + 2),
        trace.answers().stream().map(ServedTrace.Answer::sharedTokens).toList());
    assertEquals(4 * layers(forward), trace.pages().mostSaved());
  }

  /** Two steps, after which the first answer is there and the second is not. */
  @Test
  void whatIsStoppedHasTheAnswersSoFar() {
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, new int[] {1, 2}, 2), new PromptRequest(0, new int[] {3}, 5));
    AtomicInteger asked = new AtomicInteger();
    ServedTrace trace;
    try (PagePool pool = pool(forward, PAGES)) {
      trace =
          new Scheduler(
                  forward.decoder,
                  pool,
                  false,
                  new ServingLimits(2, 64),
                  Batching.CONTINUOUS,
                  token -> false,
                  new CountingClock())
              .run(requests, () -> asked.incrementAndGet() > 2);
    }
    assertEquals(2, trace.steps().size());
    assertEquals(1, trace.answers().size());
    assertArrayEquals(forward.greedy(new int[] {1, 2}, 2), trace.answers().getFirst().tokens());
  }

  /** Steps by hand: [new tokens after context] of each sequence. */
  @Test
  void piecesOfAPromptFillUpTheStepsOfThoseThatDecode() {
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, new int[] {1, 2}, 4), new PromptRequest(0, new int[9], 2));
    ServedTrace trace = serve(requests, new ServingLimits(2, 5), Batching.CONTINUOUS);
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
    ServingLimits limits = new ServingLimits(2, 64);
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
    ServedTrace trace = serve(requests, new ServingLimits(2, 64), Batching.CONTINUOUS);
    assertTrue(trace.answers().get(0).times().endSeconds() < 2);
    assertTrue(trace.answers().get(1).times().startSeconds() >= 100);
    assertTrue(trace.seconds() < 102);
  }

  @Test
  void anEndTokenEndsAnAnswer() {
    int[] prompt = {5, 6, 7};
    int[] expected = forward.greedy(prompt, 8);
    ServedTrace trace;
    try (PagePool pool = pool(forward, PAGES)) {
      trace =
          new Scheduler(
                  forward.decoder,
                  pool,
                  true,
                  new ServingLimits(1, 64),
                  Batching.CONTINUOUS,
                  token -> token == expected[3],
                  new CountingClock())
              .run(List.of(new PromptRequest(0, prompt, 8)), () -> false);
    }
    int[] output = trace.answers().getFirst().tokens();
    assertEquals(expected[3], output[output.length - 1]);
    assertTrue(output.length <= 4);
  }

  @Test
  void refusesWhatCannotBeServed() {
    List<PromptRequest> requests = List.of(new PromptRequest(0, new int[2 * Blocking.PANEL], 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> serve(requests, 2, true, new ServingLimits(1, 64), Batching.CONTINUOUS));
    assertThrows(IllegalArgumentException.class, () -> new ServingLimits(4, 3));
    assertThrows(IllegalArgumentException.class, () -> new PromptRequest(0, new int[0], 1));
  }

  /** Pages that have left the window go to other sequences, and answers stay the same. */
  @Test
  void aWindowKeepsFewPages() {
    int[] prompt = new Random(6).ints(20, 0, 90).toArray();
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, prompt, 200), new PromptRequest(0, prompt, 200));
    try (Forward other =
            new Forward(TestResources.path("logits").resolve("mistral-swa").resolve("hf-f32"), 2);
        PagePool pool = pool(other, PAGES)) {
      ServedTrace trace =
          new Scheduler(
                  other.decoder,
                  pool,
                  true,
                  new ServingLimits(2, 8),
                  Batching.CONTINUOUS,
                  token -> false,
                  new CountingClock())
              .run(requests, () -> false);
      for (ServedTrace.Answer answer : trace.answers()) {
        assertArrayEquals(other.greedy(prompt, 200), answer.tokens());
      }
      assertEquals(pool.pages(), pool.freePages());
      assertTrue(trace.pages().most() <= 2 * 3 * layers(other), trace.pages().toString());
    }
  }

  /** Of layers with a window and without, in pools of few pages and of many. */
  @ParameterizedTest
  @CsvSource({
    "gemma2, false, 3, 9, 16",
    "gemma3-text, true, 3, 99, 16",
    "gemma3-text, true, 8, 5, 64",
    "gemma3-text, true, 2, 4, 7",
    "gpt-oss, true, 8, 9, 64",
    "gpt-oss, true, 1, 4, 16"
  })
  void whoeverHasWindowsAnswersAsAlone(
      String name, boolean sharesPrefixes, int sequences, int fewPages, int tokens) {
    try (Forward mixed =
        new Forward(TestResources.path("logits").resolve(name).resolve("hf-f32"), 2)) {
      for (int seed = 1; seed <= 2; seed++) {
        List<PromptRequest> requests = alike(seed, 12);
        int pages = atLeast(fewPages, requests);
        for (Batching batching : Batching.values()) {
          ServingLimits limits = new ServingLimits(sequences, tokens);
          ServedTrace trace = serve(mixed, requests, pages, sharesPrefixes, limits, batching);
          assertAnswersAsAlone(mixed, requests, trace);
          assertEquals(sharesPrefixes, trace.hitRate() > 0, trace.toString());
        }
      }
    }
  }

  /**
   * Two prompts that have their first pages in common: what the layers with a window have given
   * back is still known where there is memory for it, and there is nothing to be taken where not.
   */
  @Test
  void aPrefixIsSharedAsLongAsNoLayerLacksWhatItsWindowSees() {
    int[] prompt = new Random(8).ints(6 * Blocking.PANEL, 0, 250).toArray();
    int[] other = Arrays.copyOf(prompt, 6 * Blocking.PANEL);
    for (int i = 2 * Blocking.PANEL; i < other.length; i++) {
      other[i] = (other[i] + 1) % 250;
    }
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, prompt, 2), new PromptRequest(0.3, other, 2));
    ServingLimits limits = new ServingLimits(1, Blocking.PANEL);
    try (Forward mixed =
        new Forward(TestResources.path("logits").resolve("gpt-oss").resolve("hf-f32"), 2)) {
      int needed =
          mixed.decoder.mostPages(
              mixed.decoder.pageLayout(Blocking.PANEL), prompt.length + 1, Blocking.PANEL);
      // One layer sees everything, seven pages; the other one sees three at most.
      assertEquals(7 + 3, needed);
      for (int layerPages : new int[] {PAGES, needed / 2}) {
        ServedTrace trace = serve(mixed, requests, layerPages, true, limits, Batching.CONTINUOUS);
        assertAnswersAsAlone(mixed, requests, trace);
        assertEquals(
            layerPages == PAGES ? 2 * Blocking.PANEL : 0, trace.answers().get(1).sharedTokens());
        assertTrue(trace.pages().most() <= needed);
      }
    }
  }

  /** Angles of rotary embeddings that depend on the capacity make other keys of the same tokens. */
  @Test
  void nothingIsSharedWhereKeysDependOnTheCapacity() {
    int[] prompt = new Random(4).ints(2 * Blocking.PANEL, 0, 90).toArray();
    List<PromptRequest> requests =
        List.of(new PromptRequest(0, prompt, 2), new PromptRequest(0, prompt, 9));
    for (String family : new String[] {"llama-dynamic-ntk", "phi3-longrope"}) {
      try (Forward other =
              new Forward(TestResources.path("logits").resolve(family).resolve("hf-f32"), 2);
          PagePool pool = pool(other, PAGES)) {
        ServedTrace trace =
            new Scheduler(
                    other.decoder,
                    pool,
                    true,
                    new ServingLimits(1, 64),
                    Batching.CONTINUOUS,
                    token -> false,
                    new CountingClock())
                .run(requests, () -> false);
        assertEquals(0, trace.hitRate());
      }
    }
  }
}
