package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.Blocking;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention over caches against its definition in double precision. */
class AttentionTest {

  /** Random shapes, among them odd head sizes, windows, long contexts and several sequences. */
  record Case(
      int kvHeads, int group, int headDim, int window, DType kvType, List<int[]> contextAndNew) {
    /** Gemma 2 caps scores: so that it shows, by a small number. */
    float softCap() {
      return headDim % 2 == 0 ? 0 : 0.5f;
    }

    /** Below the largest score, above it, and so far above that nothing else counts. */
    float[] sinks() {
      if (group % 2 == 0) {
        return null;
      }
      float[] sinks = new float[kvHeads * group];
      for (int head = 0; head < sinks.length; head++) {
        sinks[head] = 6 * (head % 4) - 5;
      }
      return sinks;
    }

    /** Some models scale by another size than the head's: Gemma 2 27B by 144, with heads of 128. */
    float scale() {
      return headDim % 3 == 0 ? 1f / 12 : (float) (1 / Math.sqrt(headDim));
    }
  }

  static List<Case> cases() {
    Random random = new Random(11);
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(1, 1, 1, Integer.MAX_VALUE, DType.F32, List.of(new int[] {0, 1})));
    cases.add(new Case(2, 7, 64, Integer.MAX_VALUE, DType.F32, List.of(new int[] {300, 1})));
    cases.add(new Case(1, 9, 64, Integer.MAX_VALUE, DType.F32, List.of(new int[] {140, 1})));
    cases.add(new Case(2, 2, 128, Integer.MAX_VALUE, DType.BF16, List.of(new int[] {5, 150})));
    cases.add(new Case(1, 3, 300, Integer.MAX_VALUE, DType.F32, List.of(new int[] {40, 9})));
    cases.add(new Case(2, 4, 24, 7, DType.F32, List.of(new int[] {200, 130})));
    // Some rows of a block see nothing of its last keys: they lie in a chunk of their own.
    cases.add(new Case(1, 2, 64, Integer.MAX_VALUE, DType.F32, List.of(new int[] {250, 12})));
    cases.add(new Case(2, 7, 64, Integer.MAX_VALUE, DType.Q8_0, List.of(new int[] {600, 1})));
    cases.add(new Case(3, 1, 96, 70, DType.Q8_0, List.of(new int[] {290, 3}, new int[] {0, 7})));
    cases.add(new Case(1, 8, 320, Integer.MAX_VALUE, DType.Q8_0, List.of(new int[] {255, 40})));
    for (int i = 0; i < 30; i++) {
      List<int[]> sequences = new ArrayList<>();
      for (int s = 0; s <= random.nextInt(3); s++) {
        sequences.add(new int[] {random.nextInt(300), 1 + random.nextInt(random.nextInt(60) + 1)});
      }
      cases.add(
          new Case(
              1 + random.nextInt(3),
              1 + random.nextInt(8),
              1 + random.nextInt(100),
              random.nextInt(3) == 0 ? 1 + random.nextInt(50) : Integer.MAX_VALUE,
              random.nextBoolean() ? DType.F32 : DType.BF16,
              sequences));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheDefinition(Case c) {
    attend(c, KvLayout.PAGE_POSITIONS, true);
  }

  /** Pages that are shorter than a chunk, end within one, and hold all of it. */
  @ParameterizedTest
  @MethodSource("cases")
  void pagesOfAnySizeGiveTheSameBits(Case c) {
    for (int panels : new int[] {1, 3, Math.ceilDiv(Blocking.ATTENTION_CHUNK, Blocking.PANEL)}) {
      float[] before;
      float[] paged;
      float[] after;
      // Sums of lanes and exponentials have other last bits once they are compiled.
      do {
        before = attend(c, 32 * Blocking.PANEL, false);
        paged = attend(c, panels * Blocking.PANEL, false);
        after = attend(c, 32 * Blocking.PANEL, false);
      } while (!Arrays.equals(before, after));
      assertArrayEquals(before, paged, panels + " panels");
    }
  }

  /** A pool of which every second page is somebody else's. */
  private static PagePool scatteredPool(Case c, int pagePositions) {
    KvLayout layout = new KvLayout(c.kvType, c.kvHeads, c.headDim, pagePositions);
    int needed = c.contextAndNew.stream().mapToInt(s -> 2 * layout.pages(s[0] + s[1])).sum();
    PagePool pool = new PagePool(layout, 2 * needed);
    int[] pages = IntStream.range(0, 2 * needed).map(i -> pool.take()).toArray();
    for (int i = 0; i < pages.length; i += 2) {
      pool.release(pages[i]);
    }
    return pool;
  }

  private static float[] attend(Case c, int pagePositions, boolean isCompared) {
    Random random = new Random(17);
    int heads = c.kvHeads * c.group;
    int width = (heads + 2 * c.kvHeads) * c.headDim;
    int rows = c.contextAndNew.stream().mapToInt(s -> s[1]).sum();
    List<KvCache> caches = new ArrayList<>();
    try (Arena arena = Arena.ofShared();
        PagePool pool = scatteredPool(c, pagePositions);
        Workers workers = new Workers(2)) {
      Workspace workspace = new Workspace(workers);
      HeadLayout layout = new HeadLayout(heads, c.kvHeads, c.headDim);
      StepRows step = new StepRows();
      List<Tensor> everything = new ArrayList<>();
      Tensor qkv = Tensor.allocate(arena, DType.F32, rows, width);
      int first = 0;
      for (int[] sequence : c.contextAndNew) {
        int context = sequence[0];
        int count = sequence[1];
        Tensor all = TestData.random(arena, random, context + count, width);
        everything.add(all);
        KvCache cache = new KvCache(pool, new int[] {Integer.MAX_VALUE, c.window}, context + count);
        caches.add(cache);
        if (context > 0) {
          step.begin();
          step.add(cache, new int[context], 0);
          new AppendKeyValues(workspace, Activation.of(all.rows(context)), layout, 1)
              .run(step, Meter.NONE);
          step.advanceCaches();
        }
        qkv.rows(first, count).segment().copyFrom(all.rows(context, count).segment());
        first += count;
      }
      Tensor y = Tensor.allocate(arena, DType.F32, rows, heads * c.headDim);
      step.begin();
      for (int s = 0; s < caches.size(); s++) {
        step.add(caches.get(s), new int[c.contextAndNew.get(s)[1]], 0);
      }
      Activation rowsOfStep = Activation.of(qkv);
      new AppendKeyValues(workspace, rowsOfStep, layout, 1).run(step, Meter.NONE);
      new Attention(
              workspace,
              rowsOfStep,
              layout,
              1,
              c.scale(),
              c.softCap(),
              c.window,
              c.sinks(),
              Activation.of(y))
          .run(step, Meter.NONE);

      for (int s = 0; isCompared && s < step.sequences().size(); s++) {
        SequenceRows sequence = step.sequences().get(s);
        // Blocks of quantised types end where heads do.
        float[] all = everything.get(s).segment().toArray(ValueLayout.JAVA_FLOAT);
        float[] cached = TestData.round(c.kvType, all);
        for (int i = 0; i < sequence.count(); i++) {
          for (int head = 0; head < heads; head++) {
            double[] expected = attend(c, all, cached, heads, head, sequence.position() + i);
            for (int d = 0; d < c.headDim; d++) {
              long at = ((long) (sequence.first() + i) * heads + head) * c.headDim + d;
              assertEquals(expected[d], y.get(at), 2e-5, "head " + head + ", element " + d);
            }
          }
        }
      }
      return y.segment().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private static double[] attend(
      Case c, float[] all, float[] cached, int heads, int head, int position) {
    int width = (heads + 2 * c.kvHeads) * c.headDim;
    int kvHead = head / c.group;
    int from = (int) Math.max(0, position - (long) c.window + 1);
    double[] weights =
        IntStream.rangeClosed(from, position)
            .mapToDouble(
                key -> {
                  double score = 0;
                  for (int d = 0; d < c.headDim; d++) {
                    score +=
                        (double) all[position * width + head * c.headDim + d]
                            * cached[key * width + (heads + kvHead) * c.headDim + d];
                  }
                  score *= c.scale();
                  return Math.exp(
                      c.softCap() == 0 ? score : c.softCap() * Math.tanh(score / c.softCap()));
                })
            .toArray();
    double sum = IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
    sum += c.sinks() == null ? 0 : Math.exp(c.sinks()[head]);
    double[] result = new double[c.headDim];
    for (int key = from; key <= position; key++) {
      for (int d = 0; d < c.headDim; d++) {
        int at = key * width + (heads + c.kvHeads + kvHead) * c.headDim + d;
        result[d] += weights[key - from] / sum * cached[at];
      }
    }
    return result;
  }
}
