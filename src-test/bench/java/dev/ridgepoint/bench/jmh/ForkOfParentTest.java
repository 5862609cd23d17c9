package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ForkOfParentTest {
  private static final long LONG_SECONDS = 120;

  /** Starts a fork that does nothing, names it, and waits for it. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      Process fork = new ProcessBuilder(command(Fork.class)).inheritIO().start();
      fork.waitFor();
    }
  }

  /** Would run for ever. */
  static final class Fork {
    private Fork() {}

    public static void main(String[] arguments) throws Exception {
      ForkOfParent.endWith(ProcessHandle.current().parent().orElseThrow());
      System.out.print(ProcessHandle.current().pid() + "\n");
      System.out.flush();
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void endsWhenItsParentIsKilled() throws Exception {
    Process parent = new ProcessBuilder(command(Parent.class)).start();
    ProcessHandle fork;
    try (BufferedReader lines = parent.inputReader()) {
      fork = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
      assertTrue(fork.isAlive());
      parent.toHandle().destroyForcibly();
    }
    try {
      fork.onExit().get(LONG_SECONDS, TimeUnit.SECONDS);
    } finally {
      fork.destroyForcibly();
    }
  }

  private static List<String> command(Class<?> program) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        program.getName());
  }
}
