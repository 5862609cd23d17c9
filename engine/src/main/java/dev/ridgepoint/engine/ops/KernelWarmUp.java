package dev.ridgepoint.engine.ops;

import com.sun.management.ThreadMXBean;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a decoder's operations on tiny operands of its own until the optimising compiler has
 * compiled their kernels. Until then every vector is an object on the heap and a kernel takes about
 * 50 times as long, which the first tokens of a process would pay for.
 *
 * <p>Prompts of three tokens or more and steps of a single sequence find their kernels compiled
 * afterwards; those for a few sequences at once are compiled when they are first used.
 */
final class KernelWarmUp implements AutoCloseable {
  /**
   * Rows that are cut into tiles of every height that a prompt of three tokens or more can have.
   */
  static final int[] PROMPTS = {4, Blocking.MAX_ROWS + 8};

  /** The fewest that quantised rows can have: the compiler counts calls, not what they do. */
  private static final int WIDTH = 32;

  private static final int POSITIONS = 64;

  /** Rounds in a row that allocate next to nothing, after which compiled code is in place. */
  private static final int QUIET_ROUNDS = 3;

  /** Less than the vectors of any kernel's call. */
  private static final long QUIET_BYTES = 512;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final DType weightType;
  private final int group;
  private final int headDim;
  private final Arena arena = Arena.ofShared();
  private final Workers alone = new Workers(1);
  private final Operations operations = new Operations(alone, Meter.NONE);
  private final PackedMatrix table;
  private final RotaryTable angles;
  private final KvCache empty;
  private final KvCache cached;
  private final List<Step> steps = new ArrayList<>();

  /**
   * Makes the operands.
   *
   * @param weightType of the matrices
   * @param kvType of the caches
   * @param group query heads that share a key-value head
   */
  KernelWarmUp(DType weightType, DType kvType, int group, int headDim) {
    this.weightType = weightType;
    this.group = group;
    this.headDim = headDim;
    table = zeros(1);
    angles = new RotaryTable(new double[headDim / 2]);
    empty = new KvCache(kvType, 1, 1, headDim, POSITIONS);
    cached = new KvCache(kvType, 1, 1, headDim, POSITIONS);
    cached.advance(POSITIONS - 1);
    for (int rows : PROMPTS) {
      // Few tokens attend, since all the query heads of each are rows: enough for a tile.
      steps.add(new Step(rows, empty, 1 + Blocking.MAX_ROWS / group, 1));
    }
    // One row streams four panels side by side, and then the one, two or three that are left.
    steps.add(new Step(1, cached, 1, 5, 6, 7));
  }

  /** A step's operands. */
  private final class Step {
    private final int[] tokens;
    private final Tensor hidden;
    private final float[] norm = new float[WIDTH];
    private final List<Linear> layers = new ArrayList<>();
    private final List<SequenceRows> sequences;
    private final Tensor qkv;
    private final Tensor attended;
    private final Tensor gateUp;

    private record Linear(PackedMatrix w, float[] bias, Tensor y) {}

    Step(int rows, KvCache cache, int attending, int... panels) {
      tokens = new int[rows];
      hidden = Tensor.allocate(arena, DType.F32, rows, WIDTH);
      for (int count : panels) {
        int outputs = count * Blocking.PANEL;
        Tensor y = Tensor.allocate(arena, DType.F32, rows, outputs);
        layers.add(new Linear(zeros(outputs), new float[outputs], y));
      }
      sequences = List.of(new SequenceRows(cache, 0, attending));
      qkv = Tensor.allocate(arena, DType.F32, attending, (group + 2) * headDim);
      attended = Tensor.allocate(arena, DType.F32, attending, group * headDim);
      gateUp = Tensor.allocate(arena, DType.F32, rows, 2 * WIDTH);
    }

    void run() {
      operations.embed(table, tokens, hidden);
      operations.rmsNorm(hidden, norm, 1f, hidden);
      for (int i = 0; i < layers.size(); i++) {
        Linear layer = layers.get(i);
        operations.linear(hidden, layer.w, null, false, layer.y);
        operations.linear(hidden, layer.w, layer.bias, true, layer.y);
      }
      operations.rotate(qkv, group, 1, angles, sequences);
      operations.append(qkv, group, sequences, 0);
      operations.attention(qkv, group, sequences, 0, Integer.MAX_VALUE, attended);
      operations.swiGlu(gateUp, hidden);
    }
  }

  private PackedMatrix zeros(int outputs) {
    return PackedMatrix.pack(arena, alone, weightType, outputs, WIDTH, (row, target, offset) -> {});
  }

  /** Runs until the kernels are compiled or the thread is interrupted. */
  void run() {
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && !Thread.currentThread().isInterrupted()) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      runOnce();
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      quiet = allocated < QUIET_BYTES ? quiet + 1 : 0;
    }
  }

  /** Runs every operation once for each step. */
  void runOnce() {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).run();
    }
  }

  @Override
  public void close() {
    empty.close();
    cached.close();
    alone.close();
    arena.close();
  }
}
