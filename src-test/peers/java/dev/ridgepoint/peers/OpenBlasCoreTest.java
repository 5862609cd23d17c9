package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.peers.EngineProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.OS;

/** Asks OpenBLAS, in processes of their own, which kernels it takes. */
@DisabledOnOs(OS.WINDOWS)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
class OpenBlasCoreTest {
  /** Of 2008, which no processor that runs this is taken for. */
  private static final String OLD = "Nehalem";

  private static String identity(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(EngineProbe.class.getName(), "OpenBLAS", "unused"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OPENBLAS_CORETYPE", OLD);
    return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theEnvironmentIsNotHeededAndSaidToBeSet() throws IOException {
    String identity = identity();
    assertTrue(identity.contains("kernels for "), identity);
    assertFalse(identity.contains("kernels for " + OLD), identity);
    assertTrue(identity.contains("OPENBLAS_CORETYPE=Nehalem is set, but not heeded"), identity);
  }

  @Test
  void thePropertyChooses() throws IOException {
    String identity = identity("-Dridgepoint.openblasCore=" + OLD);
    assertTrue(identity.contains("kernels for " + OLD), identity);
  }
}
