package dev.ridgepoint.bench.roofline;

import dev.ridgepoint.bench.probe.Effort;
import dev.ridgepoint.bench.probe.Host;
import dev.ridgepoint.bench.probe.MachineStore;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file with the roofs of this machine. */
final class MachineFile {
  private static final String PROPERTY = "ridgepoint.machine";
  private static final Path HERE = Path.of("machine.json");
  private static final Path FOLDER = Path.of("ridge-report");

  private static Path found;

  private MachineFile() {}

  /** The JVM option that lets a fork find the same file. */
  static String option(Path file) {
    return "-D" + PROPERTY + "=" + file.toAbsolutePath();
  }

  /**
   * The file that {@link #option} names, or {@code machine.json} in the working folder, or else the
   * one in {@code ridge-report}. There this machine is probed, once a process, unless it is known:
   * it takes 5 seconds.
   *
   * @throws UncheckedIOException saying why it cannot be probed
   */
  static synchronized Path find() {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return Path.of(named);
    }
    if (found == null) {
      try {
        found = Files.exists(HERE) ? HERE : probed();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  /** In a JVM of its own: this one need not have the vector module. */
  private static Path probed() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What JMH hands on to the forks, too: the roofs are those of such a JVM.
    List<String> options =
        new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
    options.removeIf(MachineFile::isAgent);
    for (String needed : List.of(ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS)) {
      if (!options.contains(needed)) {
        options.add(needed);
      }
    }
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), MachineFile.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
    try {
      if (process.waitFor() != 0) {
        // Before it may stand what the JVM and libraries warn of.
        String reason = output.lines().reduce("", (before, line) -> line);
        throw new IOException("this machine cannot be probed: " + reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return new MachineStore(FOLDER).file();
  }

  /** Agents may want what only one process can have, such as a port. */
  private static boolean isAgent(String option) {
    return option.startsWith("-javaagent:")
        || option.startsWith("-agent")
        || option.startsWith("-Xrun")
        || option.startsWith("-Dcom.sun.management.");
  }

  /** Probes this machine, unless it is known; says why it cannot. */
  public static void main(String[] arguments) {
    try {
      new MachineStore(FOLDER).findOrProbe(Host.current(), Effort.BRIEF);
    } catch (IOException | InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
