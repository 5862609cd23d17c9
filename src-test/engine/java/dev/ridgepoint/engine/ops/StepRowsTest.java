package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.panels.KvCache;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepRowsTest {
  private final KvCache one = TestData.cache(1, 1, 10);
  private final KvCache other = TestData.cache(1, 1, 10);
  private final StepRows step = new StepRows();

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  @Test
  void sequencesFollowOneAnother() {
    step.begin();
    step.add(one, new int[] {7, 8, 9}, 2);
    step.add(other, new int[] {4}, 0);
    assertEquals(
        List.of(new SequenceRows(one, 0, 3, 2), new SequenceRows(other, 3, 1, 0)),
        step.sequences());
    assertEquals(4, step.rows());
    assertEquals(2, step.logitRows());
    assertEquals(List.of(7, 8, 9, 4), tokens());
  }

  private List<Integer> tokens() {
    return IntStream.range(0, step.rows()).map(step::token).boxed().toList();
  }

  @Test
  void keepsTheRowsThatTheLastStepHad() {
    step.begin();
    step.add(one, new int[] {1}, 1);
    step.add(other, new int[] {2}, 1);
    List<SequenceRows> last = List.copyOf(step.sequences());
    step.begin();
    step.add(one, new int[] {3}, 1);
    step.add(other, new int[] {4, 5}, 1);
    assertSame(last.get(0), step.sequences().get(0));
    assertNotSame(last.get(1), step.sequences().get(1));
    assertEquals(List.of(3, 4, 5), tokens());
  }

  @Test
  void forgetsSequencesThatEnded() {
    step.begin();
    step.add(one, new int[] {1}, 1);
    step.add(other, new int[] {2}, 1);
    step.begin();
    step.add(other, new int[] {3}, 0);
    assertEquals(List.of(new SequenceRows(other, 0, 1, 0)), step.sequences());
    assertEquals(0, step.logitRows());
  }

  @Test
  void gathersTheLastRowsOfEachSequence() {
    step.begin();
    step.add(one, new int[3], 2);
    step.add(other, new int[2], 1);
    try (Arena arena = Arena.ofShared()) {
      Tensor x = TestData.random(arena, new Random(1), 5, 2);
      Tensor y = Tensor.allocate(arena, DType.F32, 3, 2);
      step.gatherLogitRows(Activation.of(x), Activation.of(y));
      int[] gathered = {1, 2, 4};
      for (int i = 0; i < 6; i++) {
        assertEquals(x.get(2L * gathered[i / 2] + i % 2), y.get(i));
      }
    }
  }

  @Test
  void advancesEachCacheByItsRows() {
    step.begin();
    step.add(one, new int[3], 1);
    step.add(other, new int[1], 1);
    step.advanceCaches();
    assertEquals(3, one.length());
    assertEquals(1, other.length());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 3", "2, -1"})
  void refusesMoreLogitsThanTokens(int tokens, int logits) {
    step.begin();
    assertEquals(
        "sequence 0 has " + tokens + " new tokens and " + logits + " logits",
        assertThrows(IllegalArgumentException.class, () -> step.add(one, new int[tokens], logits))
            .getMessage());
  }
}
