package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.architecture.Stack;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.inference.KvPages;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cache of whose layers each gives back what has left its own window computes the same as one
 * that keeps everything, and holds what the estimator says.
 */
class WindowedCacheTest {
  private static final int PANEL = Blocking.PANEL;

  /** Several pages of one panel. */
  private static final int CAPACITY = 6 * PANEL + 5;

  /** A model's layers have these windows; 0 stands for none. */
  record Case(String family, DType kvType, int... windows) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("gemma2", DType.F32),
        new Case("gemma3-text", DType.BF16),
        new Case("gpt-oss", DType.F32),
        new Case("mistral-swa", DType.BF16),
        new Case("drawn", DType.F32, 0, 1, PANEL),
        new Case("drawn", DType.BF16, PANEL + 1, 0, PANEL - 1, 0, 3 * PANEL),
        new Case("drawn", DType.Q8_0, 2, 0, 2 * PANEL, 0),
        new Case("drawn", DType.Q8_0, PANEL + 2, 7));
  }

  static Stream<Case> drawnCases() {
    return cases().filter(each -> each.windows.length > 0);
  }

  private static LoadedModel load(Case c, Workers workers) {
    if (c.windows.length > 0) {
      return LoadedModel.synthetic(drawn(c.windows), 3, DType.F32, workers, (done, total) -> {});
    }
    try (Checkpoint checkpoint =
        Checkpoint.open(TestResources.path("logits").resolve(c.family).resolve("hf-f32"))) {
      MatrixTypes types = MatrixTypes.stored(checkpoint);
      return LoadedModel.load(checkpoint, types, workers, (done, total) -> {});
    }
  }

  /** Its heads are as wide as panels are whole on every machine, and blocks of Q8_0. */
  private static Architecture drawn(int... windows) {
    TestArchitectures.Parts none = new TestArchitectures.Parts(false, false, false, false);
    Architecture plain =
        TestArchitectures.llama(250, 64, 64, windows.length, 2, 1, 64, true, none, 0, 0);
    Stack decoder = plain.decoder().orElseThrow();
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < windows.length; i++) {
      Layer layer = decoder.layers().get(i);
      GroupedQueryAttention attention = (GroupedQueryAttention) layer.attention();
      AttentionSpan span =
          windows[i] == 0 ? new AttentionSpan.Causal() : new AttentionSpan.Sliding(windows[i]);
      layers.add(
          new Layer(
              new GroupedQueryAttention(
                  attention.numAttentionHeads(),
                  attention.numKeyValueHeads(),
                  attention.headDim(),
                  attention.qkvBias(),
                  attention.outputBias(),
                  attention.queryKeyNorm(),
                  attention.rope(),
                  attention.scoreScale(),
                  attention.scoreTerms(),
                  span),
              layer.feedForward(),
              layer.norms()));
    }
    return plain.withDecoder(new Stack(layers, decoder.finalNorm()));
  }

  /**
   * Pieces of any size, of which some end is forgotten again as rejected guesses are, by one to
   * three sequences at once.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void hasTheSameBitsAsOneThatKeepsEverything(Case c) {
    try (Workers workers = new Workers(2);
        LoadedModel model = load(c, workers);
        Program program = model.program(c.kvType, workers, Meter.NONE)) {
      int layers = model.architecture().decoder().orElseThrow().layers().size();
      int[] all = new int[layers];
      Arrays.fill(all, Integer.MAX_VALUE);
      for (int pagePanels : new int[] {1, 2}) {
        for (int pieces : new int[] {1, PANEL + 1, 2 * PANEL}) {
          KvLayout layout = program.pageLayout(pagePanels * PANEL);
          float[][] before;
          float[][] windowed;
          float[][] after;
          // Sums of lanes and exponentials have other last bits once they are compiled.
          do {
            before = logits(program, layout, all, pieces);
            windowed = logits(program, layout, null, pieces);
            after = logits(program, layout, all, pieces);
          } while (!Arrays.deepEquals(before, after));
          assertArrayEquals(before, windowed, pagePanels + " panels, pieces of " + pieces);
        }
      }
    }
  }

  /**
   * @param windows of the caches, or null for the program's own
   * @param piece tokens of a piece at most
   */
  private static float[][] logits(Program program, KvLayout layout, int[] windows, int piece) {
    Random random = new Random(piece);
    List<float[]> rows = new ArrayList<>();
    List<KvCache> caches = new ArrayList<>();
    try (PagePool pool = new PagePool(layout, 300)) {
      for (int i = 0; i < 3; i++) {
        caches.add(
            windows == null
                ? program.newCache(pool, CAPACITY)
                : new KvCache(pool, windows, CAPACITY));
      }
      int most = piece == 1 ? 3 * PANEL : CAPACITY;
      while (caches.getFirst().length() < most) {
        List<Batch.Entry> entries = new ArrayList<>();
        List<Integer> forgotten = new ArrayList<>();
        for (KvCache cache : caches.subList(0, 1 + random.nextInt(caches.size()))) {
          int count = Math.min(1 + random.nextInt(piece), CAPACITY - cache.length());
          if (count > 0) {
            int[] tokens = random.ints(count, 0, 250).toArray();
            entries.add(new Batch.Entry(cache, tokens, 1));
            forgotten.add(random.nextInt(Math.min(4, count)));
          }
        }
        rows.addAll(Forward.rows(program.forward(new Batch(entries))));
        for (int i = 0; i < entries.size(); i++) {
          KvCache cache = entries.get(i).cache();
          int kept = cache.length() - forgotten.get(i);
          assertEquals(kept, cache.truncate(kept));
        }
      }
      caches.forEach(KvCache::close);
      assertEquals(pool.pages(), pool.freePages());
    }
    return rows.toArray(float[][]::new);
  }

  /** Page by page while it grows, and the most of it. */
  @ParameterizedTest
  @MethodSource("cases")
  void holdsAsManyPagesAsTheEstimatorSays(Case c) {
    try (Workers workers = new Workers(1);
        LoadedModel model = load(c, workers);
        Program program = model.program(c.kvType, workers, Meter.NONE)) {
      Architecture architecture = model.architecture();
      KvLayout layout = program.pageLayout(PANEL);
      KvPages pages = new KvPages(PANEL);
      for (int newTokens : new int[] {1, 5, PANEL, 2 * PANEL + 3}) {
        long most = pages.most(architecture, CAPACITY, newTokens);
        assertEquals(program.mostPages(layout, CAPACITY, newTokens), most);
        long held = 0;
        for (int first = 1; first <= newTokens; first++) {
          try (PagePool pool = new PagePool(layout, Math.toIntExact(most));
              KvCache cache = program.newCache(pool, CAPACITY)) {
            int next = first;
            while (cache.length() < CAPACITY) {
              int context = cache.length();
              int count = Math.min(next, CAPACITY - context);
              cache.advance(count);
              int inUse = pool.pages() - pool.freePages();
              assertEquals(pages.held(architecture, count, context), inUse);
              held = Math.max(held, inUse);
              next = newTokens;
            }
          }
        }
        assertTrue(held <= most, held + " of " + most);
        // Layers need not hold the most at the same time.
        if (Arrays.stream(c.windows).filter(window -> window > 0).count() == 1) {
          assertEquals(most, held);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("drawnCases")
  void pagesHaveAsManyBytesAsTheEstimatorSays(Case c) {
    try (Workers workers = new Workers(1);
        LoadedModel model = load(c, workers);
        Program program = model.program(c.kvType, workers, Meter.NONE)) {
      Architecture architecture = model.architecture();
      KvCacheFormat format = KvCacheFormat.of(Precision.named("kv", c.kvType.name()));
      KvLayout layout = program.pageLayout(KvLayout.PAGE_POSITIONS);
      KvPages pages = new KvPages(KvLayout.PAGE_POSITIONS);
      long most = pages.most(architecture, 5000, 512);
      assertEquals(most * layout.pageBytes(), pages.mostBytes(architecture, format, 5000, 512));
    }
  }
}
