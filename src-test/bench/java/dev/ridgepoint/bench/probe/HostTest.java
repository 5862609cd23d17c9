package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.JvmRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
  /** As where nothing that was unpacked may be loaded, and where nothing can be unpacked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Djna.nounpack=true -Djna.nosys=true -Djna.noclasspath=true",
        "-Djava.io.tmpdir=/dev/null/none -Duser.home=/dev/null/none"
      })
  void tellsWhatItCanWithoutNativeLibraries(String options) throws IOException {
    JvmRun run = JvmRun.of(HostProcess.class.getName(), List.of(options.split(" ")), Map.of());
    List<String> facts = run.text().lines().toList();
    assertFalse(run.err().contains("com.sun.jna"), run.err());
    assertFalse(facts.get(0).isEmpty());
    assertTrue(Integer.parseInt(facts.get(1)) <= Runtime.getRuntime().availableProcessors());
    assertTrue(Long.parseLong(facts.get(2)) > 0);
    assertTrue(Long.parseLong(facts.get(3)) > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void usesNoMoreThanTheJvmMay(int processors) throws IOException {
    JvmRun run =
        JvmRun.of(
            HostProcess.class.getName(),
            List.of("-XX:ActiveProcessorCount=" + processors),
            Map.of());
    int cores = Host.current().physicalCores();
    assertEquals(Math.min(cores, processors), Integer.parseInt(run.text().lines().toList().get(1)));
  }
}
