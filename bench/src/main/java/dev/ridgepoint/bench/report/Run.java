package dev.ridgepoint.bench.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the measurements come from, beside the machine.
 *
 * @param modelName what the reader calls the model
 * @param command the command line that reproduces the report
 * @param ridgepoint version and, where it is known, commit
 * @param cores what it ran on, in words: how many, of which kinds, within which limit
 * @param finished when the last measurement ended
 * @param jdk vendor and build
 * @param jvmFlags of the measuring processes
 * @param notes what happened while measuring, such as roofs that drifted: warnings of the machine
 *     and of the run
 * @param progress how far the run is; empty when it has ended
 */
public record Run(
    String modelName,
    String command,
    String ridgepoint,
    String cores,
    Instant finished,
    String jdk,
    List<String> jvmFlags,
    List<Warning> notes,
    Optional<Progress> progress) {

  public Run {
    jvmFlags = List.copyOf(jvmFlags);
    notes = List.copyOf(notes);
  }
}
