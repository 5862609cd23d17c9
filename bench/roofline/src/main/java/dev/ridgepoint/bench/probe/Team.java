package dev.ridgepoint.bench.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that start the same work together. Each keeps its index, so that it meets the memory
 * again that it touched first.
 */
final class Team implements AutoCloseable {
  private final List<ExecutorService> threads;

  /** Work of one thread; what it returns depends on all of it, so that none can be left out. */
  interface Section {
    int run(int thread);
  }

  private record Interval(long start, long end, int result) {}

  Team(int size) {
    threads = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      threads.add(
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("probe-" + i).factory()));
    }
  }

  int size() {
    return threads.size();
  }

  /** Runs the section on every thread; nanoseconds from the first start to the last end. */
  long nanos(Section section) {
    AtomicInteger missing = new AtomicInteger(size());
    List<Future<Interval>> futures = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      int thread = i;
      futures.add(
          threads
              .get(i)
              .submit(
                  () -> {
                    missing.decrementAndGet();
                    while (missing.get() > 0) {
                      Thread.onSpinWait();
                    }
                    long start = System.nanoTime();
                    int result = section.run(thread);
                    return new Interval(start, System.nanoTime(), result);
                  }));
    }
    List<Interval> intervals = futures.stream().map(Team::join).toList();
    long origin = intervals.getFirst().start();
    long first = intervals.stream().mapToLong(i -> i.start() - origin).min().orElseThrow();
    long last = intervals.stream().mapToLong(i -> i.end() - origin).max().orElseThrow();
    return Math.max(1, last - first);
  }

  private static Interval join(Future<Interval> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdownNow);
  }
}
