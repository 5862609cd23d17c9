package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.Blocking;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which pages caches take, share, copy and give back. */
class KvCacheTest {
  private static final int PAGE = Blocking.PANEL;

  private final PagePool pool = new PagePool(new KvLayout(DType.F32, 1, 1, 1, PAGE), 6);

  @AfterEach
  void close() {
    pool.close();
  }

  /** A cache that holds, as keys and values alike, first, first + 1 and so on. */
  private KvCache holding(int length, float first) {
    KvCache cache = new KvCache(pool, 6 * PAGE, Integer.MAX_VALUE);
    append(cache, length, first);
    return cache;
  }

  private static void append(KvCache cache, int count, float first) {
    cache.reserve(count);
    for (int i = 0; i < count; i++) {
      cache.keyValues().write(0, 0, cache.length() + i, new float[] {first + i}, 0, 0);
    }
    cache.advance(count);
  }

  private static float[] values(KvCache cache) {
    float[] values = new float[cache.length()];
    float[] one = new float[1];
    for (int i = 0; i < values.length; i++) {
      cache.keyValues().readValue(0, 0, i, one);
      values[i] = one[0];
    }
    return values;
  }

  private static float[] ascending(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  @Test
  void takesPagesAsItGrowsAndGivesThemBack() {
    KvCache cache = holding(PAGE, 0);
    assertEquals(5, pool.freePages());
    assertEquals(1, cache.pagesToTake(PAGE));
    append(cache, 1, PAGE);
    assertEquals(4, pool.freePages());
    assertEquals(0, cache.pagesToTake(PAGE - 1));
    assertArrayEquals(ascending(PAGE + 1), values(cache));
    cache.truncate(PAGE);
    assertEquals(5, pool.freePages());
    cache.close();
    assertEquals(6, pool.freePages());
  }

  @Test
  void aForkSharesPagesUntilOneOfBothWrites() {
    KvCache cache = holding(PAGE + 2, 0);
    KvCache fork = cache.fork(6 * PAGE);
    assertEquals(4, pool.freePages());
    assertEquals(1, fork.pagesToTake(1));
    append(fork, 1, 100);
    assertEquals(3, pool.freePages());
    assertEquals(cache.page(0), fork.page(0));
    assertNotEquals(cache.page(1), fork.page(1));
    append(cache, 1, PAGE + 2);
    assertEquals(3, pool.freePages());
    assertArrayEquals(ascending(PAGE + 3), values(cache));
    float[] forked = ascending(PAGE + 3);
    forked[PAGE + 2] = 100;
    assertArrayEquals(forked, values(fork));
  }

  @Test
  void whatIsCutBackIntoSharedPagesIsWrittenToCopies() {
    KvCache cache = holding(3 * PAGE, 0);
    KvCache fork = cache.fork(6 * PAGE);
    fork.truncate(1);
    append(fork, 2, 50);
    assertArrayEquals(new float[] {0, 50, 51}, values(fork));
    assertArrayEquals(ascending(3 * PAGE), values(cache));
    cache.close();
    assertEquals(5, pool.freePages());
    assertArrayEquals(new float[] {0, 50, 51}, values(fork));
  }

  @Test
  void pagesThatHaveLeftTheWindowAreFree() {
    try (KvCache cache = new KvCache(pool, 6 * PAGE, PAGE)) {
      append(cache, 2 * PAGE - 1, 0);
      assertEquals(4, pool.freePages());
      // The next token is the first that sees nothing of the first page.
      append(cache, 1, 0);
      assertEquals(5, pool.freePages());
      append(cache, 2 * PAGE, 0);
      assertEquals(1, cache.firstPage());
      assertEquals(3, pool.freePages());
      KvCache fork = cache.fork(6 * PAGE);
      assertEquals(1, fork.firstPage());
      assertEquals(3, pool.freePages());
      fork.close();
      cache.truncate(2 * PAGE);
      assertFalse(cache.canTruncate(2 * PAGE - 2));
      assertThrows(IllegalArgumentException.class, () -> cache.truncate(2 * PAGE - 2));
      assertEquals(2 * PAGE - 1, cache.rewind(2 * PAGE - 1));
      assertEquals(0, cache.rewind(2 * PAGE - 2));
      assertEquals(0, cache.firstPage());
      append(cache, 3, 0);
      assertArrayEquals(ascending(3), values(cache));
    }
    assertEquals(6, pool.freePages());
  }

  @Test
  void saysWhenThePoolIsExhausted() {
    KvCache cache = holding(4 * PAGE, 0);
    KvCache other = holding(2 * PAGE, 0);
    assertEquals(
        "all 6 pages of " + PAGE + " positions are in use by KV caches",
        assertThrows(IllegalStateException.class, () -> cache.reserve(1)).getMessage());
    other.close();
    append(cache, 1, 4 * PAGE);
    assertArrayEquals(ascending(4 * PAGE + 1), values(cache));
  }

  @Test
  void aPageThatNobodyHoldsIsNotSharedOrReleased() {
    assertThrows(IllegalStateException.class, () -> pool.share(0));
    assertThrows(IllegalStateException.class, () -> pool.release(0));
    int page = pool.take();
    pool.release(page);
    assertThrows(IllegalStateException.class, () -> pool.release(page));
    assertThrows(IllegalArgumentException.class, () -> new PagePool(pool.layout(), 0));
    assertThrows(IllegalArgumentException.class, () -> new KvLayout(DType.F32, 1, 1, 1, PAGE + 1));
  }

  /** Against lists of the numbers that each cache should hold. */
  @Test
  void inRandomOrderNothingIsLostOrLeaked() {
    Random random = new Random(5);
    List<KvCache> caches = new ArrayList<>();
    List<List<Float>> expected = new ArrayList<>();
    for (int turn = 0; turn < 3000; turn++) {
      int which = caches.isEmpty() ? 0 : random.nextInt(caches.size());
      switch (random.nextInt(5)) {
        case 0 -> {
          caches.add(new KvCache(pool, 6 * PAGE, Integer.MAX_VALUE));
          expected.add(new ArrayList<>());
        }
        case 1 -> {
          if (!caches.isEmpty()) {
            caches.add(caches.get(which).fork(6 * PAGE));
            expected.add(new ArrayList<>(expected.get(which)));
          }
        }
        case 2 -> {
          if (!caches.isEmpty()) {
            caches.remove(which).close();
            expected.remove(which);
          }
        }
        case 3 -> {
          if (!caches.isEmpty()) {
            int length = random.nextInt(caches.get(which).length() + 1);
            caches.get(which).truncate(length);
            expected.set(which, new ArrayList<>(expected.get(which).subList(0, length)));
          }
        }
        default -> {
          if (!caches.isEmpty()) {
            KvCache cache = caches.get(which);
            int count = Math.min(1 + random.nextInt(2 * PAGE), cache.capacity() - cache.length());
            if (cache.pagesToTake(count) <= pool.freePages()) {
              append(cache, count, turn);
              for (int i = 0; i < count; i++) {
                expected.get(which).add((float) turn + i);
              }
            }
          }
        }
      }
      for (int i = 0; i < caches.size(); i++) {
        float[] values = values(caches.get(i));
        assertEquals(expected.get(i).size(), values.length);
        for (int k = 0; k < values.length; k++) {
          assertEquals(expected.get(i).get(k), values[k]);
        }
      }
    }
    assertFalse(caches.isEmpty());
    caches.forEach(KvCache::close);
    assertEquals(pool.pages(), pool.freePages());
  }
}
