package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.AtomicOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes texts that are there whole or not at all, however the process ends. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes {@code text} to {@code file}, in UTF-8; makes its folder where missing. */
  public static void write(Path file, String text) throws IOException {
    AtomicOutput.write(file, text);
  }

  /**
   * Makes a folder where it is missing.
   *
   * @throws InvalidInputException naming the option, if files cannot be written there
   */
  public static void requireWritable(String option, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidInputException(option, folder + " cannot be made a folder", e);
    }
    if (!Files.isWritable(folder)) {
      throw new InvalidInputException(option, folder + " is not writable");
    }
  }
}
