package dev.ridgepoint.estimator.input;

/**
 * Something that the user gave cannot be used: a file, a field, a flag. The message is one line
 * that names the source, the field and the value; the command line prints it and exits with code 2.
 */
public class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file or flag that holds the bad value
   * @param message field, value, and what is wrong with it
   */
  public InvalidInputException(String source, String message) {
    super(source + ": " + message);
  }

  /** As {@link #InvalidInputException(String, String)}, with the failure that showed it. */
  public InvalidInputException(String source, String message, Throwable cause) {
    super(source + ": " + message, cause);
  }
}
