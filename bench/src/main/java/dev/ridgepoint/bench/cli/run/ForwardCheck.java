package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.LogSoftmax;
import dev.ridgepoint.model.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * What a forward pass of some sequences did.
 *
 * @param rows of the logits
 * @param columns of the logits
 * @param notFinite logits that are no finite numbers
 * @param loss mean over all tokens that another one follows, in nats
 * @param cost of a pass, as the engine metered it
 * @param seconds of the fastest pass
 */
record ForwardCheck(
    long rows, long columns, long notFinite, double loss, Cost cost, double seconds) {
  /** The first ones wait for the compiler. */
  private static final int PASSES = 5;

  /**
   * Makes the pass several times.
   *
   * @param sequences of equal length, at least two tokens each
   */
  static ForwardCheck of(
      LoadedModel model, RunningModel.Setup setup, List<int[]> sequences, Workers workers) {
    CostMeter meter = new CostMeter();
    List<KvCache> caches = new ArrayList<>();
    try (Program program = model.program(setup.kvDtype(), workers, meter)) {
      List<Batch.Entry> entries = new ArrayList<>();
      for (int[] tokens : sequences) {
        KvCache cache = program.newCache(tokens.length);
        caches.add(cache);
        entries.add(new Batch.Entry(cache, tokens, tokens.length));
      }
      double seconds = Double.POSITIVE_INFINITY;
      Tensor logits = null;
      for (int pass = 0; pass < PASSES; pass++) {
        caches.forEach(cache -> cache.truncate(0));
        meter.take();
        long start = System.nanoTime();
        logits = program.forward(new Batch(entries));
        seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
      }
      Sums sums = new Sums();
      int row = 0;
      for (int[] tokens : sequences) {
        for (int i = 0; i < tokens.length; i++) {
          sums.add(logits, row++, i + 1 < tokens.length ? tokens[i + 1] : Sums.NONE);
        }
      }
      return new ForwardCheck(
          logits.size(0),
          logits.size(1),
          sums.notFinite,
          sums.nats / sums.tokens,
          meter.take(),
          seconds);
    } finally {
      caches.forEach(KvCache::close);
    }
  }

  /** Over rows of logits. */
  private static final class Sums {
    static final int NONE = -1;

    private long notFinite;
    private double nats;
    private long tokens;

    void add(Tensor logits, int row, int target) {
      float[] values = new float[logits.size(1)];
      logits.read((long) row * values.length, values, 0, values.length);
      for (float value : values) {
        notFinite += Float.isFinite(value) ? 0 : 1;
      }
      if (target != NONE) {
        nats -= LogSoftmax.ofRow(logits, row)[target];
        tokens++;
      }
    }
  }
}
