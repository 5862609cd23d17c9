package dev.ridgepoint.bench.run;

import dev.ridgepoint.bench.Build;
import dev.ridgepoint.bench.explorer.Explorer;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.bench.probe.MeasuredMachine;
import dev.ridgepoint.bench.probe.ProbedMachine;
import dev.ridgepoint.bench.report.Progress;
import dev.ridgepoint.bench.report.Report;
import dev.ridgepoint.bench.report.Run;
import dev.ridgepoint.bench.report.Warning;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Makes the report of what stands, and writes it down.
 *
 * @param formats how the measured model is stored
 */
record Reporter(
    ReportRun.Settings settings,
    Architecture architecture,
    DataFormats formats,
    Host host,
    Plan plan) {

  /**
   * The report of what was found so far.
   *
   * @param techniquesLeftOut a sentence for each technique that was not run
   * @param unkept a line for each measurement that could not be kept
   * @param progress empty when the run has ended
   */
  Report report(
      ProbedMachine probed,
      Campaign campaign,
      Findings findings,
      List<String> techniquesLeftOut,
      List<String> unkept,
      Optional<Progress> progress)
      throws IOException {
    List<Warning> notes = new ArrayList<>();
    probed.notes().forEach(note -> notes.add(Warning.ofMachine(note)));
    if (progress.isEmpty()) {
      notes.addAll(LeftOut.notes(campaign));
    }
    techniquesLeftOut.forEach(sentence -> notes.add(Warning.ofRun(sentence)));
    unkept.forEach(line -> notes.add(Warning.ofRun("A measurement could not be kept. " + line)));
    return Report.of(
        findings.roofs(),
        architecture,
        formats,
        findings.points(),
        explorer(findings),
        description(notes, progress));
  }

  private Explorer explorer(Findings findings) throws IOException {
    KernelCalibration known =
        new MachineStore(settings.folder())
            .measured(host)
            .map(MeasuredMachine::calibration)
            .orElse(KernelCalibration.NONE);
    return Explorer.of(
        findings.roofs(),
        known.updatedBy(findings.calibration()),
        Report.COMPUTE_DTYPE,
        architecture,
        formats,
        plan.stops(architecture.maxPositions()));
  }

  private Run description(List<Warning> notes, Optional<Progress> progress) {
    return new Run(
        settings.model(),
        settings.command(),
        Build.name(),
        host.cores().text(),
        Instant.now(),
        host.jdk(),
        host.jvmFlags(),
        notes,
        progress);
  }

  /** Writes the report's files and what is known of the machine now. */
  void write(
      ProbedMachine probed, Collection<List<JsonNode>> results, Findings findings, Report report)
      throws IOException {
    MachineStore machines = new MachineStore(settings.folder());
    machines.put(probed);
    machines.put(host, new MeasuredMachine(findings.roofs(), findings.calibration()));
    ReportFiles.write(settings.folder(), report, results);
  }
}
