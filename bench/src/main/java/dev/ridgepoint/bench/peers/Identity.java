package dev.ridgepoint.bench.peers;

/**
 * What an engine is on this machine.
 *
 * @param build its version, with its commit or number where known
 * @param instructions the instruction set, or the library made for one, that it chose here
 * @param notes what else a reader of the ratios should know; may be empty
 */
public record Identity(String build, String instructions, String notes) {
  /** Where an engine does not tell. */
  public static final String UNKNOWN = "not told";
}
