package dev.ridgepoint.estimator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.training.Checkpointing;
import dev.ridgepoint.estimator.training.MemoryOptions;
import dev.ridgepoint.estimator.training.ParallelLayout;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.estimator.training.TrainingModel;
import dev.ridgepoint.estimator.training.TrainingModels;
import dev.ridgepoint.estimator.training.ZeroStage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepTrafficTest {
  private static final Link NVLINK = new Link("NVLink 4", 450e9, 0);
  private static final Link INFINIBAND = new Link("InfiniBand", 50e9, 2e-6);
  private static final Cluster CLUSTER =
      new Cluster("H100", 64, 8, 80_000_000_000L, 989.4e12, 0.7, NVLINK, INFINIBAND);

  private static List<Traffic> traffic(
      TrainingModel model, TrainingBatch batch, ParallelLayout layout, MemoryOptions options) {
    return new StepTraffic(model, batch, layout, options, CLUSTER, Overlap.NONE).all();
  }

  private static long sent(List<Traffic> traffic) {
    return traffic.stream().mapToLong(Traffic::sentBytes).sum();
  }

  private static ParallelLayout tensor(int ranks, boolean sequenceParallel) {
    return new ParallelLayout(1, ranks, 1, sequenceParallel, 1);
  }

  /** Two sums per layer forward, as in inference, whatever the parameters. */
  private static long forwardBytes(TrainingModel model, int ranks, long batch, long positions) {
    long message = batch * positions * model.hiddenSize() * 2;
    return 2L * model.numHiddenLayers() * Collective.ALL_REDUCE.sentBytes(ranks, message);
  }

  @Test
  void erratum048TensorParallelismSendsActivationsNotParameters() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    assertEquals(1.88, forwardBytes(model, 8, 1, 2048) / 1e9, 0.005);
    assertEquals(0.9, forwardBytes(model, 8, 1, 1) / 1e6, 0.05);
  }

  @Test
  void erratum087And088PrefillOnEightDevices() {
    long bytes = forwardBytes(TrainingModels.LLAMA_2_70B, 8, 8, 512);
    assertEquals(18.8, bytes / 1e9, 0.05);
    assertEquals(41.8, bytes / NVLINK.bytesPerSecond() * 1e3, 0.1);
    assertEquals(20.9, bytes / (2 * NVLINK.bytesPerSecond()) * 1e3, 0.05);
    double compute = 573.4e12 / (8 * 990e12 * 0.5);
    assertEquals(187, (compute + bytes / NVLINK.bytesPerSecond()) * 1e3, 0.5);
  }

  @Test
  void erratum089DecodingPaysOneLatencyPerSum() {
    int sums = 2 * TrainingModels.LLAMA_2_70B.numHiddenLayers();
    assertEquals(160, sums);
    assertEquals(1.6e-3, sums * 10e-6, 1e-9);
  }

  /** The text's formula holds only if AllReduce stands for 2 (n-1) / n. */
  @Test
  void erratum093TheFactorOfARingIsTwoNMinusOneOverN() {
    long message = 1L << 20;
    for (int ranks : new int[] {2, 4, 8, 16}) {
      assertEquals(
          2 * (ranks - 1) * message / ranks, Collective.ALL_REDUCE.sentBytes(ranks, message));
    }
  }

  /** A step of m micro-batches: 4 sums per layer and pass, 6 with full checkpointing. */
  @ParameterizedTest
  @CsvSource({"NONE, 4", "SELECTIVE, 4", "FULL, 6"})
  void trainingSumsForwardAndBackward(Checkpointing checkpointing, int sums) {
    TrainingModel model = TrainingModels.LLAMA_7B;
    TrainingBatch batch = new TrainingBatch(2048, 2, 3);
    long expected = 0;
    long message = Collective.ALL_REDUCE.sentBytes(4, 2L * 2048 * 4096 * 2);
    for (int microBatch = 0; microBatch < 3; microBatch++) {
      expected += 2 * message;
      for (int layer = 0; layer < 32; layer++) {
        expected += sums * message;
      }
    }
    MemoryOptions options = MemoryOptions.DEFAULT.with(checkpointing, 1);
    assertEquals(expected, sent(traffic(model, batch, tensor(4, false), options)));
  }

  @Test
  void sequenceParallelismExposesTheSameBytes() {
    TrainingBatch batch = new TrainingBatch(2048, 2, 3);
    List<Traffic> shared =
        traffic(TrainingModels.LLAMA_7B, batch, tensor(4, true), MemoryOptions.DEFAULT);
    List<Traffic> plain =
        traffic(TrainingModels.LLAMA_7B, batch, tensor(4, false), MemoryOptions.DEFAULT);
    assertEquals(
        sent(plain), sent(shared.stream().filter(message -> message.hiddenShare() == 0).toList()));
    assertTrue(sent(shared) > sent(plain), "inputs are gathered once more, hidden");
  }

  /**
   * Rajbhandari et al. 2020, section 7: 2 P for ZeRO-1 and 2, 3 P for ZeRO-3, without accumulation.
   */
  @ParameterizedTest
  @CsvSource({
    "NONE, 1, 2", "OPTIMIZER, 1, 2", "GRADIENTS, 1, 2", "WEIGHTS, 1, 3",
    "NONE, 4, 2", "OPTIMIZER, 4, 2", "GRADIENTS, 4, 5", "WEIGHTS, 4, 12"
  })
  void zeroSendsMultiplesOfTheParameters(ZeroStage zero, int microBatches, int multiple) {
    TrainingModel model = TrainingModels.LLAMA_7B;
    List<Traffic> traffic =
        traffic(
            model,
            new TrainingBatch(2048, 1, microBatches),
            new ParallelLayout(8, 1, 1, false, 1),
            MemoryOptions.DEFAULT.with(zero));
    assertEquals(multiple * 2 * model.parameters() / 8 * 7, sent(traffic));
  }

  @Test
  void stagesSendActivationsForwardAndGradientsBack() {
    TrainingBatch batch = new TrainingBatch(2048, 1, 16);
    long message = 2048L * 4096 * 2;
    assertEquals(
        2 * 16 * message,
        sent(
            traffic(
                TrainingModels.LLAMA_7B,
                batch,
                new ParallelLayout(1, 1, 4, false, 1),
                MemoryOptions.DEFAULT)));
    assertEquals(
        2 * 2 * 16 * message,
        sent(
            traffic(
                TrainingModels.LLAMA_7B,
                batch,
                new ParallelLayout(1, 1, 4, false, 2),
                MemoryOptions.DEFAULT)));
  }

  @Test
  void aTiedEmbeddingIsSummedOverItsTwoStages() {
    List<Traffic> traffic =
        traffic(
            TrainingModels.GPT_3,
            new TrainingBatch(2048, 1, 16),
            new ParallelLayout(1, 1, 4, false, 1),
            MemoryOptions.DEFAULT);
    assertEquals(2L * 51200 * 12288, traffic.getLast().sentBytes());
  }

  @Test
  void groupsTakeTheLinkTheySpan() {
    List<Traffic> traffic =
        traffic(
            TrainingModels.LLAMA_7B,
            new TrainingBatch(2048, 1, 8),
            new ParallelLayout(4, 4, 4, false, 1),
            MemoryOptions.DEFAULT);
    for (Traffic message : traffic) {
      assertEquals(
          message.kind() == Traffic.Kind.TENSOR ? NVLINK : INFINIBAND,
          message.link(),
          message.name());
    }
  }

  /** Every token to k experts and back, forward and backward, but those of one's own rank. */
  @Test
  void expertsAreReachedByAllToAll() {
    long expected = 0;
    int ranks = 8;
    for (int way = 0; way < 4; way++) {
      for (int token = 0; token < 4096; token++) {
        for (int copy = 0; copy < 2; copy++) {
          int expertRank = (2 * token + copy) % ranks;
          expected += expertRank == 0 ? 0 : 1024 * 2;
        }
      }
    }
    assertEquals(expected, StepTraffic.expertParallel(ranks, 4096, 2, 1024, 2, NVLINK).sentBytes());
  }

  @Test
  void whatHidesDoesNotLengthenTheStep() {
    Overlap overlap = new Overlap(0.75, 1);
    List<Traffic> traffic =
        new StepTraffic(
                TrainingModels.LLAMA_7B,
                new TrainingBatch(2048, 1, 8),
                new ParallelLayout(4, 1, 4, false, 1),
                MemoryOptions.DEFAULT,
                CLUSTER,
                overlap)
            .all();
    for (Traffic message : traffic) {
      double hidden = message.kind() == Traffic.Kind.DATA ? 0.75 : 1;
      assertEquals(
          message.seconds() * (1 - hidden), message.exposedSeconds(), 1e-12, message.name());
      assertEquals(message.exposedSeconds(), message.derivation().value());
    }
  }
}
