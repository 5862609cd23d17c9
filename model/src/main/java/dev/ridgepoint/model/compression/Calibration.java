package dev.ridgepoint.model.compression;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.checkpoint.CheckpointLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the linear layers of a model are fed with when it reads a text. */
public final class Calibration {
  private final Map<LinearLayer, LayerInputs> inputs = new LinkedHashMap<>();

  private Calibration(Architecture architecture) {
    LinearLayer.of(CheckpointLayout.of(architecture).operations())
        .forEach(layer -> inputs.put(layer, new LayerInputs(layer.inputs())));
  }

  /**
   * Bytes that {@link #of} takes: the square of each layer's width.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public static long bytes(Architecture architecture) {
    return LinearLayer.of(CheckpointLayout.of(architecture).operations()).stream()
        .mapToLong(layer -> (long) layer.inputs() * layer.inputs() * Double.BYTES)
        .reduce(0, Math::addExact);
  }

  /**
   * Runs a model over windows of a text, each from its beginning.
   *
   * @param windows token ids of the model's vocabulary, each window one token at least
   * @param progress told of each window
   */
  public static Calibration of(
      LoadedModel model, List<int[]> windows, Workers workers, Progress progress) {
    Calibration calibration = new Calibration(model.architecture());
    int longest = windows.stream().mapToInt(window -> window.length).max().orElseThrow();
    try (Program program = model.program(DType.F32, workers, Meter.NONE);
        KvCache cache = program.newCache(longest)) {
      for (int done = 0; done < windows.size(); done++) {
        calibration.read(program, cache, windows.get(done), workers);
        progress.steps(done + 1, windows.size());
      }
    }
    return calibration;
  }

  private void read(Program program, KvCache cache, int[] window, Workers workers) {
    // The cache does not advance: every window is the first of its sequence.
    program.prepare(new Batch(List.of(new Batch.Entry(cache, window, 0))));
    int last = inputs.keySet().stream().mapToInt(LinearLayer::index).max().orElseThrow();
    Map<Integer, LayerInputs> byIndex = new LinkedHashMap<>();
    inputs.forEach((layer, seen) -> byIndex.put(layer.index(), seen));
    for (int index = 0; index <= last; index++) {
      LayerInputs seen = byIndex.get(index);
      if (seen != null) {
        seen.add(program.input(index), workers);
      }
      program.run(index);
    }
  }

  /** The layers, in the order in which they run. */
  List<LinearLayer> layers() {
    return List.copyOf(inputs.keySet());
  }

  LayerInputs of(LinearLayer layer) {
    return inputs.get(layer);
  }
}
