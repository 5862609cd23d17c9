package dev.ridgepoint.bench;

/** Which Ridgepoint runs. */
public final class Build {
  /** The environment variable in which the launcher, which builds, names the tree's commit. */
  private static final String COMMIT = "RIDGE_COMMIT";

  private Build() {}

  /** Its version, and its commit where the launcher knows it. */
  public static String name() {
    String version = Build.class.getPackage().getImplementationVersion();
    String commit = System.getenv().getOrDefault(COMMIT, "");
    return (version == null ? "(unpackaged)" : version)
        + (commit.isEmpty() ? "" : ", commit " + commit);
  }
}
