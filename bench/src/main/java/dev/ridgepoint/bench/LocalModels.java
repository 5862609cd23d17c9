package dev.ridgepoint.bench;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.model.checkpoint.HubCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Models that other programs have downloaded, by the names that these give them: {@code OWNER/NAME}
 * in the cache of Hugging Face's libraries, {@code NAME}, {@code NAME:TAG} or {@code
 * OWNER/NAME:TAG} in Ollama's store.
 *
 * @param hub the cache: a folder {@code models--OWNER--NAME} for each model
 * @param ollama the store: {@code manifests}, a file for each tag, and {@code blobs}
 */
record LocalModels(Path hub, Path ollama) {
  private static final Pattern NAME =
      Pattern.compile("(?:([A-Za-z0-9][\\w.-]*)/)?([A-Za-z0-9][\\w.-]*)(?::([\\w.-]+))?");

  /** Whose models have no owner in their names. */
  private static final String OLLAMA_OWNER = "library";

  private static final String OLLAMA_TAG = "latest";
  private static final String WEIGHTS = "application/vnd.ollama.image.model";
  private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

  /** Those of this user, in the folders that these programs' environment variables name. */
  static LocalModels ofUser() {
    Path home = Path.of(System.getProperty("user.home"));
    Path huggingFace = variable("HF_HOME").orElse(home.resolve(".cache").resolve("huggingface"));
    return new LocalModels(
        variable("HF_HUB_CACHE").orElse(huggingFace.resolve("hub")),
        variable("OLLAMA_MODELS").orElse(home.resolve(".ollama").resolve("models")));
  }

  private static Optional<Path> variable(String name) {
    return Optional.ofNullable(System.getenv(name))
        .filter(value -> !value.isBlank())
        .map(ModelSource::path);
  }

  /**
   * The folder or file of a model of this user.
   *
   * @throws InvalidInputException if there is one that is damaged
   */
  static Optional<Path> find(String model) {
    return ofUser().named(model);
  }

  /** As {@link #find}. */
  Optional<Path> named(String model) {
    Matcher name = NAME.matcher(model);
    if (!name.matches()) {
      return Optional.empty();
    }
    Optional<Path> snapshot =
        Optional.of(hub.resolve("models--" + model.replace("/", "--")))
            .filter(folder -> name.group(3) == null && Files.isDirectory(folder))
            .map(HubCache::snapshot);
    return snapshot.or(() -> manifest(name.group(1), name.group(2), name.group(3)).map(this::blob));
  }

  /** Of whatever registry the model is: their folders lie between. */
  private Optional<Path> manifest(String owner, String name, String tag) {
    Path manifests = ollama.resolve("manifests");
    if (!Files.isDirectory(manifests)) {
      return Optional.empty();
    }
    try (Stream<Path> registries = Files.list(manifests)) {
      return registries
          .sorted()
          .map(each -> each.resolve(owner == null ? OLLAMA_OWNER : owner))
          .map(each -> each.resolve(name).resolve(tag == null ? OLLAMA_TAG : tag))
          .filter(Files::isRegularFile)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path blob(Path manifest) {
    JsonFields fields = new JsonFields(manifest.toString(), StrictJson.readObject(manifest));
    List<String> digests =
        fields.requiredObjects("layers").stream()
            .filter(layer -> layer.requiredString("mediaType").equals(WEIGHTS))
            .map(layer -> layer.requiredString("digest"))
            .toList();
    Matcher digest = DIGEST.matcher(digests.isEmpty() ? "" : digests.getFirst());
    if (digests.size() != 1 || !digest.matches()) {
      throw new InvalidInputException(
          manifest.toString(), "names no single layer of weights: " + digests);
    }
    Path blob = ollama.resolve("blobs").resolve("sha256-" + digest.group(1));
    if (!Files.isRegularFile(blob)) {
      throw new InvalidInputException(blob.toString(), "is missing, though a manifest names it");
    }
    return blob;
  }
}
