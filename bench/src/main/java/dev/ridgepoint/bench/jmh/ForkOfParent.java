package dev.ridgepoint.bench.jmh;

import java.util.concurrent.CompletableFuture;

/**
 * A JVM that JMH has started, and that nobody reads any more when its parent is gone. JMH would
 * tell it at the end of an iteration, after a set-up that may take half a minute.
 */
final class ForkOfParent {
  private static final String FORK = "org.openjdk.jmh.runner.ForkedMain";

  private ForkOfParent() {}

  /** Ends this JVM with the process that started it, however that ends, if JMH has started it. */
  static void endWithParent() {
    // Not what runs without forks: whoever started that, such as a shell, may end before it.
    if (System.getProperty("sun.java.command", "").startsWith(FORK)) {
      ProcessHandle.current().parent().ifPresent(ForkOfParent::endWith);
    }
  }

  /** Ends this JVM with another process. */
  static void endWith(ProcessHandle other) {
    CompletableFuture<Void> _ = other.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }
}
