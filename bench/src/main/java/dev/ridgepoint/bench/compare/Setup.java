package dev.ridgepoint.bench.compare;

import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a file tells of its measurements besides the rates.
 *
 * @param facts by what they are of, such as the commit; those that the file lacks are left out
 * @param roofs of the machine, where they were measured
 */
record Setup(SequencedMap<String, String> facts, List<Roof> roofs) {
  Setup {
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
    roofs = List.copyOf(roofs);
  }

  /** Of a {@code report.json}. */
  static Setup ofReport(JsonFields report) {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    if (report.has("run")) {
      JsonFields run = report.requiredObject("run");
      put(facts, "Ridgepoint", run, "ridgepoint");
      put(facts, "cores", run, "cores");
      put(facts, "JDK", run, "jdk");
      put(facts, "measured", run, "finished");
      put(facts, "command", run, "command");
    }
    put(facts, "keys and values in", report.requiredObject("model"), "kvDtype");
    List<Roof> roofs = new ArrayList<>();
    if (report.has("roofs")) {
      report.requiredObjects("roofs").forEach(roof -> roofs.add(roof(roof)));
    }
    return new Setup(facts, roofs);
  }

  private static Roof roof(JsonFields roof) {
    List<MemoryLevel> levels =
        roof.requiredObjects("levels").stream()
            .map(
                level ->
                    new MemoryLevel(
                        level.requiredString("name"),
                        (long) MeasurementFiles.positiveNumber(level, "toBytes"),
                        MeasurementFiles.positiveNumber(level, "bytesPerSecond")))
            .toList();
    return new Roof(
        MeasurementFiles.positive(roof, "threads"),
        new Roofline(
            MeasurementFiles.positiveNumber(roof, "peakFlopsPerSecond"),
            MeasurementFiles.positiveNumber(roof, "bytesPerSecond")),
        roof.requiredString("level"),
        levels);
  }

  /** Of what {@code ridge peers --json} prints. */
  static Setup ofPeers(JsonFields peers) {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    put(facts, "JDK", peers, "jdk");
    return new Setup(facts, List.of());
  }

  /** Of a test of llama-bench. */
  static Setup ofLlamaBench(JsonFields test) {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    put(facts, "commit", test, "build_commit");
    put(facts, "backends", test, "backends");
    put(facts, "keys in", test, "type_k");
    put(facts, "values in", test, "type_v");
    put(facts, "measured", test, "test_time");
    put(facts, "model file", test, "model_filename");
    return new Setup(facts, List.of());
  }

  private static void put(
      SequencedMap<String, String> facts, String of, JsonFields fields, String field) {
    String value = fields.stringOr(field, "");
    if (!value.isBlank()) {
      facts.put(of, value);
    }
  }
}
