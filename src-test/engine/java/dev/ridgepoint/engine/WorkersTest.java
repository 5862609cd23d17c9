package dev.ridgepoint.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkersTest {

  @ParameterizedTest
  @CsvSource({"1,100,1", "2,1,1", "2,1000,1", "3,17,4", "8,100,3", "2,0,1"})
  void everyItemOnceSectionAfterSection(int threads, int items, int grain) {
    try (Workers workers = new Workers(threads)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(items);
      for (int section = 1; section <= 2000; section++) {
        workers.run(
            items,
            grain,
            (worker, from, to) -> {
              assertTrue(worker >= 0 && worker < threads && from < to);
              for (int i = from; i < to; i++) {
                runs.incrementAndGet(i);
              }
            });
        for (int i = 0; i < items; i++) {
          assertEquals(section, runs.get(i), "item " + i);
        }
      }
    }
  }

  @Test
  void sectionsAfterAPauseLongEnoughToPark() throws InterruptedException {
    try (Workers workers = new Workers(2)) {
      for (int section = 0; section < 20; section++) {
        AtomicIntegerArray runs = new AtomicIntegerArray(8);
        workers.run(8, 1, (worker, from, to) -> runs.addAndGet(from, to - from));
        int total = 0;
        for (int i = 0; i < 8; i++) {
          total += runs.get(i);
        }
        assertEquals(8, total);
        Thread.sleep(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void aFailureReachesTheCallerAndTheTeamGoesOn(int threads) {
    RuntimeException failure = new IllegalStateException("a task failed");
    try (Workers workers = new Workers(threads)) {
      for (int i = 0; i < 50; i++) {
        assertSame(
            failure,
            assertThrows(
                IllegalStateException.class,
                () ->
                    workers.run(
                        100,
                        1,
                        (worker, from, to) -> {
                          throw failure;
                        })));
        AtomicIntegerArray runs = new AtomicIntegerArray(1);
        workers.run(100, 1, (worker, from, to) -> runs.addAndGet(0, to - from));
        assertEquals(100, runs.get(0));
      }
    }
  }

  @Test
  void needsAMember() {
    assertThrows(IllegalArgumentException.class, () -> new Workers(0));
  }
}
