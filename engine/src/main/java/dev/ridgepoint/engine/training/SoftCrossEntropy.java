package dev.ridgepoint.engine.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.CrossEntropyKernel;
import dev.ridgepoint.engine.kernels.SoftCrossEntropyKernel;
import dev.ridgepoint.engine.ops.Activation;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Cross-entropy of a student's logits with the targets and with a teacher's distribution, which
 * leaves the gradient of {@code (1 - alpha) hard + alpha T^2 soft} in their place. The factor T^2
 * keeps the share of both when the temperature T changes (Hinton et al. 2015, arXiv:1503.02531).
 */
public final class SoftCrossEntropy implements TrainingOp {
  /**
   * Of a logit: 4 of {@link CrossEntropy}; both logits by T, and their difference; 4 of each
   * softmax; product and sum of the divergence; subtract, product and sum of the gradient.
   */
  private static final int FLOPS_PER_LOGIT = 20;

  /**
   * Of a row: 6 of {@link CrossEntropy}; of each softmax the division by its sum, logarithm, add
   * the maximum; subtract and add these, add to the divergence.
   */
  private static final int FLOPS_PER_ROW = 15;

  private final TrainingWorkspace workspace;
  private final Activation logits;
  private final Supplier<Tensor> teacher;
  private final float temperature;
  private final float hardScale;
  private final float softScale;
  private final float[] losses;
  private final float[] divergences;
  private final Row[] ofWorkers;
  private final Workers.Task rows = this::rows;

  private int[] targets;

  /** Memory of one worker for a row. */
  private record Row(float[] gradient, float[] student, float[] teacher, float[] difference) {
    static Row of(int width) {
      return new Row(new float[width], new float[width], new float[width], new float[width]);
    }
  }

  /**
   * @param logits the student's, {@code [rows][vocabulary]}
   * @param teacher the teacher's of the batch that runs, of the same shape
   * @param temperature T, above 0
   * @param alpha the soft loss's share, 0 to 1
   * @param tokens over which the loss is a mean: those of all batches whose gradients are added up
   */
  public SoftCrossEntropy(
      TrainingWorkspace workspace,
      Activation logits,
      Supplier<Tensor> teacher,
      double temperature,
      double alpha,
      long tokens) {
    this.workspace = workspace;
    this.logits = logits;
    this.teacher = teacher;
    this.temperature = (float) temperature;
    hardScale = (float) ((1 - alpha) / tokens);
    softScale = (float) (alpha / tokens);
    losses = new float[logits.tensor().size(0)];
    divergences = new float[losses.length];
    ofWorkers =
        Stream.generate(() -> Row.of(logits.width()))
            .limit(workspace.workers().size())
            .toArray(Row[]::new);
  }

  /**
   * @throws IllegalArgumentException if the teacher's logits have another shape, too
   */
  @Override
  public void run(TokenBatch batch, Meter meter) {
    TokenBatch.requireIn(batch.targets(), logits.width());
    Tensor taught = teacher.get();
    if (taught.elements() != logits.tensor().elements()) {
      throw new IllegalArgumentException("the teacher has logits of another shape");
    }
    targets = batch.targets();
    workspace.runRows(losses.length, logits.width(), rows);
    long flops =
        FLOPS_PER_LOGIT * logits.tensor().elements() + (long) FLOPS_PER_ROW * losses.length;
    meter.end(flops, 0, 0, 0, 0, 3 * logits.tensor().byteSize());
  }

  /** The hard losses of all rows of the last batch, added up, in nats. */
  public double lossSum() {
    return CrossEntropy.sum(losses);
  }

  /**
   * The divergences of the student's softened distributions from the teacher's, of all rows of the
   * last batch, added up, in nats.
   */
  public double divergenceSum() {
    return CrossEntropy.sum(divergences);
  }

  private void rows(int worker, int from, int to) {
    int width = logits.width();
    MemorySegment segment = logits.tensor().segment();
    MemorySegment taught = teacher.get().segment();
    Row at = ofWorkers[worker];
    for (int row = from; row < to; row++) {
      long first = 4L * row * width;
      MemorySegment.copy(segment, JAVA_FLOAT, first, at.gradient, 0, width);
      MemorySegment.copy(taught, JAVA_FLOAT, first, at.teacher, 0, width);
      System.arraycopy(at.gradient, 0, at.student, 0, width);
      losses[row] =
          CrossEntropyKernel.lossAndGradient(
              at.gradient, width, targets[row], hardScale, workspace.lanes(worker));
      divergences[row] =
          SoftCrossEntropyKernel.divergenceAndGradient(
              at.gradient,
              at.student,
              at.teacher,
              at.difference,
              width,
              temperature,
              softScale,
              workspace.lanes(worker));
      MemorySegment.copy(at.gradient, 0, segment, JAVA_FLOAT, first, width);
    }
  }
}
