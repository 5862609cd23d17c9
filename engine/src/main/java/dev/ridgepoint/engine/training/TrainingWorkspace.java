package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import dev.ridgepoint.engine.ops.StepRows;
import dev.ridgepoint.engine.ops.Workspace;
import java.lang.foreign.MemorySegment;

/**
 * What all ops of a training step share: a team of threads and working memory. Ops say what they
 * will need while they are bound; the most of it is there from the first run on.
 */
public final class TrainingWorkspace implements AutoCloseable {
  /** Columns that a thread sums up over all rows: whole cache lines. */
  private static final int COLUMNS = 64;

  /** Forward operations of rows alone ask it for nothing. */
  static final StepRows ANY_STEP = new StepRows();

  private final Workers workers;
  private final Workspace forward;
  private final CountingArena arena = new CountingArena();
  private final float[][] lanes;
  private final float[][] rows;
  private final Scratch panels = new Scratch();

  /**
   * @param workers the caller's, who closes them when no op runs any more
   */
  public TrainingWorkspace(Workers workers) {
    this.workers = workers;
    forward = new Workspace(workers);
    lanes = new float[workers.size()][VectorRegisters.LENGTH];
    rows = new float[workers.size()][0];
  }

  /** Memory of one worker for the lanes of a vector. */
  float[] lanes(int worker) {
    return lanes[worker];
  }

  /** Memory of one worker for a row of {@code size} elements at least, with any content. */
  float[] row(int worker, int size) {
    if (rows[worker].length < size) {
      rows[worker] = new float[size];
    }
    return rows[worker];
  }

  /** Memory that ops use one after the other. */
  final class Scratch {
    private long needed;
    private MemorySegment segment = MemorySegment.NULL;

    /** An op will ask for that much. */
    void reserve(long bytes) {
      needed = Math.max(needed, bytes);
    }

    /** Memory of any content. */
    MemorySegment of(long bytes) {
      if (segment.byteSize() < needed) {
        segment = arena.allocate(needed, Tensor.ALIGNMENT_BYTES);
      }
      return segment.asSlice(0, bytes);
    }
  }

  Workers workers() {
    return workers;
  }

  /** What forward operations share. */
  public Workspace forward() {
    return forward;
  }

  /** Packed panels of the product that runs. */
  Scratch panels() {
    return panels;
  }

  /** Divides rows over the team, if there are elements enough to pay for it. */
  void runRows(int rows, int elementsPerRow, Workers.Task task) {
    workers.run(rows, Blocking.grainOfElements(elementsPerRow), task);
  }

  /** Work on some columns of all rows. */
  @FunctionalInterface
  interface ColumnTask {
    /** Does columns {@code first} to {@code first + count}. */
    void run(int first, int count);
  }

  /** Divides columns over the team: each is summed up over all rows by one thread, in order. */
  void runColumns(int columns, ColumnTask task) {
    workers.run(
        Math.ceilDiv(columns, COLUMNS),
        1,
        (worker, from, to) -> {
          int first = from * COLUMNS;
          task.run(first, Math.min(columns, to * COLUMNS) - first);
        });
  }

  /** Bytes of packed operands. */
  public long scratchBytes() {
    return arena.bytes();
  }

  /** Frees the working memory. */
  @Override
  public void close() {
    arena.close();
  }
}
