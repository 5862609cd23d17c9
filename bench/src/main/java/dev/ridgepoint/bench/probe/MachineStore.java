package dev.ridgepoint.bench.probe;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.estimator.hardware.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Probed machines in a report's folder: {@code machine.json}, the estimator's machine for anybody
 * to read, and {@code measurements/machine.json}, all samples' spread and what they were taken on.
 */
public final class MachineStore {
  private static final String NAME = "machine.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private final Path folder;

  /** A store in {@code folder}, which need not exist yet. */
  public MachineStore(Path folder) {
    this.folder = folder;
  }

  /**
   * The machine that was probed before, if it is this one: processor, memory, vectors, JDK and JVM
   * flags are the same, and the probe took at least that effort. A damaged file counts as absent.
   */
  public Optional<ProbedMachine> find(Host host, Effort effort) throws IOException {
    Path file = samples();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), ProbedMachine.class))
          .filter(machine -> machine.host().equals(host))
          .filter(machine -> machine.effort().compareTo(effort) >= 0);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** Keeps both files. */
  public void put(ProbedMachine machine) throws IOException {
    AtomicFiles.write(samples(), JSON.writeValueAsString(machine));
    put(machine.machine());
  }

  /** Replaces the machine for anybody to read, such as by one with its kernels measured. */
  public void put(Machine machine) throws IOException {
    AtomicFiles.write(folder.resolve(NAME), JSON.writeValueAsString(machine));
  }

  private Path samples() {
    return folder.resolve("measurements").resolve(NAME);
  }
}
