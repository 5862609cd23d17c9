package dev.ridgepoint.estimator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineScheduleTest {
  private static final int FORWARD_SLOTS = 1;
  private static final int BACKWARD_SLOTS = 2;

  /** One pass of one micro-batch through one chunk; virtual stage = chunk * stages + stage. */
  private record Pass(boolean isForward, int microBatch, int virtualStage) {}

  /** Slot by slot: a stage works on its next pass as soon as what that pass needs is done. */
  private static int simulate(int stages, int microBatches, int chunks) {
    List<List<Pass>> orders = new ArrayList<>();
    for (int stage = 0; stage < stages; stage++) {
      orders.add(order(stage, stages, microBatches, chunks));
    }
    int virtualStages = stages * chunks;
    int[][] forwardDone = new int[microBatches][virtualStages];
    int[][] backwardDone = new int[microBatches][virtualStages];
    int[] next = new int[stages];
    int[] free = new int[stages];
    int remaining = 2 * microBatches * virtualStages;
    int slot = 0;
    while (remaining > 0) {
      for (int stage = 0; stage < stages; stage++) {
        List<Pass> order = orders.get(stage);
        if (free[stage] > slot || next[stage] == order.size()) {
          continue;
        }
        Pass pass = order.get(next[stage]);
        int at = pass.virtualStage;
        int ready;
        if (pass.isForward) {
          ready = at == 0 ? -1 : forwardDone[pass.microBatch][at - 1];
        } else {
          ready =
              at == virtualStages - 1
                  ? forwardDone[pass.microBatch][at]
                  : backwardDone[pass.microBatch][at + 1];
        }
        if (ready == 0 || ready > slot) {
          continue;
        }
        free[stage] = slot + (pass.isForward ? FORWARD_SLOTS : BACKWARD_SLOTS);
        (pass.isForward ? forwardDone : backwardDone)[pass.microBatch][at] = free[stage];
        next[stage]++;
        remaining--;
      }
      slot++;
      assertTrue(slot < 1_000_000, "the schedule is stuck");
    }
    int end = 0;
    for (int stageEnd : free) {
      end = Math.max(end, stageEnd);
    }
    return end;
  }

  /** Warm-up forwards, then one forward and one backward in turn, then the remaining backwards. */
  private static List<Pass> order(int stage, int stages, int microBatches, int chunks) {
    int passes = microBatches * chunks;
    int warmup =
        chunks == 1 ? stages - 1 - stage : 2 * (stages - 1 - stage) + (chunks - 1) * stages;
    warmup = Math.min(warmup, passes);
    List<Pass> order = new ArrayList<>();
    int forwards = 0;
    for (int backwards = 0; backwards < passes; backwards++) {
      while (forwards < passes && forwards <= backwards + warmup) {
        order.add(pass(true, forwards++, stage, stages, chunks));
      }
      order.add(pass(false, backwards, stage, stages, chunks));
    }
    return order;
  }

  /** Chunks take turns after groups of as many micro-batches as there are stages. */
  private static Pass pass(boolean isForward, int index, int stage, int stages, int chunks) {
    if (chunks == 1) {
      return new Pass(isForward, index, stage);
    }
    int group = index / (stages * chunks);
    int chunk = index / stages % chunks;
    int turn = isForward ? chunk : chunks - 1 - chunk;
    return new Pass(isForward, group * stages + index % stages, turn * stages + stage);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, 1",
    "2, 2, 1",
    "4, 4, 1",
    "4, 1, 1",
    "4, 16, 1",
    "8, 3, 1",
    "8, 32, 1",
    "2, 4, 2",
    "4, 8, 2",
    "4, 12, 3",
    "4, 4, 2",
    "8, 16, 4"
  })
  void theBubbleIsWhatTheScheduleWaits(int stages, int microBatches, int chunks) {
    int work = microBatches * chunks * (FORWARD_SLOTS + BACKWARD_SLOTS);
    int slots = simulate(stages, microBatches, chunks);
    PipelineSchedule schedule = new PipelineSchedule(stages, microBatches, chunks);
    assertEquals((slots - work) / (double) slots, schedule.bubbleFraction(), 1e-12);
    assertEquals(
        slots / (double) (chunks * (FORWARD_SLOTS + BACKWARD_SLOTS)),
        schedule.microBatchTimes(),
        1e-12);
  }

  @ParameterizedTest
  @CsvSource({"8, 0.467", "32, 0.179", "64, 0.099"})
  void erratum051TheBubbleDependsOnTheMicroBatches(int microBatches, double fraction) {
    assertEquals(fraction, new PipelineSchedule(8, microBatches, 1).bubbleFraction(), 0.0005);
  }

  @Test
  void chunksOfAStageShortenTheBubble() {
    assertEquals(7 / (64.0 + 7), new PipelineSchedule(8, 32, 2).bubbleFraction(), 1e-12);
  }
}
