package dev.ridgepoint.model.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folder of a training run, in which each checkpoint is a model's folder: step-00000100. */
public final class RunFolder {
  private static final Pattern NAME = Pattern.compile("step-([0-9]{8,18})");

  private RunFolder() {}

  /** Where the model is after {@code step} steps. */
  public static Path model(Path run, long step) {
    return run.resolve(String.format(Locale.ROOT, "step-%08d", step));
  }

  /** The steps after which there are models, the newest first; none if there is no such folder. */
  public static List<Long> steps(Path run) {
    if (!Files.isDirectory(run)) {
      return List.of();
    }
    return InputFile.list(run).stream()
        .map(entry -> NAME.matcher(entry.getFileName().toString()))
        .filter(Matcher::matches)
        .map(name -> Long.valueOf(name.group(1)))
        .sorted(Collections.reverseOrder())
        .toList();
  }
}
