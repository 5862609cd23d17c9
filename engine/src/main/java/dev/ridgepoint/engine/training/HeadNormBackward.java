package dev.ridgepoint.engine.training;

import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.TrainedNormKernel;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.HeadLayout;
import java.lang.foreign.MemorySegment;

/** The gradients of {@link KeptHeadNorm}, in place. */
public final class HeadNormBackward implements TrainingOp {
  private final TrainingWorkspace workspace;
  private final Activation kept;
  private final HeadLayout heads;
  private final float epsilon;
  private final Activation gradient;
  private final Part queries;
  private final Part keys;
  private final Workers.Task findScales = this::findScales;
  private final Workers.Task inputRows = this::inputRows;

  /** Queries or keys: as many elements are normalised at once as there are weights. */
  private record Part(TrainedVector weight, int first, int norms, float[] scales) {
    int width() {
      return weight.length();
    }
  }

  /**
   * @param kept {@code [rows]} of query and key heads, before their norm
   * @param gradient {@code [rows]} of the layout
   */
  public HeadNormBackward(
      TrainingWorkspace workspace,
      Activation kept,
      HeadLayout heads,
      TrainedVector queryWeight,
      TrainedVector keyWeight,
      float epsilon,
      Activation gradient) {
    this.workspace = workspace;
    this.kept = kept;
    this.heads = heads;
    this.epsilon = epsilon;
    this.gradient = gradient;
    queries = part(queryWeight, 0, heads.queryWidth());
    keys = part(keyWeight, heads.queryWidth(), kept.width() - heads.queryWidth());
  }

  private Part part(TrainedVector weight, int first, int width) {
    int norms = width / weight.length();
    return new Part(weight, first, norms, new float[kept.tensor().size(0) * norms]);
  }

  @Override
  public void run(TokenBatch batch, Meter meter) {
    int rows = kept.tensor().size(0);
    workspace.runRows(rows, kept.width(), findScales);
    addToWeights(queries);
    addToWeights(keys);
    workspace.runRows(rows, kept.width(), inputRows);
    long flops = 0;
    long weights = 0;
    for (Part part : new Part[] {queries, keys}) {
      flops += part.scales.length * RmsNormBackward.flops(part.width());
      weights += part.width();
    }
    meter.end(flops, 0, 3 * 4 * weights, 0, 0, 3 * kept.tensor().byteSize());
  }

  private void findScales(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      findScales(queries, row, worker);
      findScales(keys, row, worker);
    }
  }

  private void findScales(Part part, int row, int worker) {
    for (int norm = 0; norm < part.norms; norm++) {
      part.scales[row * part.norms + norm] =
          TrainedNormKernel.inverseRms(
              kept.tensor().segment(),
              keptAt(part, row, norm),
              epsilon,
              part.width(),
              workspace.lanes(worker));
    }
  }

  private void addToWeights(Part part) {
    MemorySegment sum = part.weight.gradient();
    workspace.runColumns(
        part.width(),
        (first, count) -> {
          for (int row = 0; row < kept.tensor().size(0); row++) {
            for (int norm = 0; norm < part.norms; norm++) {
              TrainedNormKernel.addToWeight(
                  kept.tensor().segment(),
                  keptAt(part, row, norm) + 4L * first,
                  gradient.tensor().segment(),
                  gradientAt(part, row, norm) + 4L * first,
                  part.scales[row * part.norms + norm],
                  sum,
                  4L * first,
                  count);
            }
          }
        });
  }

  private void inputRows(int worker, int from, int to) {
    for (int row = from; row < to; row++) {
      inputRow(queries, row, worker);
      inputRow(keys, row, worker);
    }
  }

  private void inputRow(Part part, int row, int worker) {
    MemorySegment segment = gradient.tensor().segment();
    for (int norm = 0; norm < part.norms; norm++) {
      long at = gradientAt(part, row, norm);
      TrainedNormKernel.input(
          kept.tensor().segment(),
          keptAt(part, row, norm),
          segment,
          at,
          part.weight.values(),
          part.scales[row * part.norms + norm],
          false,
          segment,
          at,
          part.width(),
          workspace.lanes(worker));
    }
  }

  private long keptAt(Part part, int row, int norm) {
    return 4L * ((long) row * kept.width() + part.first + norm * part.width());
  }

  private long gradientAt(Part part, int row, int norm) {
    return 4L * ((long) row * heads.width() + part.first + norm * part.width());
  }
}
