package dev.ridgepoint.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models that come with this program: two that tell stories, as {@code ridge train} made them.
 * One that is asked for is copied to a temporary folder, since weights are mapped from files.
 */
public final class OwnModels {
  /** Of a million parameters. */
  public static final String STORIES = "stories-1M";

  /** Of a tenth of them, with the same tokenizer: it drafts what the other verifies. */
  public static final String STORIES_DRAFT = "stories-100K";

  /** How a story begins where nobody says how. */
  public static final String BEGINNING = "Once upon a time";

  private static final List<String> NAMES = List.of(STORIES, STORIES_DRAFT);

  private static final List<String> FILES =
      List.of(
          "config.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json",
          "generation_config.json");

  private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

  private OwnModels() {}

  /** The folder of a model, if there is one of this name. */
  static Optional<Path> find(String name) {
    return NAMES.contains(name)
        ? Optional.of(COPIES.computeIfAbsent(name, OwnModels::copy))
        : Optional.empty();
  }

  private static Path copy(String name) {
    try {
      Path folder = Files.createTempDirectory("ridge-" + name + "-");
      folder.toFile().deleteOnExit(); // after its files, which are told of later
      for (String file : FILES) {
        Path target = folder.resolve(file);
        target.toFile().deleteOnExit();
        try (InputStream in =
            OwnModels.class.getResourceAsStream("models/%s/%s".formatted(name, file))) {
          Files.copy(in, target);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
