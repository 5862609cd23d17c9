package dev.ridgepoint.engine.optimizers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.OptimizerKernel;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import dev.ridgepoint.engine.training.CountingArena;
import dev.ridgepoint.engine.training.Parameter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Adafactor without a first moment (Shazeer and Stern 2018, arXiv:1804.04235, algorithms 4 and 5):
 * of a matrix's squared gradients it remembers the means of rows and columns alone. The learning
 * rate is relative: an update is that share of the parameter's root mean square at most.
 */
public final class Adafactor implements Optimizer {
  private static final double GRADIENT_EPSILON = 1e-30;
  private static final double SMALLEST_SCALE = 1e-3;
  private static final double LARGEST_UPDATE = 1;
  private static final double DECAY_EXPONENT = -0.8;

  /** Columns that a thread sums up over all rows: whole cache lines. */
  private static final int COLUMNS = 64;

  /**
   * Of an element of a matrix: two each for its row, its column and the parameter's scale, four for
   * the size of the update, four for the update.
   */
  private static final int MATRIX_FLOPS = 14;

  /** Of a row: six for its mean, one for that of all, five for its factors. */
  private static final int ROW_FLOPS = 12;

  /** Of a column: six for its mean, two for its factor. */
  private static final int COLUMN_FLOPS = 8;

  /** Of an element of a vector: six for its mean, three for its update, ten for the rest. */
  private static final int VECTOR_FLOPS = 19;

  private final Workers workers;
  private final List<Parameter> parameters;
  private final double weightDecay;
  private final CountingArena arena = new CountingArena();
  private final List<State> states = new ArrayList<>();
  private long updates;

  /**
   * @param weightDecay share of a matrix's weights, times the learning rate, that an update takes
   *     away
   */
  public Adafactor(Workers workers, List<Parameter> parameters, double weightDecay) {
    this.workers = workers;
    this.parameters = List.copyOf(parameters);
    this.weightDecay = weightDecay;
    for (int i = 0; i < parameters.size(); i++) {
      Tensor value = parameters.get(i).value();
      if (value.rank() == 2) {
        states.add(state("row_means", i, value.size(0)));
        states.add(state("column_means", i, value.size(1)));
      } else {
        states.add(state("second_moment", i, value.size(0)));
      }
    }
  }

  private State state(String name, int parameter, int elements) {
    return new State(name, parameter, Tensor.allocate(arena, DType.F32, elements));
  }

  @Override
  public void update(double learningRate, float gradientScale, Meter meter) {
    updates++;
    double kept = 1 - Math.pow((double) updates, DECAY_EXPONENT);
    long flops = 0;
    long bytes = 0;
    int state = 0;
    for (Parameter parameter : parameters) {
      long elements = parameter.elements();
      bytes += 12 * elements;
      if (parameter.isMatrix()) {
        Tensor rows = states.get(state++).tensor();
        Tensor columns = states.get(state++).tensor();
        updateMatrix(parameter, rows, columns, kept, learningRate, gradientScale);
        flops +=
            MATRIX_FLOPS * elements
                + ROW_FLOPS * rows.elements()
                + COLUMN_FLOPS * columns.elements();
        bytes += 2 * (rows.byteSize() + columns.byteSize());
      } else {
        Tensor moments = states.get(state++).tensor();
        updateVector(parameter, moments, kept, learningRate, gradientScale);
        flops += VECTOR_FLOPS * elements;
        bytes += 2 * moments.byteSize();
      }
    }
    meter.end(flops, 0, bytes, 0, 0, 0);
  }

  private void updateMatrix(
      Parameter parameter,
      Tensor rowMeans,
      Tensor columnMeans,
      double kept,
      double learningRate,
      float gradientScale) {
    MemorySegment value = parameter.value().segment();
    MemorySegment gradient = parameter.gradient().segment();
    int rows = parameter.value().size(0);
    int columns = parameter.value().size(1);
    double[] ofRows = new double[rows];
    double[] valueSquares = new double[rows];
    workers.run(
        rows,
        1,
        (worker, from, to) -> {
          float[] lanes = new float[VectorRegisters.LENGTH];
          for (int row = from; row < to; row++) {
            long at = 4L * row * columns;
            ofRows[row] = OptimizerKernel.sumOfSquares(gradient, at, columns, lanes);
            valueSquares[row] = OptimizerKernel.sumOfSquares(value, at, columns, lanes);
          }
        });
    float[] ofColumns = sumColumns(gradient, rows, columns);
    double square = (double) gradientScale * gradientScale;
    double meanOfRows = 0;
    for (int row = 0; row < rows; row++) {
      meanOfRows += blend(rowMeans, row, kept, ofRows[row] * square / columns) / rows;
    }
    float[] rowFactors = new float[rows];
    for (int row = 0; row < rows; row++) {
      rowFactors[row] = (float) (gradientScale / Math.sqrt(get(rowMeans, row) / meanOfRows));
    }
    float[] columnFactors = new float[columns];
    for (int column = 0; column < columns; column++) {
      double mean = blend(columnMeans, column, kept, ofColumns[column] * square / rows);
      columnFactors[column] = (float) (1 / Math.sqrt(mean));
    }
    workers.run(
        rows,
        1,
        (worker, from, to) -> {
          float[] lanes = new float[VectorRegisters.LENGTH];
          for (int row = from; row < to; row++) {
            ofRows[row] =
                OptimizerKernel.sumOfScaledSquares(
                    gradient, 4L * row * columns, rowFactors[row], columnFactors, columns, lanes);
          }
        });
    double elements = (double) parameter.elements();
    double rate = rate(sum(valueSquares) / elements, sum(ofRows) / elements, learningRate);
    float decay = (float) (1 - learningRate * weightDecay);
    workers.run(
        rows,
        1,
        (worker, from, to) -> {
          for (int row = from; row < to; row++) {
            OptimizerKernel.subtractScaled(
                value,
                gradient,
                4L * row * columns,
                (float) (rowFactors[row] * rate),
                columnFactors,
                decay,
                columns);
          }
        });
  }

  private float[] sumColumns(MemorySegment gradient, int rows, int columns) {
    float[] sums = new float[columns];
    MemorySegment target = MemorySegment.ofArray(sums);
    workers.run(
        Math.ceilDiv(columns, COLUMNS),
        1,
        (worker, from, to) -> {
          int first = from * COLUMNS;
          int count = Math.min(columns, to * COLUMNS) - first;
          for (int row = 0; row < rows; row++) {
            long at = 4L * ((long) row * columns + first);
            OptimizerKernel.addSquares(gradient, at, target, 4L * first, count);
          }
        });
    return sums;
  }

  private static void updateVector(
      Parameter parameter, Tensor moments, double kept, double learningRate, float gradientScale) {
    int elements = Math.toIntExact(parameter.elements());
    double[] update = new double[elements];
    double updateSquares = 0;
    double valueSquares = 0;
    for (int i = 0; i < elements; i++) {
      double gradient = (double) get(parameter.gradient(), i) * gradientScale;
      double value = get(parameter.value(), i);
      update[i] = gradient / Math.sqrt(blend(moments, i, kept, gradient * gradient));
      updateSquares += update[i] * update[i];
      valueSquares += value * value;
    }
    double rate = rate(valueSquares / elements, updateSquares / elements, learningRate);
    for (int i = 0; i < elements; i++) {
      set(parameter.value(), i, (float) (get(parameter.value(), i) - rate * update[i]));
    }
  }

  /** What an update is multiplied with, of the mean squares of the parameter and of the update. */
  private static double rate(double valueSquare, double updateSquare, double learningRate) {
    double scale = Math.max(SMALLEST_SCALE, Math.sqrt(valueSquare));
    return learningRate * scale / Math.max(1, Math.sqrt(updateSquare) / LARGEST_UPDATE);
  }

  private static double sum(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }

  /** Moves a mean towards a new square, and returns it. */
  private static double blend(Tensor means, int index, double kept, double square) {
    float mean = (float) (kept * get(means, index) + (1 - kept) * (square + GRADIENT_EPSILON));
    set(means, index, mean);
    return mean;
  }

  private static float get(Tensor tensor, int index) {
    return tensor.segment().getAtIndex(JAVA_FLOAT, index);
  }

  private static void set(Tensor tensor, int index, float value) {
    tensor.segment().setAtIndex(JAVA_FLOAT, index, value);
  }

  @Override
  public long updates() {
    return updates;
  }

  @Override
  public void resume(long updates) {
    this.updates = updates;
  }

  @Override
  public List<State> states() {
    return states;
  }

  @Override
  public long stateBytes() {
    return arena.bytes();
  }

  @Override
  public void close() {
    arena.close();
  }
}
