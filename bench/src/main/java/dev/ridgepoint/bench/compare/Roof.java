package dev.ridgepoint.bench.compare;

import dev.ridgepoint.estimator.hardware.MemoryLevel;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.List;

/**
 * The roofs of one number of threads, as a report has them.
 *
 * @param level the level of memory whose bandwidth the roofline has
 * @param levels all of them, smallest working sets first
 */
record Roof(int threads, Roofline roofline, String level, List<MemoryLevel> levels) {
  Roof {
    levels = List.copyOf(levels);
  }
}
