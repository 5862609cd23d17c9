package dev.ridgepoint.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads that runs parallel sections: the caller and {@code threads - 1} daemons.
 * One caller at a time. Starting and joining a section allocates nothing and, while the team is
 * warm, takes about a microsecond: idle members spin for a bounded time before they park.
 */
public final class Workers implements AutoCloseable {

  /** The work of a section, divided into items. Must be safe to call from several threads. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does items {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @param worker which member of the team runs it, 0..threads-1: an index for scratch memory
     */
    void run(int worker, int from, int to);
  }

  /**
   * How often an idle member looks for work before it parks: about 100 us, longer than the pauses
   * between the sections of a forward pass.
   */
  private static final int SPINS = 4000;

  private static final VarHandle NEXT;
  private static final VarHandle ACTIVE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(Section.class, "next", int.class);
      ACTIVE = lookup.findVarHandle(Section.class, "active", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The state that all members write, kept two cache lines away from everything else. */
  @SuppressWarnings("unused") // the padding
  private static class LeftPad {
    long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
  }

  private static class Shared extends LeftPad {
    /** First item that nobody has taken. */
    volatile int next;

    /** Members that have not finished the section. */
    volatile int active;
  }

  @SuppressWarnings("unused") // the padding
  private static final class Section extends Shared {
    long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
  }

  private final Section section = new Section();
  private final Member[] members;
  private final int spins;

  private int sections;
  private volatile int epoch;
  private volatile boolean closed;
  private volatile Thread waiting;
  private volatile Throwable failure;

  private Task task;
  private int items;
  private int grain;

  /**
   * A team of {@code threads} members, the caller included.
   *
   * @throws IllegalArgumentException if {@code threads} is less than 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
    }
    // More members than processors: spinning would only keep the others from running.
    spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 1;
    members = new Member[threads - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member(i + 1);
      members[i].thread.start();
    }
  }

  /** Members of the team, the caller included. */
  public int size() {
    return members.length + 1;
  }

  /**
   * Runs {@code task} on items 0..items-1 and returns when all are done. Members take ranges of
   * falling size, at least {@code grain} items (but for the last), so that they end together.
   *
   * @throws RuntimeException whatever the task threw
   */
  public void run(int items, int grain, Task task) {
    if (members.length == 0 || items <= grain) {
      if (items > 0) {
        task.run(0, 0, items);
      }
      return;
    }
    this.task = task;
    this.items = items;
    this.grain = grain;
    section.next = 0;
    section.active = members.length;
    epoch = ++sections;
    wakeParked();
    work(0);
    awaitOthers();
    this.task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown; // a Task throws nothing checked
    }
  }

  private void wakeParked() {
    for (Member member : members) {
      if (member.parked) {
        LockSupport.unpark(member.thread);
      }
    }
  }

  /** One thread of the team other than the caller. */
  private final class Member implements Runnable {
    private final int worker;
    private final Thread thread;

    /** Set before the last look for work, so that whoever brings some knows to wake this thread. */
    private volatile boolean parked;

    Member(int worker) {
      this.worker = worker;
      thread = Thread.ofPlatform().daemon().name("ridgepoint-worker-" + worker).unstarted(this);
    }

    @Override
    public void run() {
      for (int seen = 0; ; seen++) {
        awaitWork(seen);
        if (closed) {
          return;
        }
        work(worker);
        if ((int) ACTIVE.getAndAdd(section, -1) == 1) {
          LockSupport.unpark(waiting);
        }
      }
    }

    private void awaitWork(int seen) {
      for (int i = 0; i < spins; i++) {
        if (epoch != seen || closed) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (epoch == seen && !closed) {
        LockSupport.park(Workers.this);
      }
      parked = false;
    }
  }

  private void work(int worker) {
    Task work = task;
    int end = items;
    try {
      while (true) {
        int from = section.next;
        if (from >= end) {
          return;
        }
        int share = Math.max(grain, (end - from) / (2 * size()));
        int to = Math.min(end, from + share);
        if (NEXT.compareAndSet(section, from, to)) {
          work.run(worker, from, to);
        }
      }
    } catch (Throwable t) {
      failure = t;
      section.next = end;
    }
  }

  private void awaitOthers() {
    for (int i = 0; section.active > 0; i++) {
      if (i < spins) {
        Thread.onSpinWait();
      } else {
        waiting = Thread.currentThread();
        if (section.active > 0) {
          LockSupport.park(this);
        }
      }
    }
    waiting = null;
  }

  /** Ends the team's threads. No section may be running. */
  @Override
  public void close() {
    closed = true;
    wakeParked();
  }
}
