package dev.ridgepoint.model.watch;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A process of its own: decodes with a small model until steps in a row allocate nothing or a cliff
 * is found, and prints the cliffs and the Flight Recorder's events, a line each.
 */
final class CliffProcess {
  private static final int QUIET_STEPS = 300;

  private CliffProcess() {}

  /**
   * @param args a file for the recording
   */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    try (Recording recording = new Recording()) {
      recording.enable(KernelCliffEvent.NAME);
      recording.start();
      decode();
      recording.stop();
      recording.dump(file);
    }
    KernelCliffs.found().forEach(cliff -> System.out.println("found " + cliff.operation()));
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (event.getEventType().getName().equals("dev.ridgepoint.KernelCliff")
          && event.getLong("bytesPerCall") > 0
          && event.getDuration("cpuNanosPerCall").isPositive()) {
        System.out.println("event " + event.getString("operation"));
      }
    }
    System.out.println("end");
  }

  private static void decode() {
    try (Workers alone = new Workers(1);
        LoadedModel model =
            LoadedModel.synthetic(ModelCatalog.get("tiny"), 1, DType.BF16, alone, (a, b) -> {});
        Program program = model.program(DType.F32, alone, Meter.NONE);
        KvCache cache = program.newCache(64)) {
      Batch batch = Batch.of(cache, 1);
      int quiet = 0;
      while (quiet < QUIET_STEPS && KernelCliffs.found().isEmpty()) {
        long before = ThreadAllocation.bytes();
        program.forward(batch);
        quiet = ThreadAllocation.bytes() == before ? quiet + 1 : 0;
        cache.truncate(0);
      }
    }
  }
}
