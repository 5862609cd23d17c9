package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.kernels.TileLoops;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One loop over tiles alone, on one thread: the kernel of many rows, with about as many of them and
 * as many steps as a block has. Unpacked weights lie in L1, rows and sums in L2.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(TileLoopBenchmark.Counts.class)
public class TileLoopBenchmark {
  private static final int ROWS = Blocking.LOOP_ROWS;
  private static final int DEPTH = Blocking.LOOP_DEPTH;

  /** Rows and panels of a tile: the tallest with 16 registers, with AVX-512, and with NEON. */
  @Param({"6x1", "12x1", "6x2"})
  String tile;

  private Tile shape;
  private int tiles;
  private float[] x;
  private float[] w;
  private float[] c;

  private static Tile named(String name) {
    return TileLoops.TILES.stream()
        .filter(tile -> tile.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no loop over tiles is called " + name));
  }

  /** Fills the operands and requires that the first sum is the scalar chain. */
  @Setup
  public void setUp() {
    shape = named(tile);
    tiles = ROWS / shape.rows();
    int columns = shape.panels() * Blocking.PANEL;
    Random random = new Random(1);
    x = random(random, tiles * shape.rows() * DEPTH);
    w = random(random, DEPTH * columns);
    c = new float[tiles * shape.rows() * columns];
    float expected = 0;
    for (int k = 0; k < DEPTH; k++) {
      expected = Math.fma(x[k * shape.rows()], w[k * columns], expected);
    }
    multiplyAdd();
    if (c[0] != expected) {
      throw new AssertionError(tile + ": " + c[0] + ", not " + expected);
    }
    Arrays.fill(c, 0f);
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  @Benchmark
  public float[] multiplyAdd() {
    TileLoops.multiplyAdd(shape.rows(), shape.panels(), tiles, x, 0, w, DEPTH, c, 0);
    return c;
  }

  /** Two FLOPs for each product; the bytes of the unpacked weights, once for each tile. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      Tile tile = named(parameters.apply("tile"));
      long tiles = ROWS / tile.rows();
      long columns = (long) tile.panels() * Blocking.PANEL;
      long weightBytes = 4 * columns * DEPTH;
      return new Work(
          2 * tiles * tile.rows() * columns * DEPTH, tiles * weightBytes, weightBytes, 1);
    }
  }
}
