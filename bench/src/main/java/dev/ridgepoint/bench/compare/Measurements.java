package dev.ridgepoint.bench.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What one machine measured of one model with one engine.
 *
 * @param file that they are from
 * @param engine that ran the model
 * @param machine its processor
 * @param model what the file calls it
 * @param setup what else the file tells of them
 * @param rates of each step, in the file's order
 * @param counted what a step does, where the file says so
 */
record Measurements(
    String file,
    String engine,
    String machine,
    String model,
    Setup setup,
    SequencedMap<StepKey, Rate> rates,
    Map<StepKey, Counted> counted) {

  Measurements {
    rates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rates));
    counted = Map.copyOf(counted);
  }
}
