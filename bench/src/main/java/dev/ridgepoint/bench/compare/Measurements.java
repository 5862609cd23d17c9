package dev.ridgepoint.bench.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What one machine measured of one model with one engine.
 *
 * @param file that they are from
 * @param engine that ran the model
 * @param machine its processor
 * @param model what the file calls it
 * @param rates of each step, in the file's order
 */
record Measurements(
    String file, String engine, String machine, String model, SequencedMap<StepKey, Rate> rates) {

  Measurements {
    rates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rates));
  }
}
