package dev.ridgepoint.bench.memory;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A process of its own: loads a model, prefills a prompt, decodes, and prints the most memory that
 * it ever had resident, in bytes.
 */
final class InferenceProcess {
  static final DType KV_TYPE = DType.F32;
  static final int PROMPT = 64;
  static final int CAPACITY = 128;

  private static final int THREADS = 2;
  private static final long SEED = 1;

  private InferenceProcess() {}

  /**
   * @param args a preset with synthetic weights or the folder of a checkpoint; the matrices' type;
   *     how often to run
   */
  public static void main(String[] args) throws IOException {
    DType dtype = DType.valueOf(args[1]);
    int runs = Integer.parseInt(args[2]);
    try (Workers workers = new Workers(THREADS)) {
      if (ModelCatalog.has(args[0])) {
        try (LoadedModel model =
            LoadedModel.synthetic(
                ModelCatalog.get(args[0]), SEED, dtype, workers, (done, total) -> {})) {
          run(model, workers, runs);
        }
      } else {
        try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]));
            LoadedModel model =
                LoadedModel.load(
                    checkpoint, MatrixTypes.all(dtype), workers, (done, total) -> {})) {
          run(model, workers, runs);
        }
      }
    }
    System.out.println(peakBytes());
  }

  private static void run(LoadedModel model, Workers workers, int runs) {
    int vocabulary = model.architecture().embedding().vocabSize();
    int[] prompt = new Random(SEED).ints(PROMPT, 0, vocabulary).toArray();
    try (Program program = model.program(KV_TYPE, workers, Meter.NONE);
        KvCache cache = program.newCache(CAPACITY)) {
      for (int i = 0; i < runs; i++) {
        cache.truncate(0);
        program.forward(new Batch(List.of(new Batch.Entry(cache, prompt, 1))));
        for (int token = 0; token < 4; token++) {
          program.forward(new Batch(List.of(new Batch.Entry(cache, new int[] {token}, 1))));
        }
      }
    }
  }

  /** Linux's high-water mark of this process's resident memory: proc(5), {@code VmHWM}. */
  private static long peakBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
