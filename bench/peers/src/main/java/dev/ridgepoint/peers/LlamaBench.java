package dev.ridgepoint.peers;

import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Program;
import dev.ridgepoint.bench.peers.ProgramEngine;
import dev.ridgepoint.engine.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * llama.cpp as the user has it, timed by its own {@code llama-bench}: built for this processor, or
 * with a library for each generation of them, as distributions have it.
 */
final class LlamaBench {
  /** The system property with the program's path, if it is not on the {@code PATH}. */
  private static final String PROGRAM = "ridgepoint.llamaBench";

  private LlamaBench() {}

  static Engine engine() {
    return new ProgramEngine(
        new Program(
            "llama-bench",
            Optional.empty(),
            Optional.empty(),
            "KV cache in F16; time without sampling",
            EnumSet.copyOf(DType.encoded()),
            test("-n", "0", "-p", "{prompt}"),
            test("-p", "0", "-n", "{steps}", "-d", "{context}")));
  }

  private static Optional<Program.Test> test(String... what) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty(PROGRAM, "llama-bench"));
    command.addAll(List.of("-m", "{model}", "-t", "{threads}", "-ngl", "0"));
    command.addAll(List.of("-r", "{repetitions}", "-o", "json"));
    command.addAll(List.of(what));
    return Optional.of(new Program.Test(command, Optional.empty()));
  }
}
