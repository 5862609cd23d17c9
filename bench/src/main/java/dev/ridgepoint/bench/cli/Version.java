package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.Build;
import picocli.CommandLine.IVersionProvider;

/** This build and its JDK. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"ridge " + Build.name(), "JDK " + Runtime.version()};
  }
}
