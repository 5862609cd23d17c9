package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.RowSource;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.kernels.Reference;
import dev.ridgepoint.engine.kernels.Tile;
import dev.ridgepoint.engine.panels.PanelFormats;
import dev.ridgepoint.engine.panels.TiledFormat;
import dev.ridgepoint.estimator.architecture.TensorRole;
import dev.ridgepoint.estimator.architecture.WeightTensor.Part;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One micro-kernel alone, on one thread: a tile of rows with panels that come from a cache or from
 * memory. Rows and sums lie in L1. {@code ridge bench} takes all tiles that this machine's products
 * are cut into if none is named.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(TileBenchmark.Counts.class)
public class TileBenchmark {
  /** The parameter that names a tile. */
  public static final String TILE = "tile";

  /** Format, rows and panels of a tile; these are used with every register file. */
  @Param({"f32-1x4", "bf16-1x4", "f16-1x4", "q8_0-1x2", "q4_0-1x2"})
  String tile;

  /** Where panels come from: {@code L1}, {@code L2} or {@code memory}. */
  @Param({"L1", "L2", "memory"})
  String weightsIn;

  private Case product;
  private Arena arena;
  private MemorySegment w;
  private float[] x;
  private float[] c;
  private int group;

  /**
   * The tiles that this machine's products are cut into, as {@link #tile} names them. The same
   * vector width and register file must be set where they are measured.
   */
  public static List<String> tilesOfThisMachine() {
    List<String> names = new ArrayList<>();
    for (DType dtype : EngineFormats.synthetic()) {
      TiledFormat format = PanelFormats.of(dtype);
      format.tiles().stream().filter(format::uses).forEach(tile -> names.add(name(dtype, tile)));
    }
    return names;
  }

  private static String name(DType dtype, Tile tile) {
    return dtype.name().toLowerCase(Locale.ROOT) + "-" + tile;
  }

  /**
   * A tile and the panels that it takes in turns: {@code groups} groups of as many as it reads side
   * by side, each {@code depth} steps long.
   */
  private record Case(DType dtype, TiledFormat format, Tile tile, int depth, int groups) {
    /** Deep enough that sums are seldom loaded and stored, as in a small model. */
    private static final int MAX_DEPTH = 896;

    /** A whole block of most formats; others take their own. */
    private static final int DEPTH_UNIT = 32;

    static Case of(String name, String weightsIn) {
      for (DType dtype : EngineFormats.synthetic()) {
        TiledFormat format = PanelFormats.of(dtype);
        for (Tile tile : format.tiles()) {
          if (name(dtype, tile).equals(name)) {
            return of(dtype, format, tile, weightsBytes(weightsIn));
          }
        }
      }
      throw new IllegalArgumentException("no tile is called " + name);
    }

    private static Case of(DType dtype, TiledFormat format, Tile tile, long bytes) {
      int unit = Math.max(DEPTH_UNIT, format.blockSteps());
      long unitBytes = tile.panels() * format.bytes(unit);
      int depth = unit * Math.clamp(bytes / unitBytes, 1, MAX_DEPTH / unit);
      long groupBytes = tile.panels() * format.bytes(depth);
      return new Case(dtype, format, tile, depth, Math.toIntExact(Math.max(1, bytes / groupBytes)));
    }

    /** Half of the smallest L1 and L2 caches that are common, and more than an L3 cache holds. */
    private static long weightsBytes(String weightsIn) {
      return switch (weightsIn) {
        case "L1" -> 16L << 10;
        case "L2" -> 256L << 10;
        case "memory" -> 512L << 20;
        default ->
            throw new IllegalArgumentException(
                "weightsIn must be L1, L2 or memory, but is " + weightsIn);
      };
    }

    long panelBytes() {
      return format.bytes(depth);
    }

    long groupBytes() {
      return tile.panels() * panelBytes();
    }

    /** Panels of a group are far apart, so that each of its streams is contiguous. */
    void multiplyAdd(float[] x, MemorySegment w, int group, float[] c) {
      long distance = groups * panelBytes();
      format.multiplyAdd(
          tile.rows(), tile.panels(), x, 0, w, group * panelBytes(), distance, depth, c, 0);
    }
  }

  /** Packs panels and requires that the tile agrees with the scalar twin. */
  @Setup
  public void setUp() {
    product = Case.of(tile, weightsIn);
    TiledFormat format = product.format;
    int rows = product.tile.rows();
    int panels = product.tile.panels();
    int depth = product.depth;
    arena = new HugePageArena();
    w = arena.allocate(product.groups * product.groupBytes(), Tensor.ALIGNMENT_BYTES);
    Random random = new Random(1);
    format.pack(columns(product.dtype, depth), depth, w, 0);
    for (long panel = 1; panel < (long) product.groups * panels; panel++) {
      MemorySegment.copy(w, 0, w, panel * product.panelBytes(), product.panelBytes());
    }
    float[] plain = random(random, rows * depth);
    x = Arrays.copyOf(plain, rows * format.preparedSteps(depth));
    format.prepare(x, 0, rows, depth);
    c = new float[rows * Blocking.STRIDE + format.scratchFloats(rows, panels)];
    product.multiplyAdd(x, w, 0, c);
    requireAgreement(plain);
  }

  /** The rows of a matrix that become a panel's columns. */
  private MemorySegment columns(DType dtype, int depth) {
    List<Long> shape = List.of((long) Blocking.PANEL, (long) depth);
    RowSource rows =
        new SyntheticWeights(1)
            .matrix(new TensorSpec(TensorRole.FEED_FORWARD_DOWN, Part.WEIGHT, 0, shape));
    MemorySegment encoded = arena.allocate(dtype.bytes((long) Blocking.PANEL * depth));
    for (int row = 0; row < Blocking.PANEL; row++) {
      rows.encode(row, depth, dtype, encoded, row * dtype.bytes(depth));
    }
    return encoded;
  }

  private void requireAgreement(float[] plain) {
    float[] expected = new float[product.tile.rows() * Blocking.STRIDE];
    Reference.multiplyAdd(
        product.format::readColumn,
        product.tile.rows(),
        product.tile.panels(),
        plain,
        0,
        w,
        0,
        product.groups * product.panelBytes(),
        product.depth,
        expected,
        0);
    // Plain formats have the same bits. The bound of the others is Higham's (2002, section 3.1).
    double terms = product.format.blockSteps() == 1 ? 0 : product.depth + 2.0;
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(c[i] - expected[i]) <= terms * terms * Math.ulp(1f))) {
        throw new AssertionError(tile + ", sum " + i + ": " + c[i] + ", not " + expected[i]);
      }
    }
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }

  @TearDown
  public void tearDown() {
    arena.close();
  }

  @Benchmark
  public float[] multiplyAdd() {
    product.multiplyAdd(x, w, group, c);
    group = group + 1 == product.groups ? 0 : group + 1;
    return c;
  }

  /**
   * Two FLOPs for each product; the bytes of the weights, which alone come from {@code weightsIn}.
   */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      Case product = Case.of(parameters.apply(TILE), parameters.apply("weightsIn"));
      long columns = (long) product.tile.panels() * Blocking.PANEL;
      return new Work(
          2 * product.tile.rows() * columns * product.depth,
          product.groupBytes(),
          product.groups * product.groupBytes(),
          1);
    }
  }
}
