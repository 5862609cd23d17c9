package dev.ridgepoint.bench.cli;

/** The command line. */
public final class Ridge {
  private Ridge() {}

  public static void main(String[] args) {}
}
