package dev.ridgepoint.bench.peers;

import dev.ridgepoint.bench.roofline.ForkFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks an engine what it is, in a process of its own, which native code may crash, or keep from
 * ending, without harm.
 */
public final class EngineProbe {
  /** Marks the answer among what native code prints. */
  private static final String ANSWER = "ridgepoint.answer: ";

  private static final String REFUSAL = "ridgepoint.refusal: ";
  private static final long TIMEOUT_SECONDS = 60;

  private EngineProbe() {}

  /** That an engine cannot run here; the message is the reason, in one line. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String reason) {
      super(reason);
    }
  }

  /**
   * What the engine says that it is.
   *
   * @throws UnavailableException if it does not run on this machine
   */
  static Identity identify(Engine engine, Path model)
      throws IOException, InterruptedException, UnavailableException {
    if (engine instanceof ProgramEngine program) { // has a process of its own
      try {
        return program.identify(model);
      } catch (IOException e) {
        throw new UnavailableException(e.getMessage());
      }
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(ForkFlags.VECTORS);
    command.add(ForkFlags.NATIVE_ACCESS);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(EngineProbe.class.getName());
    command.add(engine.name());
    command.add(model.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String answer = null;
    String refusal = null;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ANSWER)) {
          answer = line.substring(ANSWER.length());
        } else if (line.startsWith(REFUSAL)) {
          refusal = line.substring(REFUSAL.length());
        }
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new UnavailableException("does not answer");
      }
    } finally {
      process.destroyForcibly();
    }
    if (answer == null) {
      throw new UnavailableException(
          refusal != null ? refusal : "its process ended with status " + process.exitValue());
    }
    return JsonMapper.shared().readValue(answer, Identity.class);
  }

  /** Prints what the engine of this name is, on the model at this path. */
  public static void main(String[] args) {
    int status = 0;
    try {
      Engines engines = Engines.onClassPath();
      Engine engine =
          Stream.concat(Stream.of(engines.ours()), engines.peers().stream())
              .filter(each -> each.name().equals(args[0]))
              .findFirst()
              .orElseThrow();
      Identity identity = engine.identify(Path.of(args[1]));
      answer(ANSWER + JsonMapper.shared().writeValueAsString(identity));
    } catch (Throwable e) { // whatever it is, it is the reason
      answer(REFUSAL + e);
      status = 1;
    }
    Runtime.getRuntime().halt(status); // threads of native code may hold up an exit
  }

  private static void answer(String text) {
    System.out.println("\n" + text.lines().findFirst().orElse(""));
    System.out.flush();
  }
}
