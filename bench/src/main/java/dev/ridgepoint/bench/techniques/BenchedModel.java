package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.jmh.StepBenchmark;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.CheckpointWeights;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.WeightSource;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that techniques are run on, and a smaller one that guesses what it will say: its own
 * first layers, with its embedding and its head (as in Zhang et al. 2024, "Draft and Verify",
 * arXiv:2309.08168). Its weights are those of its file, if it has one, or drawn.
 */
final class BenchedModel implements AutoCloseable {
  private static final int DRAFT_SHARE = 4;

  private final Workers workers;
  private final LoadedModel model;
  private final LoadedModel draft;
  private final DType kvType;
  private final Meter meter;
  private final Optional<Path> file;

  /**
   * Loads both.
   *
   * @param meter told of every operation
   */
  BenchedModel(TechniqueRun.Subject subject, Meter meter) {
    this.meter = meter;
    kvType = subject.kvType();
    workers = new Workers(subject.threads());
    Architecture architecture = subject.architecture();
    MatrixTypes types = subject.types();
    Architecture first = draft(architecture);
    file = weights(subject.model());
    if (isTrained()) {
      try (Checkpoint checkpoint = Checkpoint.open(file.get())) {
        WeightSource source = new CheckpointWeights(checkpoint);
        model = load(architecture, source, types);
        draft = load(first, source, types);
      }
    } else {
      WeightSource source = new SyntheticWeights(StepBenchmark.SEED);
      model = load(architecture, source, types);
      draft = load(first, source, types);
    }
  }

  private LoadedModel load(Architecture architecture, WeightSource source, MatrixTypes types) {
    return LoadedModel.load(architecture, source, types, workers, (done, total) -> {});
  }

  /** A model's first layers, a quarter of them. */
  static Architecture draft(Architecture architecture) {
    int layers = architecture.decoder().orElseThrow().layers().size();
    return architecture.withLayers(Math.max(1, layers / DRAFT_SHARE));
  }

  /** The file or folder of a model that has weights. */
  static Optional<Path> weights(String name) {
    return ModelCatalog.has(name)
        ? Optional.empty()
        : ModelSource.found(name).filter(Checkpoint::hasWeights);
  }

  /** Whether its weights are those of a file. */
  boolean isTrained() {
    return file.isPresent();
  }

  /** A text in its tokens, if it has a tokenizer that is supported. */
  Optional<int[]> encoded(String text) {
    try {
      return file.map(TokenizerFiles::read).map(tokenizer -> tokenizer.encode(text, true, true));
    } catch (InvalidInputException _) {
      return Optional.empty();
    }
  }

  Architecture architecture() {
    return model.architecture();
  }

  Architecture draftArchitecture() {
    return draft.architecture();
  }

  /** What stores keys and values where a technique stores them in nothing else. */
  DType kvType() {
    return kvType;
  }

  /** A decoder, the caller's to close. */
  Program program() {
    return program(kvType);
  }

  /** One whose keys and values are stored in another type. */
  Program program(DType cache) {
    return model.program(cache, workers, meter);
  }

  /** The smaller one's. */
  Program draftProgram() {
    return draft.program(kvType, workers, meter);
  }

  @Override
  public void close() {
    model.close();
    draft.close();
    workers.close();
  }
}
