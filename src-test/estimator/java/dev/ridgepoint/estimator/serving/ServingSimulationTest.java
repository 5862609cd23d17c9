package dev.ridgepoint.estimator.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.serving.LengthDistribution.Fixed;
import dev.ridgepoint.estimator.serving.LengthDistribution.Geometric;
import dev.ridgepoint.estimator.serving.LengthDistribution.Uniform;
import dev.ridgepoint.estimator.serving.SimulationResult.Served;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServingSimulationTest {
  private static final long SEED = 20_261_121;

  /** Steps whose times do not depend on what is in them. */
  private record ConstantTimes(double prefill, double decode) implements StepTimes {
    @Override
    public double prefillSeconds(int promptTokens) {
      return prefill;
    }

    @Override
    public double decodeSeconds(int batch, long contextTokens) {
      return decode;
    }
  }

  /** M/D/1: the mean wait is rho S / (2 (1 - rho)) (Pollaczek and Khinchine). */
  @ParameterizedTest
  @CsvSource({"0.2", "0.5", "0.8"})
  void aBatchOfOneWaitsAsPollaczekAndKhinchineSay(double utilization) {
    double service = 0.5 + 9 * 0.05;
    List<Request> requests =
        Request.poisson(SEED, 400_000, utilization / service, new Fixed(100), new Fixed(10));
    SimulationResult result =
        ServingSimulation.run(requests, new ConstantTimes(0.5, 0.05), Batching.CONTINUOUS, 1);
    double wait = utilization * service / (2 * (1 - utilization));
    assertEquals(wait, result.waiting().mean(), 0.02 * wait);
    assertEquals(utilization, result.utilization(), 0.01 * utilization);
    // Little: the queue is as long as its rate and its wait make it.
    assertEquals(utilization / service * wait, result.meanQueueLength(), 0.02 * wait);
  }

  /** M/G/1: the mean wait is l E[S^2] / (2 (1 - rho)). */
  @Test
  void lengthsThatVaryWaitLonger() {
    double prefill = 0.2;
    double decode = 0.05;
    double mean = 20;
    // S = prefill + decode n with n >= 0 geometric: E[n] = m - 1, Var[n] = m (m - 1).
    double service = prefill + decode * (mean - 1);
    double square = service * service + decode * decode * mean * (mean - 1);
    double rate = 0.7 / service;
    List<Request> requests =
        Request.poisson(SEED, 400_000, rate, new Fixed(100), new Geometric(mean));
    SimulationResult result =
        ServingSimulation.run(requests, new ConstantTimes(prefill, decode), Batching.CONTINUOUS, 1);
    double wait = rate * square / (2 * (1 - 0.7));
    assertEquals(wait, result.waiting().mean(), 0.03 * wait);
    assertTrue(wait > 1.2 * rate * service * service / (2 * (1 - 0.7)));
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void nothingIsLostAndLittlesLawHolds(Batching batching) {
    List<Request> requests =
        Request.poisson(SEED, 2_000, 3, new Uniform(10, 300), new Geometric(30));
    SimulationResult result =
        ServingSimulation.run(requests, new ConstantTimes(0.02, 0.03), batching, 8);
    assertEquals(requests, result.served().stream().map(Served::request).toList());
    double waits = result.served().stream().mapToDouble(Served::waitSeconds).sum();
    assertEquals(waits, result.meanQueueLength() * result.seconds(), 1e-9 * waits);
    double latencies = result.served().stream().mapToDouble(Served::latencySeconds).sum();
    assertEquals(latencies, result.meanInSystem() * result.seconds(), 1e-9 * latencies);
    long tokens = requests.stream().mapToLong(Request::outputTokens).sum();
    assertEquals((double) tokens, result.outputTokensPerSecond() * result.seconds(), 1e-6);
    for (Served one : result.served()) {
      assertTrue(one.waitSeconds() >= 0);
      assertTrue(one.firstTokenSeconds() >= one.startSeconds() + 0.02 - 1e-9);
      double decoding = 0.03 * (one.request().outputTokens() - 1);
      assertTrue(one.endSeconds() >= one.firstTokenSeconds() + decoding - 1e-9);
    }
  }

  /** Three requests, followed by hand: prefills of 10 s, decode steps of 1 s. */
  @Test
  void continuousBatchingAdmitsBetweenSteps() {
    SimulationResult result =
        ServingSimulation.run(
            List.of(new Request(0, 5, 4), new Request(0.5, 5, 2), new Request(21.5, 5, 1)),
            new ConstantTimes(10, 1),
            Batching.CONTINUOUS,
            2);
    // 0-10 prefill A, 10-20 prefill B, 20-21 both (B is done), 21-22 A, 22-32 prefill C, 32-33 A.
    assertServed(result.served().get(0), 0, 10, 33);
    assertServed(result.served().get(1), 10, 20, 21);
    assertServed(result.served().get(2), 22, 32, 32);
    assertEquals(33, result.seconds(), 1e-12);
    assertEquals(33, result.busySeconds(), 1e-12);
    assertEquals((9.5 + 0.5) / 33, result.meanQueueLength(), 1e-12);
    assertEquals(1, result.largestQueueLength());
    assertEquals(4.0 / 3, result.meanBatch(), 1e-12);
  }

  @Test
  void staticBatchingWaitsForTheLongest() {
    SimulationResult result =
        ServingSimulation.run(
            List.of(new Request(0, 5, 4), new Request(0.5, 5, 2), new Request(0.6, 5, 3)),
            new ConstantTimes(10, 1),
            Batching.STATIC,
            2);
    // 0-10 prefill A alone, 10-13 A; 13-23 prefill B, 23-33 C, 33-34 both, 34-35 C with B idle.
    assertServed(result.served().get(0), 0, 10, 13);
    assertServed(result.served().get(1), 13, 23, 34);
    assertServed(result.served().get(2), 23, 33, 35);
    assertEquals(2, result.largestQueueLength());
    assertEquals(6.0 / 5, result.meanBatch(), 1e-12);
  }

  @Test
  void aStepSeesWhatItsSequencesHaveCached() {
    StepTimes times =
        new StepTimes() {
          @Override
          public double prefillSeconds(int promptTokens) {
            return promptTokens;
          }

          @Override
          public double decodeSeconds(int batch, long contextTokens) {
            return 1000 * batch + contextTokens;
          }
        };
    SimulationResult result =
        ServingSimulation.run(List.of(new Request(0, 7, 3)), times, Batching.CONTINUOUS, 4);
    // The prompt of 7, and then the first token too.
    assertServed(result.served().getFirst(), 0, 7, 7 + 1007 + 1008);
  }

  @Test
  void withOnePlaceBothPoliciesAreOne() {
    List<Request> requests = Request.poisson(SEED, 500, 1, new Fixed(10), new Geometric(5));
    ConstantTimes times = new ConstantTimes(0.3, 0.1);
    assertEquals(
        ServingSimulation.run(requests, times, Batching.STATIC, 1),
        ServingSimulation.run(requests, times, Batching.CONTINUOUS, 1));
  }

  @Test
  void theSameSeedGivesTheSameRequests() {
    LengthDistribution prompts = new Uniform(1, 1000);
    LengthDistribution outputs = new Geometric(100);
    List<Request> requests = Request.poisson(7, 1000, 2, prompts, outputs);
    assertEquals(requests, Request.poisson(7, 1000, 2, prompts, outputs));
    assertNotEquals(requests, Request.poisson(8, 1000, 2, prompts, outputs));
  }

  @Test
  void requestsHaveTheRateAndTheLengthsAskedFor() {
    Uniform prompts = new Uniform(10, 20);
    Geometric outputs = new Geometric(50);
    List<Request> requests = Request.poisson(SEED, 100_000, 4, prompts, outputs);
    assertEquals(25_000, requests.getLast().arrivalSeconds(), 250);
    assertEquals(
        15, requests.stream().mapToInt(Request::promptTokens).average().orElseThrow(), .05);
    assertEquals(50, requests.stream().mapToInt(Request::outputTokens).average().orElseThrow(), .5);
    assertEquals(10, requests.stream().mapToInt(Request::promptTokens).min().orElseThrow());
    assertEquals(20, requests.stream().mapToInt(Request::promptTokens).max().orElseThrow());
    // P(length = 1) = 1 / 50.
    long shortest = requests.stream().filter(r -> r.outputTokens() == 1).count();
    assertEquals(2_000, (double) shortest, 150);
  }

  @Test
  void continuousBatchingServesMoreAndSooner() {
    Replica replica =
        ServingModels.replica("Llama-3-8B", ServingModels.H100, 1, Efficiency.SERVING);
    StepTimes times = new ReplicaStepTimes(replica);
    // More than either can serve.
    List<Request> requests =
        Request.poisson(SEED, 400, 50, new Uniform(100, 500), new Geometric(100));
    SimulationResult fixed = ServingSimulation.run(requests, times, Batching.STATIC, 16);
    SimulationResult continuous = ServingSimulation.run(requests, times, Batching.CONTINUOUS, 16);
    assertTrue(continuous.requestsPerSecond() > 2 * fixed.requestsPerSecond());
    assertTrue(continuous.meanBatch() > 2 * fixed.meanBatch());
    assertTrue(continuous.timeToFirstToken().p99() < fixed.timeToFirstToken().p99());
  }

  /** The closed form that deployments are sized by, against the simulation of the same replica. */
  @ParameterizedTest
  @CsvSource({"0.3", "0.6", "0.8"})
  void theSteadyStateIsWhatIsSimulated(double utilization) {
    Replica replica =
        ServingModels.replica("Llama-3-8B", ServingModels.H100, 1, Efficiency.SERVING);
    ServingLoad load = new ServingLoad(1, 500, 100);
    ReplicaQueue queue = new ReplicaQueue(replica, load);
    double rate = utilization * queue.capacity(queue.largestBatch());
    OperatingPoint point = queue.at(rate);
    SimulationResult result =
        ServingSimulation.run(
            Request.poisson(SEED, 6_000, rate, new Fixed(500), new Fixed(100)),
            new ReplicaStepTimes(replica),
            Batching.CONTINUOUS,
            queue.largestBatch());
    assertEquals(utilization, point.utilization(), 1e-9);
    assertEquals(
        point.timePerOutputTokenSeconds(),
        result.timePerOutputToken().mean(),
        0.04 * point.timePerOutputTokenSeconds());
    assertEquals(
        point.timeToFirstTokenSeconds(),
        result.timeToFirstToken().mean(),
        0.04 * point.timeToFirstTokenSeconds());
  }

  @Test
  void percentilesAreNearestRanks() {
    Percentiles percentiles = Percentiles.of(IntStream.rangeClosed(1, 10).mapToDouble(i -> 11 - i));
    assertEquals(new Percentiles(5.5, 5, 9, 10, 10), percentiles);
  }

  @Test
  void refusesRequestsThatAreNotInOrder() {
    InvalidInputException e =
        assertThrows(
            InvalidInputException.class,
            () ->
                ServingSimulation.run(
                    List.of(new Request(2, 1, 1), new Request(1, 1, 1)),
                    new ConstantTimes(1, 1),
                    Batching.STATIC,
                    1));
    assertEquals(
        "requests[1]: arrivalSeconds must not lie before the one before, but is 1.0",
        e.getMessage());
  }

  private static void assertServed(Served served, double start, double first, double end) {
    assertEquals(start, served.startSeconds(), 1e-12);
    assertEquals(first, served.firstTokenSeconds(), 1e-12);
    assertEquals(end, served.endSeconds(), 1e-12);
  }
}
