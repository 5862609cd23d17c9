package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.model.watch.KernelCliff;
import java.util.List;
import org.junit.jupiter.api.Test;

class CliffsProfilerTest {

  @Test
  void eachOperationHasAResultOfItsKind() {
    List<String> results =
        CliffsProfiler.results(
                List.of(
                    new KernelCliff("ffn_down", 1, 6144, 1_000_000, 1),
                    new KernelCliff("attention", 8, 0, 1_000_000, 3.5)))
            .stream()
            .map(
                result -> result.getLabel() + " " + result.getScore() + " " + result.getScoreUnit())
            .toList();
    assertEquals(
        List.of("cliff.allocates.ffn_down 6144.0 B/call", "cliff.slower.attention 3.5 times"),
        results);
  }

  @Test
  void noCliffNoResult() {
    assertEquals(List.of(), CliffsProfiler.results(List.of()));
  }
}
