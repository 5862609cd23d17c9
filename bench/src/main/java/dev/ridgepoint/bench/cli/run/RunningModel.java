package dev.ridgepoint.bench.cli.run;

import dev.ridgepoint.bench.EngineFormats;
import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.jmh.StepBenchmark;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** A model in memory, ready to run. */
final class RunningModel implements AutoCloseable {
  private final Workers workers;
  private final boolean ownsWorkers;
  private final LoadedModel model;
  private final Program program;
  private final Setup setup;

  /**
   * What it was loaded for.
   *
   * @param name as the user gave it
   * @param types of the matrices
   * @param kvDtype of keys and values
   * @param memory what that needs, with all caches and the largest step
   */
  record Setup(
      String name,
      Architecture architecture,
      MatrixTypes types,
      DType kvDtype,
      int threads,
      DataFormats formats,
      MemoryEstimate memory) {}

  /**
   * What shall run at most.
   *
   * @param step with the most tokens
   * @param positions of each of its sequences' caches
   * @param pooledPages of all caches, if they are of one pool
   */
  record Demand(Step step, int positions, OptionalLong pooledPages) {}

  private RunningModel(Workers workers, boolean ownsWorkers, LoadedModel model, Setup setup) {
    this.workers = workers;
    this.ownsWorkers = ownsWorkers;
    this.model = model;
    this.setup = setup;
    program = model.program(setup.kvDtype(), workers, Meter.NONE);
  }

  /**
   * Loads a model.
   *
   * @param demand of a model of some architecture
   * @param notes told what is converted
   * @throws dev.ridgepoint.estimator.input.InvalidInputException if there is none, it cannot be
   *     run, or does not fit into memory
   */
  static RunningModel open(
      EngineOptions options, Function<Architecture, Demand> demand, Consumer<String> notes) {
    try (Checkpoint checkpoint = Checkpoint.open(options.path())) {
      MatrixTypes types = options.types(checkpoint);
      types.conversions().forEach(notes);
      return load(
          setup(options.model(), options, checkpoint.architecture(), types, demand),
          workers -> LoadedModel.load(checkpoint, types, workers, (done, total) -> {}));
    }
  }

  /**
   * Loads another model, in the types that its file has, to be run by the threads of this one,
   * which is closed after it.
   *
   * @param name as the user gave it
   * @param options this one's
   */
  RunningModel openBeside(
      String name,
      EngineOptions options,
      Function<Architecture, Demand> demand,
      Consumer<String> notes) {
    try (Checkpoint checkpoint = Checkpoint.open(ModelSource.withWeights(name))) {
      MatrixTypes types = MatrixTypes.stored(checkpoint);
      types.conversions().forEach(notes);
      Setup beside = setup(name, options, checkpoint.architecture(), types, demand);
      LoadedModel loaded = LoadedModel.load(checkpoint, types, workers, (done, total) -> {});
      return new RunningModel(workers, false, loaded, beside);
    }
  }

  /** As {@link #open}, of a known model's sizes, with weights that are drawn. */
  static RunningModel synthetic(EngineOptions options, Function<Architecture, Demand> demand) {
    Architecture architecture = ModelSource.runnable(options.model());
    DType dtype = options.syntheticDtype(architecture);
    return load(
        setup(options.model(), options, architecture, MatrixTypes.all(dtype), demand),
        workers ->
            LoadedModel.synthetic(
                architecture, StepBenchmark.SEED, dtype, workers, (done, total) -> {}));
  }

  private static Setup setup(
      String name,
      EngineOptions options,
      Architecture architecture,
      MatrixTypes types,
      Function<Architecture, Demand> demand) {
    DType kvDtype = options.kvDtype(architecture);
    DataFormats formats =
        new DataFormats(
            types.formats(), Precision.named("--kv-dtype", EngineFormats.name(kvDtype)));
    Demand most = demand.apply(architecture);
    MemoryEstimate memory =
        most.pooledPages().isPresent()
            ? EngineMemory.ofPool(
                architecture,
                formats,
                most.step(),
                most.positions(),
                most.pooledPages().getAsLong())
            : EngineMemory.of(architecture, formats, most.step(), most.positions());
    memory.requireFits(name, Host.availableMemoryBytes());
    return new Setup(name, architecture, types, kvDtype, options.threads(), formats, memory);
  }

  private static RunningModel load(Setup setup, Function<Workers, LoadedModel> weights) {
    Workers workers = new Workers(setup.threads());
    try {
      return new RunningModel(workers, true, weights.apply(workers), setup);
    } catch (Throwable e) {
      workers.close();
      throw e;
    }
  }

  /** A piece of {@code tokens} of a prompt, at the end of {@code positions}. */
  static Demand oneSequence(int tokens, int positions) {
    Step step = new Step(List.of(new Step.Sequence(tokens, 0, 1)));
    return new Demand(step, positions, OptionalLong.empty());
  }

  Program program() {
    return program;
  }

  /** See {@link LoadedModel#hasCompiledKernels}. */
  boolean hasCompiledKernels() {
    return model.hasCompiledKernels();
  }

  Setup setup() {
    return setup;
  }

  @Override
  public void close() {
    program.close();
    model.close();
    if (ownsWorkers) {
      workers.close();
    }
  }
}
