package dev.ridgepoint.estimator.serving;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;

import dev.ridgepoint.estimator.serving.SimulationResult.Served;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Plays requests through the queue and the steps of one replica, first come, first served. Nothing
 * in it is random. A step is not interrupted, and prefills come before decode steps.
 */
public final class ServingSimulation {
  private final List<Request> requests;
  private final StepTimes times;
  private final Batching batching;
  private final int batchLimit;

  private final Deque<Sequence> queue = new ArrayDeque<>();
  private final List<Sequence> batch = new ArrayList<>();
  private final Served[] served;
  private double clock;
  private int arrived;
  private int done;

  private double busySeconds;
  private double queueArea;
  private double systemArea;
  private int largestQueue;
  private long decodeSteps;
  private long decodedTokens;

  /** A request on its way. */
  private static final class Sequence {
    final int index;
    final Request request;
    double start;
    double firstToken;
    int tokens;

    Sequence(int index, Request request) {
      this.index = index;
      this.request = request;
    }

    boolean isDone() {
      return tokens == request.outputTokens();
    }
  }

  private ServingSimulation(
      List<Request> requests, StepTimes times, Batching batching, int batchLimit) {
    requirePositive("simulation", "requests", requests.size());
    requirePositive("simulation", "batchLimit", batchLimit);
    for (int i = 1; i < requests.size(); i++) {
      double arrival = requests.get(i).arrivalSeconds();
      require(
          arrival >= requests.get(i - 1).arrivalSeconds(),
          String.format(Locale.ROOT, "requests[%d]", i),
          "arrivalSeconds",
          arrival,
          "must not lie before the one before");
    }
    this.requests = List.copyOf(requests);
    this.times = times;
    this.batching = batching;
    this.batchLimit = batchLimit;
    served = new Served[requests.size()];
  }

  /**
   * Serves all requests.
   *
   * @param requests in the order of their arrival
   * @param batchLimit sequences at a time
   */
  public static SimulationResult run(
      List<Request> requests, StepTimes times, Batching batching, int batchLimit) {
    return new ServingSimulation(requests, times, batching, batchLimit).run();
  }

  private SimulationResult run() {
    while (done < requests.size()) {
      if (queue.isEmpty() && batch.isEmpty()) {
        advance(requests.get(arrived).arrivalSeconds());
      } else if (admits()) {
        prefill(batching == Batching.STATIC ? Math.min(batchLimit, queue.size()) : 1);
      } else {
        decode();
      }
      retire();
    }
    return new SimulationResult(
        Arrays.asList(served),
        clock,
        busySeconds,
        queueArea / clock,
        largestQueue,
        systemArea / clock,
        (double) decodedTokens / decodeSteps);
  }

  private boolean admits() {
    return !queue.isEmpty()
        && switch (batching) {
          case STATIC -> batch.isEmpty();
          case CONTINUOUS -> batch.size() < batchLimit;
        };
  }

  private void prefill(int count) {
    for (int i = 0; i < count; i++) {
      Sequence sequence = queue.remove();
      sequence.start = clock;
      work(times.prefillSeconds(sequence.request.promptTokens()));
      sequence.firstToken = clock;
      yieldToken(sequence);
      batch.add(sequence);
    }
  }

  private void decode() {
    long context = 0;
    for (Sequence sequence : batch) {
      // The last token is not cached yet: it is what this step is fed.
      context += (long) sequence.request.promptTokens() + sequence.tokens - 1;
    }
    work(times.decodeSeconds(batch.size(), context));
    decodeSteps++;
    for (Sequence sequence : batch) {
      if (!sequence.isDone()) {
        yieldToken(sequence);
        decodedTokens++;
      }
    }
  }

  private void yieldToken(Sequence sequence) {
    sequence.tokens++;
    if (sequence.isDone()) {
      served[sequence.index] =
          new Served(sequence.request, sequence.start, sequence.firstToken, clock);
      done++;
    }
  }

  private void retire() {
    if (batching == Batching.CONTINUOUS || batch.stream().allMatch(Sequence::isDone)) {
      batch.removeIf(Sequence::isDone);
    }
  }

  private void work(double seconds) {
    busySeconds += seconds;
    advance(clock + seconds);
  }

  /** Lets time pass, and those come who come in it. */
  private void advance(double to) {
    while (arrived < requests.size() && requests.get(arrived).arrivalSeconds() <= to) {
      Request request = requests.get(arrived);
      pass(request.arrivalSeconds());
      queue.add(new Sequence(arrived, request));
      arrived++;
      largestQueue = Math.max(largestQueue, queue.size());
    }
    pass(to);
  }

  private void pass(double to) {
    queueArea += queue.size() * (to - clock);
    systemArea += (arrived - done) * (to - clock);
    clock = to;
  }
}
