package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import java.lang.foreign.MemorySegment;

/** Makes all gradients zero, before those of a step are added up. */
public final class ClearGradients implements TrainingOp {
  private static final long CHUNK_BYTES = 1 << 18;

  private final TrainingWorkspace workspace;
  private final Parameters parameters;

  public ClearGradients(TrainingWorkspace workspace, Parameters parameters) {
    this.workspace = workspace;
    this.parameters = parameters;
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    MemorySegment all = parameters.gradients();
    workspace
        .workers()
        .run(
            Math.toIntExact(Math.ceilDiv(all.byteSize(), CHUNK_BYTES)),
            1,
            (worker, from, to) -> {
              long first = from * CHUNK_BYTES;
              long end = Math.min(all.byteSize(), to * CHUNK_BYTES);
              all.asSlice(first, end - first).fill((byte) 0);
            });
    long elements = 0;
    for (Parameter parameter : parameters.all()) {
      elements += parameter.elements();
    }
    meter.end(0, 0, 4 * elements, 0, 0, 0);
  }
}
