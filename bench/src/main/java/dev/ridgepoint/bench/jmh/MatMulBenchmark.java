package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.roofline.CountedBy;
import dev.ridgepoint.bench.roofline.ForkFlags;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounter;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Linear;
import dev.ridgepoint.engine.ops.StepRows;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
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

/** The F32 product of square matrices, beside EJML's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
@CountedBy(MatMulBenchmark.Counts.class)
public class MatMulBenchmark {
  @Param({"512", "1024", "2048", "4096"})
  int size;

  @Param("1")
  int threads;

  private Arena arena;
  private Workers workers;
  private Workspace workspace;
  private final StepRows step = new StepRows();
  private Tensor x;
  private Tensor w;
  private Linear linear;
  private Tensor y;
  private FMatrixRMaj ejmlX;
  private FMatrixRMaj ejmlW;
  private FMatrixRMaj ejmlY;

  /** Draws the matrices and requires that both libraries agree on the product's last row. */
  @Setup
  public void setUp() {
    arena = new HugePageArena();
    workers = new Workers(threads);
    workspace = new Workspace(workers);
    EjmlConcurrency.setMaxThreads(threads);
    ejmlX = new FMatrixRMaj(size, size);
    ejmlW = new FMatrixRMaj(size, size);
    ejmlY = new FMatrixRMaj(size, size);
    x = Tensor.allocate(arena, DType.F32, size, size);
    w = Tensor.allocate(arena, DType.F32, size, size);
    y = Tensor.allocate(arena, DType.F32, size, size);
    Random random = new Random(1);
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        float a = random.nextFloat(-1, 1);
        float b = random.nextFloat(-1, 1);
        ejmlX.set(row, column, a);
        ejmlW.set(column, row, b); // EJML multiplies with w, the linear layer with its transpose
        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * size + column, a);
        w.segment().setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * size + column, b);
      }
    }
    linear = linear(PackedMatrix.pack(arena, workers, DType.F32, w));
    packedWeights();
    FMatrixRMaj lastRow = CommonOps_FDRM.extractRow(ejmlX, size - 1, null);
    FMatrixRMaj expected = CommonOps_FDRM.mult(lastRow, ejmlW, null);
    for (int column = 0; column < size; column++) {
      float actual = y.get((size - 1L) * size + column);
      if (Math.abs(actual - expected.get(0, column)) > 1e-3) {
        throw new AssertionError("column " + column + ": " + actual + ", " + expected);
      }
    }
  }

  private Linear linear(PackedMatrix weights) {
    return new Linear(workspace, Activation.of(x), weights, null, false, Activation.of(y));
  }

  @TearDown
  public void tearDown() {
    workers.close();
    arena.close();
  }

  /** With weights that were packed at load. */
  @Benchmark
  public Tensor packedWeights() {
    linear.run(step, Meter.NONE);
    return y;
  }

  /** With both operands row-major, as a general matrix product gets them. */
  @Benchmark
  public Tensor packingIncluded() {
    try (Arena own = Arena.ofShared()) {
      linear(PackedMatrix.pack(own, workers, DType.F32, w)).run(step, Meter.NONE);
      return y;
    }
  }

  @Benchmark
  public FMatrixRMaj ejml() {
    return threads == 1
        ? CommonOps_FDRM.mult(ejmlX, ejmlW, ejmlY)
        : CommonOps_MT_FDRM.mult(ejmlX, ejmlW, ejmlY);
  }

  /** 2n^3 FLOPs; three matrices once. */
  public static final class Counts implements WorkCounter {
    @Override
    public Work work(String method, UnaryOperator<String> parameters) {
      long size = Long.parseLong(parameters.apply("size"));
      int threads = Integer.parseInt(parameters.apply("threads"));
      return Work.of(2 * size * size * size, 3 * 4 * size * size, threads);
    }
  }
}
