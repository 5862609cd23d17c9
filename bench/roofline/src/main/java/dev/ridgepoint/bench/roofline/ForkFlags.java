package dev.ridgepoint.bench.roofline;

/** JVM flags that every fork of a benchmark needs. */
public final class ForkFlags {
  /** The engine's vectors. */
  public static final String VECTORS = "--add-modules=jdk.incubator.vector";

  /** Memory-mapped weights and the libraries that ask the operating system. */
  public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private ForkFlags() {}
}
