package dev.ridgepoint.bench.cli.learn;

import picocli.CommandLine.Command;

/** x. */
@Command(name = "lesson")
public final class LessonCommand implements Runnable {
  @Override
  public void run() {}
}
