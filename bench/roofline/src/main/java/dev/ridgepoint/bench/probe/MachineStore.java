package dev.ridgepoint.bench.probe;

import dev.ridgepoint.bench.AtomicFiles;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measured machines in a report's folder: {@code machine.json}, the estimator's machine for anybody
 * to read, with the calibration of its kernels and the slots of its cores in fields besides; and
 * {@code measurements/machine.json}, all samples' spread and what they were taken on.
 */
public final class MachineStore {
  private static final String NAME = "machine.json";
  private static final String CALIBRATION = "calibration";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
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
    return probed()
        .filter(machine -> machine.host().equals(host))
        .filter(machine -> machine.effort().compareTo(effort) >= 0);
  }

  private Optional<ProbedMachine> probed() throws IOException {
    Path file = samples();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), ProbedMachine.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The machine that {@link #find} finds, or else one that is probed now, and kept. */
  public ProbedMachine findOrProbe(Host host, Effort effort) throws IOException {
    Optional<ProbedMachine> known = find(host, effort);
    return known.isPresent() ? known.get() : probe(host, effort, Set.of());
  }

  /**
   * Probes the machine, and keeps what is found.
   *
   * @param threads numbers of them that are wanted besides one and all
   * @throws InvalidInputException if it cannot be kept; nothing is probed then
   */
  public ProbedMachine probe(Host host, Effort effort, Collection<Integer> threads)
      throws IOException {
    AtomicFiles.requireWritable("--out", folder);
    ProbedMachine machine = ProbedMachine.probe(host, effort, threads);
    put(machine);
    return machine;
  }

  /** The machine for anybody to read. */
  public Path file() {
    return folder.resolve(NAME);
  }

  /**
   * The machine for anybody to read with its kernels, if it is this one: it was probed as {@link
   * #find} demands with any effort. A damaged file counts as absent.
   */
  public Optional<MeasuredMachine> measured(Host host) throws IOException {
    return find(host, Effort.BRIEF).isPresent() ? measured() : Optional.empty();
  }

  /**
   * The same for the system that this process runs on, whatever the JVM and the options that it was
   * measured with: what its numbers mean does not depend on them.
   */
  public Optional<MeasuredMachine> measuredHere() throws IOException {
    return probed().filter(machine -> machine.host().isOfThisSystem()).isPresent()
        ? measured()
        : Optional.empty();
  }

  private Optional<MeasuredMachine> measured() throws IOException {
    Path file = file();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode calibration = JSON.readTree(Files.readString(file)).path(CALIBRATION);
      return Optional.of(
          new MeasuredMachine(
              Machine.read(file),
              calibration.isMissingNode()
                  ? KernelCalibration.NONE
                  : JSON.treeToValue(calibration, KernelCalibration.class)));
    } catch (JacksonException | InvalidInputException e) {
      return Optional.empty();
    }
  }

  /** Keeps both files; the kernels stay as they were timed, if the machine is the same. */
  public void put(ProbedMachine machine) throws IOException {
    KernelCalibration known = calibration(machine.host());
    AtomicFiles.write(samples(), JSON.writeValueAsString(machine));
    write(machine.machine(), machine.ceilings().slots(), known);
  }

  /**
   * Replaces the machine for anybody to read by the same one, whose kernels were timed. Those that
   * were not timed now stay as they were.
   */
  public void put(Host host, MeasuredMachine measured) throws IOException {
    Optional<InstructionSlots> slots =
        find(host, Effort.BRIEF).flatMap(probed -> probed.ceilings().slots());
    write(measured.machine(), slots, calibration(host).updatedBy(measured.calibration()));
  }

  private KernelCalibration calibration(Host host) throws IOException {
    return measured(host).map(MeasuredMachine::calibration).orElse(KernelCalibration.NONE);
  }

  private void write(
      Machine machine, Optional<InstructionSlots> slots, KernelCalibration calibration)
      throws IOException {
    ObjectNode node = MachineJson.of(machine, slots);
    node.set(CALIBRATION, JSON.valueToTree(calibration));
    AtomicFiles.write(file(), JSON.writeValueAsString(node));
  }

  private Path samples() {
    return folder.resolve("measurements").resolve(NAME);
  }
}
