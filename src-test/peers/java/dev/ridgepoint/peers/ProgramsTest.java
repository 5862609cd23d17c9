package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.peers.Engines;
import dev.ridgepoint.bench.peers.PeersReport;
import dev.ridgepoint.bench.peers.PeersRequest;
import dev.ridgepoint.bench.peers.PeersRequest.Kind;
import dev.ridgepoint.bench.peers.PeersRun;
import dev.ridgepoint.bench.peers.ProgramFile;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A script in the place of a user's own engine, measured in turns with Ridgepoint. */
@DisabledOnOs(OS.WINDOWS)
class ProgramsTest {
  @TempDir private Path folder;

  private PeersRun run(String name) throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("engine"), "test -f \"$1\" && echo decode: 0.5 tokens/s\n");
    Path programs =
        Files.writeString(
            folder.resolve("programs.json"),
            """
            {"%s": {"build": "commit abc", "instructions": "AVX2", "dtypes": ["q8_0"],
             "decode": {"command": ["/bin/sh", "%s", "{model}"], "rate": "decode: (.*) tokens/s"}}}
            """
                .formatted(name, script));
    PeersRequest request =
        new PeersRequest(
            EnumSet.of(Kind.PREFILL, Kind.DECODE),
            List.of(16),
            List.of(16),
            List.of("tiny"),
            16,
            16,
            EnumSet.of(DType.F32, DType.Q8_0),
            Set.of(1),
            Set.of(name),
            1,
            true);
    return new PeersRun(
        Engines.onClassPath(),
        ProgramFile.read(programs),
        request,
        folder.resolve("scratch"),
        (index, total, what) -> {});
  }

  @Test
  void isComparedAtWhatItHas() throws IOException, InterruptedException {
    PeersReport report = run("mine").run();
    assertEquals(Map.of(), report.failures());
    assertEquals(List.of("Ridgepoint", "mine"), List.copyOf(report.engines().keySet()));
    assertEquals("commit abc", report.engines().get("mine").build());
    assertTrue(report.engines().get("Ridgepoint").instructions().startsWith("Java's vectors of "));
    assertEquals(1, report.comparisons().size());
    assertEquals(DType.Q8_0, report.comparisons().getFirst().dtype());
    assertEquals(0.5, report.comparisons().getFirst().theirs(), 1e-12);
    assertTrue(report.comparisons().getFirst().ours() > 0.5);
  }

  @Test
  void takesNoOtherEnginesName() {
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> run("openblas"));
    assertEquals("--programs: \"openblas\" is another engine's name", refusal.getMessage());
  }
}
