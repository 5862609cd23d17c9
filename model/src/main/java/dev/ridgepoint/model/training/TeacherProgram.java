package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.engine.training.TrainingOp;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The inference program of a teacher, which runs within a student's training step. */
final class TeacherProgram implements AutoCloseable {
  private final Program program;
  private final List<KvCache> caches = new ArrayList<>();

  /**
   * @param shape of the student's batches
   * @param meter told of what the operations did; who runs them tells it of their beginnings
   */
  TeacherProgram(LoadedModel teacher, TrainingBatch shape, Workers workers, Meter meter) {
    program = teacher.program(SoftTargets.KV_TYPE, workers, new Ends(meter));
    for (int i = 0; i < shape.microBatch(); i++) {
      caches.add(program.newCache(shape.sequenceLength()));
    }
  }

  /** An operation of the forward pass, of which the first takes a batch's tokens. */
  TrainingOp bind(Operation operation) {
    int index = program.operations().indexOf(operation);
    return (batch, any) -> {
      if (index == 0) {
        prepare(batch);
      }
      program.run(index);
    };
  }

  /** The caches do not advance: every sequence is a new one. */
  private void prepare(TokenBatch batch) {
    int length = batch.length();
    List<Batch.Entry> entries = new ArrayList<>();
    for (int i = 0; i < caches.size(); i++) {
      int[] tokens = Arrays.copyOfRange(batch.tokens(), i * length, (i + 1) * length);
      entries.add(new Batch.Entry(caches.get(i), tokens, length));
    }
    program.prepare(new Batch(entries));
  }

  /** Of the batch that runs, [tokens][vocabulary]. */
  Tensor logits() {
    return program.logits();
  }

  @Override
  public void close() {
    program.close();
    caches.forEach(KvCache::close);
  }

  /** Hands on the ends of operations alone. */
  private record Ends(Meter meter) implements Meter {
    @Override
    public void begin(String operation, int layer) {}

    @Override
    public void end(
        long flops,
        long matmulFlops,
        long weightBytes,
        long kvReadBytes,
        long kvWrittenBytes,
        long activationBytes) {
      meter.end(flops, matmulFlops, weightBytes, kvReadBytes, kvWrittenBytes, activationBytes);
    }
  }
}
