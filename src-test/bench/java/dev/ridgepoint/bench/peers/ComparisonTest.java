package dev.ridgepoint.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.MedianInterval;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.config.ModelCatalog;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Workload PRODUCT = new Workload.Product("matmul", 100, 200, 500);

  private static Comparison comparison(Workload workload, double[]... seconds) {
    List<Comparison.Pair> pairs =
        Arrays.stream(seconds).map(pair -> new Comparison.Pair(pair[0], pair[1])).toList();
    return new Comparison(workload, DType.F32, 2, "Other", pairs);
  }

  @Test
  void ratioIsAboveOneWhereRidgepointIsFaster() {
    Comparison twice = comparison(PRODUCT, new double[] {0.01, 0.02});
    assertEquals(new MedianInterval(2, OptionalDouble.empty()), twice.ratio());
    assertTrue(twice.ours() > twice.theirs());
  }

  @Test
  void ratioIsTheMedianOfThePairsNotTheRatioOfTheMedians() {
    // The machine was four times as slow in the second pair, for both.
    Comparison comparison =
        comparison(PRODUCT, new double[] {1, 2}, new double[] {4, 8}, new double[] {2, 3});
    assertEquals(new MedianInterval(2, OptionalDouble.of(0.25)), comparison.ratio());
  }

  @Test
  void ratesAreMedians() {
    // 2 x 100 x 200 x 500 FLOPs are 20 million.
    Comparison product =
        comparison(PRODUCT, new double[] {0.01, 1}, new double[] {0.02, 4}, new double[] {9, 2});
    assertEquals(1, product.ours(), 1e-12);
    assertEquals(0.01, product.theirs(), 1e-12);
    Workload prefill = new Workload.Prefill("tiny", ModelCatalog.get("tiny"), 64);
    assertEquals(128, comparison(prefill, new double[] {0.5, 1}).ours());
    Workload decode = new Workload.Decode("tiny", ModelCatalog.get("tiny"), 64);
    assertEquals(2, comparison(decode, new double[] {0.5, 1}).ours());
  }
}
