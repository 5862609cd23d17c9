package dev.ridgepoint.model;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Finds test data on disk. */
public final class TestResources {
  private TestResources() {}

  /** The file or folder {@code name} under this module's test resources. */
  public static Path path(String name) {
    try {
      return Path.of(TestResources.class.getResource("/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }
}
