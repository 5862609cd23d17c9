package dev.ridgepoint.peers;

import dev.ridgepoint.bench.probe.WarmUp;
import dev.ridgepoint.bench.roofline.ForkFlags;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The F32 product {@code [rows][inputs] x [inputs][outputs]} of an engine. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsPrepend = {ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS})
public abstract class ProductBenchmark {
  /** Of a sum of products of numbers in -1..1, in F32, relative to the number of terms. */
  private static final double TOLERANCE_PER_TERM = 1e-6;

  private static final int WARM_UP_CALLS = 2;
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);

  @Param("512")
  int rows;

  @Param("512")
  int inputs;

  @Param("512")
  int outputs;

  @Param("1")
  int threads;

  /** Draws the matrices and requires that the product's last row is right. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    float[] x = uniform(random, rows * inputs);
    float[] w = uniform(random, inputs * outputs);
    prepare(x, w);
    WarmUp.run(
        () -> {
          multiply();
          return Float.floatToIntBits(result(0, 0));
        },
        WARM_UP_CALLS,
        WARM_UP_LIMIT);
    for (int column = 0; column < outputs; column++) {
      double expected = 0;
      for (int i = 0; i < inputs; i++) {
        expected += (double) x[(rows - 1) * inputs + i] * w[i * outputs + column];
      }
      float actual = result(rows - 1, column);
      if (!(Math.abs(actual - expected) <= TOLERANCE_PER_TERM * inputs)) {
        throw new AssertionError("column " + column + ": " + actual + ", not " + expected);
      }
    }
  }

  private static float[] uniform(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat(-1, 1);
    }
    return numbers;
  }

  /** Takes over {@code x [rows][inputs]} and {@code w [inputs][outputs]}. */
  abstract void prepare(float[] x, float[] w);

  /** Computes the product. */
  abstract void multiply();

  /** An element of the last product. */
  abstract float result(int row, int column);

  /** The product. */
  @Benchmark
  public void product() {
    multiply();
  }
}
