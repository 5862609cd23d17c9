package dev.ridgepoint.bench.calibration;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.estimator.time.KernelShape;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The kernels of some shapes on one model's weights, ready to run: each the operations of a program
 * that it runs, layer by layer.
 */
final class StepKernels implements AutoCloseable {
  /** Of steps whose attention is not run. */
  private static final DType ANY_CACHE = DType.F32;

  private final Weights weights;
  private final int layers;
  private final MatrixTypes types;
  private final Workers workers;
  private final Meter meter;
  private final List<Program> programs = new ArrayList<>();
  private final List<KvCache> caches = new ArrayList<>();
  private final List<StepKernel> all = new ArrayList<>();

  /**
   * A kernel on one shape.
   *
   * @param count operations of a whole forward pass that it stands for
   * @param operationsOfLayer runs those of a layer; of what is outside the layers, all
   */
  record StepKernel(
      Kernel kernel,
      String format,
      int rows,
      int context,
      int count,
      IntConsumer operationsOfLayer) {}

  /** Which operations of a kernel are timed together. */
  private record Place(String format, boolean isOutside) {}

  /** As many new tokens and logits of each sequence. */
  private record BatchShape(int sequences, int rows, int context, int logits, DType cache) {}

  /**
   * @param layers of the model, of which {@code weights} may have the first alone
   */
  StepKernels(
      Weights weights, int layers, MatrixTypes types, Workers workers, Meter meter, Shapes shapes) {
    this.weights = weights;
    this.layers = layers;
    this.types = types;
    this.workers = workers;
    this.meter = meter;
    for (int rows : shapes.rows()) {
      Program program = program(new BatchShape(1, rows, 0, 0, ANY_CACHE));
      add(program, Rows.TOKENS, rows);
    }
    for (int rows : shapes.logits()) {
      Program program = program(new BatchShape(1, rows, 0, rows, ANY_CACHE));
      add(program, Rows.LOGITS, rows);
    }
    shapes.attention().forEach(this::addAttention);
  }

  List<StepKernel> all() {
    return all;
  }

  /** All kernels but attention, of the operations that have such rows. */
  private void add(Program program, Rows rows, int count) {
    for (Kernel kernel : Kernel.values()) {
      if (kernel != Kernel.ATTENTION) {
        add(program, kernel, ANY_CACHE, rows, count, 0);
      }
    }
  }

  private void addAttention(Shapes.Attention shape) {
    Program program =
        program(new BatchShape(shape.sequences(), shape.rows(), shape.context(), 0, shape.cache()));
    add(program, Kernel.ATTENTION, shape.cache(), Rows.TOKENS, shape.rows(), shape.context());
  }

  /** The operations of a kernel in each format, within the layers, and outside of them. */
  private void add(Program program, Kernel kernel, DType cache, Rows rows, int count, int context) {
    DataFormats formats = new DataFormats(types.formats(), Precision.named("cache", cache.name()));
    Map<Place, Map<Integer, List<Integer>>> byLayer = new LinkedHashMap<>();
    List<Operation> operations = program.operations();
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if (operation.rows() == rows && operation.kernel() == kernel) {
        Place place =
            new Place(
                KernelShape.format(operation, formats), operation.layer() == Operation.NO_LAYER);
        byLayer
            .computeIfAbsent(place, any -> new TreeMap<>())
            .computeIfAbsent(operation.layer(), any -> new ArrayList<>())
            .add(i);
      }
    }
    byLayer.forEach(
        (place, indexes) -> {
          List<List<Integer>> turns = List.copyOf(indexes.values());
          int walked = turns.stream().mapToInt(List::size).sum();
          int inModel = place.isOutside ? walked : walked * layers / walkedLayers();
          IntConsumer run = layer -> run(program, turns.get(layer % turns.size()));
          all.add(new StepKernel(kernel, place.format, count, context, inModel, run));
        });
  }

  private int walkedLayers() {
    return weights.architecture().decoder().orElseThrow().layers().size();
  }

  private static void run(Program program, List<Integer> indexes) {
    for (int i = 0; i < indexes.size(); i++) {
      program.run(indexes.get(i));
    }
  }

  /** A program whose activations have the rows of a batch, which it need not be fed. */
  private Program program(BatchShape shape) {
    Program program = new Program(weights, shape.cache, workers, meter);
    programs.add(program);
    List<Batch.Entry> entries = new ArrayList<>();
    for (int i = 0; i < shape.sequences; i++) {
      KvCache cache = program.newCache(shape.context + shape.rows);
      cache.advance(shape.context);
      caches.add(cache);
      entries.add(new Batch.Entry(cache, new int[shape.rows], shape.logits));
    }
    program.prepare(new Batch(entries));
    return program;
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    caches.forEach(KvCache::close);
  }
}
