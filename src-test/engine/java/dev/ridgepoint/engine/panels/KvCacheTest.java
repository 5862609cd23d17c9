package dev.ridgepoint.engine.panels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.kernels.Blocking;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which pages caches take, share, copy and give back. */
class KvCacheTest {
  private static final int PAGE = Blocking.PANEL;

  /** The windows of one layer that has none. */
  private static final int[] ALL = {Integer.MAX_VALUE};

  private final PagePool pool = new PagePool(new KvLayout(DType.F32, 1, 1, PAGE), 6);

  @AfterEach
  void close() {
    pool.close();
  }

  /** A cache that holds, as keys and values alike, first, first + 1 and so on. */
  private KvCache holding(int length, float first) {
    KvCache cache = new KvCache(pool, ALL, 6 * PAGE);
    append(cache, length, first);
    return cache;
  }

  private static void append(KvCache cache, int count, float first) {
    for (int layer = 0; layer < cache.layers(); layer++) {
      cache.reserve(layer, count);
      for (int i = 0; i < count; i++) {
        cache.keyValues().write(layer, 0, cache.length() + i, new float[] {first + i}, 0, 0);
      }
    }
    cache.advance(count);
  }

  /** Another cache that begins with what one holds, in the same pages. */
  private KvCache fork(KvCache cache) {
    KvCache fork = new KvCache(pool, ALL, 6 * PAGE);
    assertTrue(fork.share(cache.length(), cache::page));
    return fork;
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
    assertEquals(5, cache.mostPagesToTake(1));
    append(cache, 1, PAGE);
    assertEquals(4, pool.freePages());
    assertArrayEquals(ascending(PAGE + 1), values(cache));
    cache.truncate(PAGE);
    assertEquals(5, pool.freePages());
    cache.close();
    assertEquals(6, pool.freePages());
  }

  @Test
  void aForkSharesPagesUntilOneOfBothWrites() {
    KvCache cache = holding(PAGE + 2, 0);
    KvCache fork = fork(cache);
    assertEquals(4, pool.freePages());
    assertEquals(5, fork.mostPagesToTake(1));
    append(fork, 1, 100);
    assertEquals(3, pool.freePages());
    assertEquals(cache.page(0, 0), fork.page(0, 0));
    assertNotEquals(cache.page(0, 1), fork.page(0, 1));
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
    KvCache fork = fork(cache);
    fork.truncate(1);
    append(fork, 2, 50);
    assertArrayEquals(new float[] {0, 50, 51}, values(fork));
    assertArrayEquals(ascending(3 * PAGE), values(cache));
    cache.close();
    assertEquals(5, pool.freePages());
    assertArrayEquals(new float[] {0, 50, 51}, values(fork));
  }

  @Test
  void eachLayerGivesBackWhatHasLeftItsOwnWindow() {
    int[] windows = {PAGE, Integer.MAX_VALUE, 1};
    try (PagePool shared = new PagePool(pool.layout(), 12);
        KvCache cache = new KvCache(shared, windows, 6 * PAGE)) {
      append(cache, 2 * PAGE - 1, 0);
      assertEquals(List.of(0, 0, 0), firstPages(cache));
      // The next token is the first that sees nothing of the first page where the window is a page.
      append(cache, 1, 0);
      assertEquals(List.of(1, 0, 1), firstPages(cache));
      append(cache, 2 * PAGE, 0);
      assertEquals(List.of(1, 0, 2), firstPages(cache));
      assertEquals(3 + 4 + 2, shared.pages() - shared.freePages());
      append(cache, 1, 0);
      assertEquals(List.of(3, 0, 4), firstPages(cache));
      assertEquals(2 + 5 + 1, cache.pages().cardinality());
      assertEquals(KvCache.NO_PAGE, cache.page(0, 2));
      assertEquals(KvCache.NO_PAGE, cache.page(1, 5));
    }
  }

  private static List<Integer> firstPages(KvCache cache) {
    return IntStream.range(0, cache.layers())
        .mapToObj(
            layer ->
                IntStream.iterate(0, i -> i + 1)
                    .filter(i -> cache.page(layer, i) != KvCache.NO_PAGE)
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  /** As many tokens as were fed last can be forgotten, and written again, at any place. */
  @Test
  void whatWasFedLastCanBeForgotten() {
    int[] windows = {3, Integer.MAX_VALUE, PAGE + 1, 1};
    for (int context = 0; context < 3 * PAGE; context++) {
      try (KvCache cache = new KvCache(pool.layout(), windows, 6 * PAGE, 3 * PAGE)) {
        for (int i = 0; i < context; i++) {
          append(cache, 1, i);
        }
        append(cache, PAGE + 3, 0);
        for (int length = cache.length(); length >= context; length--) {
          assertEquals(length, cache.truncate(length));
          for (int layer = 0; layer < windows.length; layer++) {
            int seen = Math.max(0, length - windows[layer] + 1) / PAGE;
            for (int i = seen; i < pool.layout().pages(length); i++) {
              assertNotEquals(KvCache.NO_PAGE, cache.page(layer, i));
            }
          }
        }
      }
    }
  }

  /** What is further back is seen again only from the beginning. */
  @Test
  void whoLacksWhatIsSeenForgetsAll() {
    int[] windows = {Integer.MAX_VALUE, PAGE};
    try (PagePool shared = new PagePool(pool.layout(), 12);
        KvCache cache = new KvCache(shared, windows, 6 * PAGE)) {
      append(cache, 2 * PAGE, 0);
      append(cache, 2 * PAGE, 0);
      assertEquals(2 * PAGE, cache.truncate(2 * PAGE));
      assertEquals(2 * PAGE - 1, cache.truncate(2 * PAGE - 1));
      assertEquals(0, cache.truncate(2 * PAGE - 2));
      assertEquals(12, shared.freePages());
      append(cache, 3, 0);
      assertArrayEquals(ascending(3), values(cache));
    }
  }

  /** The most pages that steps of some size ever take, tried out. */
  @Test
  void foretellsTheMostPagesItHolds() {
    for (int window : new int[] {1, 2, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, Integer.MAX_VALUE}) {
      for (int newTokens : new int[] {1, 2, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 1}) {
        for (int capacity : new int[] {1, PAGE, PAGE + 1, 4 * PAGE - 1, 6 * PAGE}) {
          int most = 0;
          for (int first = 1; first <= Math.min(newTokens, capacity); first++) {
            most = Math.max(most, mostHeld(window, capacity, first, newTokens));
          }
          assertEquals(
              pool.layout().mostPages(window, capacity, newTokens),
              most,
              window + " of " + capacity + " by " + newTokens);
        }
      }
    }
  }

  private int mostHeld(int window, int capacity, int first, int newTokens) {
    int most = 0;
    try (KvCache cache = new KvCache(pool, new int[] {window}, capacity)) {
      int next = first;
      while (cache.length() < capacity) {
        cache.advance(Math.min(next, capacity - cache.length()));
        most = Math.max(most, cache.pages().cardinality());
        next = newTokens;
      }
    }
    return most;
  }

  @Test
  void aCacheBeginsWithWhatItsLayersSeeOfOthers() {
    int[] windows = {Integer.MAX_VALUE, PAGE};
    try (PagePool shared = new PagePool(pool.layout(), 20);
        KvCache cache = new KvCache(shared, windows, 6 * PAGE);
        KvCache fork = new KvCache(shared, windows, 6 * PAGE);
        KvCache shorter = new KvCache(shared, windows, 6 * PAGE)) {
      append(cache, 3 * PAGE, 0);
      append(cache, 1, 3 * PAGE);
      int free = shared.freePages();
      assertTrue(fork.share(cache.length(), cache::page));
      assertEquals(free, shared.freePages());
      assertEquals(cache.pages(), fork.pages());
      // The token behind two pages sees the second of them, but not the first.
      assertTrue(shorter.share(3 * PAGE, cache::page));
      assertEquals(0, shorter.truncate(0));
      assertFalse(shorter.share(2 * PAGE, cache::page));
      assertEquals(0, shorter.length());
      assertEquals(0, shorter.pages().cardinality());
      append(fork, 1, 100);
      assertEquals(3 * PAGE, values(cache)[3 * PAGE]);
      assertEquals(100, values(fork)[3 * PAGE + 1]);
    }
  }

  /** Whoever keeps pages beside caches is asked for them, as long as there are any. */
  @Test
  void anExhaustedPoolReclaimsPages() {
    List<Integer> kept = new ArrayList<>(List.of(pool.take(), pool.take()));
    pool.reclaimBy(
        () -> {
          if (kept.isEmpty()) {
            return false;
          }
          pool.release(kept.removeLast());
          return true;
        });
    KvCache cache = holding(6 * PAGE, 0);
    assertEquals(List.of(), kept);
    assertThrows(IllegalStateException.class, pool::take);
    assertArrayEquals(ascending(6 * PAGE), values(cache));
  }

  @Test
  void saysWhenThePoolIsExhausted() {
    KvCache cache = holding(4 * PAGE, 0);
    KvCache other = holding(2 * PAGE, 0);
    assertEquals(
        "all 6 pages of " + PAGE + " positions are in use by KV caches",
        assertThrows(IllegalStateException.class, () -> cache.reserve(0, 1)).getMessage());
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
    assertThrows(IllegalArgumentException.class, () -> new KvLayout(DType.F32, 1, 1, PAGE + 1));
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
          caches.add(new KvCache(pool, ALL, 6 * PAGE));
          expected.add(new ArrayList<>());
        }
        case 1 -> {
          if (!caches.isEmpty()) {
            caches.add(fork(caches.get(which)));
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
            // A page for every one begun, and the copy of one.
            if (pool.freePages() >= pool.layout().pages(count) + 1) {
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
