package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.run.JmhMeasurement;
import dev.ridgepoint.bench.run.JmhMeasurement.Repetition;
import dev.ridgepoint.bench.run.JmhScore;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;

/** Ridgepoint or one of its peers. */
public interface Engine {

  /** How an engine gets the weights of a model. */
  enum ModelFormat {
    /** Draws them itself, from the seed that the exported models are drawn from. */
    DRAWN,
    /** A GGUF file. */
    GGUF,
    /** A Hugging Face folder. */
    FOLDER
  }

  /** Measures a workload. */
  @FunctionalInterface
  interface Run {
    /**
     * The median time of an invocation, in a process of its own.
     *
     * @throws IOException if the engine fails, with its reason
     */
    double seconds(Repetition repetition) throws IOException;
  }

  /**
   * A benchmark of JMH with a value for each of its parameters.
   *
   * @param benchmark class and method
   */
  record JmhRun(String benchmark, SortedMap<String, String> parameters) implements Run {
    @Override
    public double seconds(Repetition repetition) throws IOException {
      return JmhScore.of(JmhMeasurement.measure(benchmark, parameters, repetition)).seconds();
    }
  }

  /** As the table names it. */
  String name();

  /** What models are exported as for this engine. */
  ModelFormat format();

  /**
   * What it is on this machine. {@link EngineProbe} asks, since native code may end the process.
   *
   * @param model a small model, exported for this engine
   * @throws Throwable if the engine cannot run on this machine
   */
  Identity identify(Path model) throws Throwable;

  /** What models whose matrices it is to store as {@code dtype} are exported as. */
  default DType exportType(DType dtype) {
    return dtype;
  }

  /** Whether it has the workload at all, with matrices stored as {@code dtype}. */
  boolean has(Workload workload, DType dtype);

  /**
   * How a workload that it has is measured.
   *
   * @param model the workload's model as exported for this engine; for a {@link Workload.Product}
   *     and where {@link ModelFormat#DRAWN}, a path that is not used
   */
  Run run(Workload workload, DType dtype, int threads, Path model);
}
