package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.time.PredictedTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClosedLoopTest {
  private static final Clients CLIENTS = new Clients(64, 1000, 500);

  /**
   * ai-dynamo/aiconfigurator (Apache-2.0), {@code silicon_sample.csv}: runs of InferenceX, whose
   * lengths are 0.9 of 1024 or 8192 in the mean, and the first two of its gap analysis.
   */
  @ParameterizedTest
  @CsvSource({
    "H100, Llama-3.1-8B, bf16, 1, trtllm, 64, 2048, 256, 0.30077, 0.023571",
    "H100, Llama-3.1-8B, bf16, 1, trtllm, 16, 2048, 256, 0.28263, 0.010876",
    "H100, Llama-3.1-70B, fp8, 2, vllm, 64, 922, 922, 0.41513, 0.028769",
    "H200, Llama-3.1-70B, fp8, 2, vllm, 4, 922, 7373, 0.13149, 0.014202",
    "H200, Llama-3.1-70B, fp8, 1, trtllm, 64, 7373, 922, 29.677, 0.079238",
    "B200, Llama-3.1-70B, fp8, 8, vllm, 32, 7373, 922, 0.58288, 0.013689",
    "B200, Llama-3.1-70B, nvfp4, 2, trtllm, 64, 922, 922, 0.36481, 0.011991",
    "H200, DeepSeek-V3, fp8, 8, trtllm, 32, 922, 7373, 0.61552, 0.025359"
  })
  void publishedRunsAreMet(
      String device,
      String model,
      String weights,
      int devices,
      String engine,
      int concurrency,
      int prompt,
      int output,
      double timeToFirstToken,
      double timePerOutputToken) {
    ServedRun run =
        ServedRun.of(
            device,
            model,
            weights,
            weights.equals("bf16") ? Precision.BF16 : Precision.FP8,
            ServingLayout.tensor(devices),
            ServingEngine.named("run", engine),
            new Clients(concurrency, prompt, output),
            timeToFirstToken,
            timePerOutputToken);
    assertEquals(1, run.predicted().perToken().total() / timePerOutputToken, 0.15);
    assertEquals(0, run.firstTokenResidual(), Math.log(3.9));
  }

  @Test
  void oneClientMeetsNoOthers() {
    Replica replica = replica(1);
    ClosedLoopPoint point = loop(replica, ServingEngine.VLLM, new Clients(1, 1000, 500));
    assertEquals(1, point.batch());
    assertEquals(0, point.perToken().prompts());
    assertEquals(0, point.firstToken().ahead());
    assertEquals(0, point.firstToken().burst());
    assertEquals(0, point.firstToken().queue());
    assertEquals(
        replica.steps().decode(1, 1250).total() + point.perToken().host(),
        point.timePerOutputToken().seconds(),
        1e-15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vllm", "sglang", "trtllm"})
  void moreClientsGetMoreTogetherAndWaitLonger(String engine) {
    ClosedLoopPoint before = null;
    for (int concurrency : new int[] {1, 4, 16, 64, 256}) {
      ClosedLoopPoint point =
          loop(
              replica(1), ServingEngine.named("test", engine), new Clients(concurrency, 1000, 500));
      if (before != null) {
        assertTrue(point.outputTokensPerSecond() > before.outputTokensPerSecond());
        assertTrue(point.timePerOutputToken().seconds() > before.timePerOutputToken().seconds());
        assertTrue(point.timeToFirstToken().seconds() > before.timeToFirstToken().seconds());
      }
      before = point;
    }
  }

  /** Little's law: clients are either before their first token or decode. */
  @Test
  void allClientsAreSomewhere() {
    ClosedLoopPoint point = loop(replica(1), ServingEngine.VLLM, CLIENTS);
    double perSecond = point.outputTokensPerSecond() / CLIENTS.outputTokens();
    double decoding = perSecond * CLIENTS.decodeSteps() * point.timePerOutputToken().seconds();
    double before = perSecond * point.timeToFirstToken().seconds();
    assertEquals(CLIENTS.concurrency(), decoding + before, 1e-9);
    assertEquals(decoding, point.batch(), 0.6);
  }

  @Test
  void whoDoesNotFitWaitsForOthersToEnd() {
    int limit = loop(replica(1), ServingEngine.TRTLLM, CLIENTS).limit();
    ClosedLoopPoint full = loop(replica(1), ServingEngine.TRTLLM, new Clients(limit, 1000, 500));
    ClosedLoopPoint twice =
        loop(replica(1), ServingEngine.TRTLLM, new Clients(2 * limit, 1000, 500));
    assertEquals(0, full.firstToken().queue());
    assertTrue(twice.batch() <= limit);
    // Half of the clients wait, so that each waits as long as it is served.
    double service = twice.firstToken().served() + 499 * twice.perToken().total();
    assertEquals(service, twice.firstToken().queue(), 1e-9);
    assertEquals(1, full.outputTokensPerSecond() / twice.outputTokensPerSecond(), 0.05);
  }

  @Test
  void roomForWholeAnswersIsLess() {
    assertTrue(
        loop(replica(1), ServingEngine.SGLANG, CLIENTS).limit()
            > loop(replica(1), ServingEngine.TRTLLM, CLIENTS).limit());
  }

  @Test
  void decodingWaitsForPromptsThatAreNotMixedIn() {
    ServingEngine mixed = new ServingEngine("mixed", 8192, true, false, 0, 0, 0, 0);
    ServingEngine apart = new ServingEngine("apart", 8192, false, false, 0, 0, 0, 0);
    assertTrue(
        loop(replica(1), apart, CLIENTS).perToken().prompts()
            > loop(replica(1), mixed, CLIENTS).perToken().prompts());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 300})
  void nothingIsFasterThanItsRoof(int concurrency) {
    Clients clients = new Clients(concurrency, 1000, 500);
    ClosedLoopPoint point = loop(replica(1), ServingEngine.VLLM, clients);
    for (PredictedTime time :
        new PredictedTime[] {point.timePerOutputToken(), point.timeToFirstToken()}) {
      assertTrue(time.lowestSeconds() < time.highestSeconds());
    }
    assertTrue(point.timePerOutputToken().lowestSeconds() >= point.decodeBound().seconds());
    assertTrue(point.timeToFirstToken().lowestSeconds() >= point.promptBound().seconds());
    assertTrue(point.lowestOutputTokensPerSecond() < point.highestOutputTokensPerSecond());
  }

  /** The formulas, computed again with what was put in. */
  @Test
  void theTimesAreExplained() {
    ClosedLoopPoint point = loop(replica(1), ServingEngine.VLLM, CLIENTS);
    Derivation perToken = point.derivations().get(1);
    double r = perToken.inputs().get("r").doubleValue();
    double k = perToken.inputs().get("k").doubleValue();
    double x = perToken.inputs().get("x").doubleValue();
    assertEquals(
        perToken.inputs().get("d(B)").doubleValue() + r / k * x,
        perToken.value().doubleValue(),
        1e-12);
    assertEquals(point.batch() * (1 - 1.0 / 64) / 499, r, 1e-12);
    for (Derivation each : point.derivations().subList(1, 3)) {
      assertEquals(
          each.value().doubleValue(),
          each.terms().stream().mapToDouble(term -> term.value().doubleValue()).sum(),
          1e-12,
          each.quantity());
    }
    Derivation first = point.derivations().get(2);
    double u = first.inputs().get("u").doubleValue();
    assertEquals(
        u * first.inputs().get("p(1)").doubleValue() / (2 * (1 - u)),
        point.firstToken().ahead(),
        1e-12);
  }

  @Test
  void aModelThatDoesNotFitIsRefused() {
    Replica large = ServingModels.replica("Llama-2-70B", ServingModels.H100, 1, Efficiency.SERVING);
    assertEquals(
        "clients: not one sequence of 1500 tokens fits the devices",
        assertThrows(InvalidInputException.class, () -> loop(large, ServingEngine.VLLM, CLIENTS))
            .getMessage());
    assertEquals(
        "--engine: engine \"vlm\" is unknown; known are vllm, sglang, trtllm",
        assertThrows(InvalidInputException.class, () -> ServingEngine.named("--engine", "vlm"))
            .getMessage());
  }

  private static ClosedLoopPoint loop(Replica replica, ServingEngine engine, Clients clients) {
    return ClosedLoop.of(replica, engine, clients);
  }

  private static Replica replica(int devices) {
    return ServingModels.replica("Llama-3-8B", ServingModels.H100, devices, Efficiency.SERVING);
  }
}
