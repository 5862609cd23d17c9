package dev.ridgepoint.bench.peers;

import dev.ridgepoint.engine.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An engine that is started from the command line and prints how fast it was.
 *
 * @param name as the table calls it
 * @param build in the user's words; empty if the program prints it
 * @param instructions in the user's words; empty if the program prints them
 * @param notes what else a reader of the ratios should know; may be empty
 * @param dtypes storage formats that it multiplies with
 * @param prefill empty if it cannot be measured
 * @param decode empty if it cannot be measured
 */
public record Program(
    String name,
    Optional<String> build,
    Optional<String> instructions,
    String notes,
    Set<DType> dtypes,
    Optional<Test> prefill,
    Optional<Test> decode) {

  /**
   * A command that measures one kind of step.
   *
   * @param command the program and its arguments, in which {@link Placeholder}s stand for numbers
   * @param rate what matches the tokens per second that it prints, in its one group; empty if it
   *     prints JSON as llama-bench does
   */
  public record Test(List<String> command, Optional<Pattern> rate) {
    public Test {
      command = List.copyOf(command);
    }
  }

  /** What stands in braces in a command. */
  public enum Placeholder {
    /** Path of the GGUF file. */
    MODEL,
    THREADS,
    /** Times to repeat the test within the process. */
    REPETITIONS,
    /** Tokens of the prompt; of a prefill. */
    PROMPT,
    /** Tokens cached before the first step; of a decode. */
    CONTEXT,
    /** Tokens to decode, one at a time. */
    STEPS
  }

  public Program {
    dtypes = Set.copyOf(dtypes);
  }
}
