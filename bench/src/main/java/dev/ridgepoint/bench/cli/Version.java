package dev.ridgepoint.bench.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, its JDK and its vectors. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "ridge " + (version == null ? "(unpackaged)" : version), "JDK " + Runtime.version(),
    };
  }
}
