package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.training.ActivationsTest.item;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingMemoryTest {
  private static final TrainingBatch ONE = new TrainingBatch(2048, 1, 1);
  private static final MemoryOptions DEFAULT = MemoryOptions.DEFAULT;

  private static long modelStates(TrainingMemory memory) {
    return memory.bytes(Group.WEIGHTS)
        + memory.bytes(Group.GRADIENTS)
        + memory.bytes(Group.OPTIMIZER);
  }

  private static long modelStates(TrainingModel model, MemoryOptions options, int dataParallel) {
    ParallelLayout layout = new ParallelLayout(dataParallel, 1, 1, false, 1);
    return modelStates(TrainingMemory.peak(model, ONE, layout, options));
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  /** Each rank of a ZeRO group is dealt every n-th element; the fullest is what is predicted. */
  @ParameterizedTest
  @MethodSource("seeds")
  void zeroDealsEveryStateOverTheRanks(int seed) {
    Random random = new Random(seed);
    TrainingModel model = TrainingModels.random(random);
    int ranks = 1 + random.nextInt(9);
    TrainingPrecision precision =
        random.nextBoolean() ? TrainingPrecision.FP32 : TrainingPrecision.MIXED_BF16_FP32_GRADIENTS;
    for (ZeroStage zero : ZeroStage.values()) {
      MemoryOptions options = DEFAULT.with(precision).with(zero);
      long fullest = 0;
      long all = 0;
      for (int rank = 0; rank < ranks; rank++) {
        long mine = 0;
        for (long element = rank; element < model.parameters(); element += ranks) {
          mine++;
        }
        long everything = model.parameters();
        long weights = (zero == ZeroStage.WEIGHTS ? mine : everything) * precision.weightBytes();
        long gradients =
            (zero == ZeroStage.GRADIENTS || zero == ZeroStage.WEIGHTS ? mine : everything)
                * (long) precision.gradientBytes();
        long optimizer =
            (zero != ZeroStage.NONE ? mine : everything) * (8L + precision.masterBytes());
        fullest = Math.max(fullest, weights + gradients + optimizer);
        all += weights + gradients + optimizer;
      }
      assertEquals(fullest, modelStates(model, options, ranks), zero + " on " + ranks);
      if (zero == ZeroStage.WEIGHTS) {
        assertEquals(modelStates(model, DEFAULT.with(precision), 1), all);
      }
    }
  }

  /** Over all stages and ranks, what is held once in the model is held once in the cluster. */
  @ParameterizedTest
  @MethodSource("seeds")
  void tensorAndPipelineParallelismCutTheWeights(int seed) {
    Random random = new Random(seed);
    TrainingModel model = TrainingModels.random(random);
    int tensor = 1 << random.nextInt(3);
    int pipeline = 1 << random.nextInt(3);
    ParallelLayout layout = new ParallelLayout(1, tensor, pipeline, false, 1);
    long held = 0;
    long expected = 0;
    for (int stage = 0; stage < pipeline; stage++) {
      held +=
          TrainingMemory.ofStage(model, ONE, layout, DEFAULT, stage).bytes(Group.WEIGHTS) * tensor;
      long layers = model.numHiddenLayers() / pipeline;
      for (int layer = 0; layer < layers; layer++) {
        for (ParameterTensor weight : model.layerTensors()) {
          expected += 2 * heldByAll(weight, tensor);
        }
      }
      boolean hasEmbeddingCopy = stage == pipeline - 1 && stage > 0 && model.isTied();
      if (stage == 0) {
        for (ParameterTensor weight : model.embeddingTensors()) {
          expected += 2 * heldByAll(weight, tensor);
        }
      }
      if (stage == pipeline - 1) {
        for (ParameterTensor weight : model.headTensors()) {
          expected += 2 * heldByAll(weight, tensor);
        }
      }
      if (hasEmbeddingCopy) {
        expected += 2 * heldByAll(model.embeddingTensors().getFirst(), tensor);
      }
    }
    assertEquals(expected, held);
  }

  /** Every rank takes as many units as the fullest one. */
  private static long heldByAll(ParameterTensor weight, int ranks) {
    if (weight.split() == ParameterTensor.Split.NONE) {
      return weight.elements() * ranks;
    }
    long perUnit = weight.elements() / weight.units();
    long units = 0;
    for (int unit = 0; unit < weight.units(); unit += ranks) {
      units++;
    }
    return perUnit * units * ranks;
  }

  @Test
  void erratum022MixedAdamIsSixteenBytes() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    assertEquals(6_738_415_616L, model.parameters());
    assertEquals(16 * model.parameters(), modelStates(model, DEFAULT, 1));
    assertEquals(107.8, modelStates(model, DEFAULT, 1) / 1e9, 0.05);
  }

  @Test
  void erratum024CheckpointingKeepsLess() {
    long with =
        TrainingMemory.peak(
                TrainingModels.LLAMA_7B,
                ONE,
                ParallelLayout.SINGLE,
                DEFAULT.with(Checkpointing.FULL, 1))
            .bytes(Group.ACTIVATIONS);
    long without =
        TrainingMemory.peak(TrainingModels.LLAMA_7B, ONE, ParallelLayout.SINGLE, DEFAULT)
            .bytes(Group.ACTIVATIONS);
    assertTrue(8 * with < without, with + " with, " + without + " without");
  }

  /** Segments of g layers keep L / g inputs and g live layers; g = sqrt(L) is near the least. */
  @Test
  void erratum026SegmentsKeepInputsAndOneLiveSegment() {
    TrainingModel model = TrainingModels.llama("m", 1000, 256, 1024, 36, 4, 4, 64);
    long input = 2L * 2048 * 256;
    long layer =
        LayerActivations.of(model, ONE, DEFAULT).stream()
            .mapToLong(activation -> activation.bytes(ParallelLayout.SINGLE))
            .sum();
    for (int segment : new int[] {1, 4, 6, 36}) {
      TrainingMemory memory =
          TrainingMemory.peak(
              model, ONE, ParallelLayout.SINGLE, DEFAULT.with(Checkpointing.FULL, segment));
      assertEquals(36L / segment * input, item(memory, "checkpointed inputs"));
      assertEquals(segment * layer, item(memory, "layers being recomputed"));
    }
  }

  @Test
  void erratum027LogitsNotAShareOfTheWeights() {
    TrainingMemory memory =
        TrainingMemory.peak(
            TrainingModels.LLAMA_7B, new TrainingBatch(2048, 8, 1), ParallelLayout.SINGLE, DEFAULT);
    assertEquals(2.1, item(memory, "logits in fp32") / 1e9, 0.01);
  }

  /** The backward pass frees as it goes: its extra is one layer's gradients, not all over again. */
  @Test
  void erratum028TheBackwardPassDoesNotDoubleActivations() {
    TrainingMemory memory =
        TrainingMemory.peak(TrainingModels.LLAMA_7B, ONE, ParallelLayout.SINGLE, DEFAULT);
    long gradients = item(memory, "gradients of one layer's activations");
    assertEquals(2L * 2048 * (4096 + 3 * 11008), gradients);
    assertTrue(40 * gradients < memory.bytes(Group.ACTIVATIONS));
  }

  @ParameterizedTest
  @CsvSource({"1, 107.8", "2, 107.8", "64, 107.8"})
  void erratum047DataParallelismAloneCopiesEverything(int ranks, double gigabytes) {
    assertEquals(gigabytes, modelStates(TrainingModels.LLAMA_7B, DEFAULT, ranks) / 1e9, 0.05);
  }

  @Test
  void erratum052And080ZeroLeavesOneShareAndSavesTheRest() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    double optimizer = 12.0 * model.parameters();
    double saved =
        modelStates(model, DEFAULT, 64) - modelStates(model, DEFAULT.with(ZeroStage.OPTIMIZER), 64);
    assertEquals(0.984, saved / optimizer, 0.0005);
    assertEquals(
        16 * model.parameters() / 64, modelStates(model, DEFAULT.with(ZeroStage.WEIGHTS), 64));
  }

  /** 3 B, 30 B and 100 B parameters: 48, 480 and 1,600 GB, mixed precision or not. */
  @ParameterizedTest
  @EnumSource(
      value = TrainingPrecision.class,
      names = {"FP32", "MIXED_BF16", "MIXED_FP16"})
  void erratum054To056ModelsTakeSixteenBytesPerParameter(TrainingPrecision precision) {
    int states = precision.weightBytes() + precision.gradientBytes() + precision.masterBytes() + 8;
    assertEquals(48, 3.0 * states);
    assertEquals(480, 30.0 * states);
    assertTrue(30.0 * states > 3 * 80);
    assertEquals(1600, 100.0 * states);
    assertTrue(100.0 * states > 8 * 80);
    assertEquals(
        states * TrainingModels.GPT_3.parameters(),
        modelStates(TrainingModels.GPT_3, DEFAULT.with(precision), 1));
  }

  @Test
  void erratum079GradientsIn16BitsOr32() {
    TrainingModel model = TrainingModels.LLAMA_2_70B;
    assertEquals(68_976_648_192L, model.parameters());
    assertEquals(1104, modelStates(model, DEFAULT, 1) / 1e9, 0.5);
    assertEquals(
        18 * model.parameters(),
        modelStates(model, DEFAULT.with(TrainingPrecision.MIXED_BF16_FP32_GRADIENTS), 1));
  }

  /** 14 + (28 + 28 + 56) / 2 + 17 GB, in the text's round 7 B and with fp32 gradients. */
  @Test
  void erratum091TwoCardsAreTooFewForZero2() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    MemoryOptions options =
        DEFAULT
            .with(TrainingPrecision.MIXED_BF16_FP32_GRADIENTS)
            .with(ZeroStage.GRADIENTS)
            .with(Checkpointing.FULL, 1);
    TrainingMemory two =
        TrainingMemory.peak(
            model, new TrainingBatch(2048, 32, 1), new ParallelLayout(2, 1, 1, false, 1), options);
    double perParameter = modelStates(two) / (double) model.parameters();
    assertEquals(2 + (4 + 4 + 8) / 2.0, perParameter, 1e-6);
    assertEquals(87, 7 * perParameter + item(two, "checkpointed inputs") / 1e9, 0.5);
    assertTrue(two.deviceBytes() > 80e9);
    double four = 7 * (2 + (4 + 4 + 8) / 4.0) + item(two, "checkpointed inputs") / 1e9;
    assertEquals(59, four, 0.5);
  }

  /** 29 layers of 1024 with a vocabulary of 6400: 493 M parameters take 7.9 GB, not 5.8. */
  @Test
  void erratum108TrainingInFp32IsFourTimesTheWeights() {
    TrainingModel model = TrainingModels.llama("lesson", 6400, 1024, 4096, 29, 16, 16, 64);
    long states = modelStates(model, DEFAULT.with(TrainingPrecision.FP32), 1);
    assertEquals(16 * model.parameters(), states);
    double untied = 6400.0 * 1024;
    assertEquals(7.9, (states - 16 * untied) / 1e9, 0.05);
  }

  /** Rajbhandari et al. 2020, table 1: 7.5 B parameters on 64 ranks. */
  @ParameterizedTest
  @CsvSource({"NONE, 120", "OPTIMIZER, 31.4", "GRADIENTS, 16.6", "WEIGHTS, 1.88"})
  void zeroIsAsInItsPaper(ZeroStage zero, double gigabytes) {
    TrainingModel model = TrainingModels.llama("m", 32000, 4096, 11008, 32, 32, 32, 128);
    double perParameter = modelStates(model, DEFAULT.with(zero), 64) / (double) model.parameters();
    assertEquals(gigabytes, 7.5 * perParameter, 0.05);
  }

  @Test
  void offloadMovesStatesToTheHost() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    TrainingMemory memory =
        TrainingMemory.peak(model, ONE, ParallelLayout.SINGLE, DEFAULT.with(Offload.OPTIMIZER));
    assertEquals(14 * model.parameters(), memory.hostBytes());
    TrainingMemory stay = TrainingMemory.peak(model, ONE, ParallelLayout.SINGLE, DEFAULT);
    long passing = item(memory, "unreduced gradients of one module");
    assertEquals(stay.deviceBytes() - 14 * model.parameters() + passing, memory.deviceBytes());
    TrainingMemory nothing =
        TrainingMemory.peak(
            model,
            ONE,
            ParallelLayout.SINGLE,
            DEFAULT.with(ZeroStage.WEIGHTS).with(Offload.EVERYTHING));
    assertEquals(16 * model.parameters(), nothing.hostBytes());
  }

  /** The schedule, pass by pass: what the first stage has forwarded and not yet backwarded. */
  @ParameterizedTest
  @CsvSource({"4, 8, 1", "4, 2, 1", "2, 6, 2", "4, 8, 2", "4, 4, 3"})
  void activationsInFlightAreThoseOfTheSchedule(int stages, int microBatches, int chunks) {
    TrainingModel model = TrainingModels.llama("m", 100, 64, 128, 24, 4, 4, 16);
    TrainingBatch batch = new TrainingBatch(16, 1, microBatches);
    ParallelLayout layout = new ParallelLayout(1, 1, stages, false, chunks);
    long layer =
        LayerActivations.of(model, batch, DEFAULT).stream()
            .mapToLong(activation -> activation.bytes(layout))
            .sum();
    int warmup = chunks == 1 ? stages - 1 : 2 * (stages - 1) + (chunks - 1) * stages;
    int passes = microBatches * chunks;
    int inFlight = 0;
    int most = 0;
    int forwards = 0;
    for (int backwards = 0; backwards < passes; backwards++) {
      while (forwards < passes && forwards <= warmup + backwards) {
        forwards++;
        inFlight++;
        most = Math.max(most, inFlight);
      }
      inFlight--;
    }
    TrainingMemory first = TrainingMemory.ofStage(model, batch, layout, DEFAULT, 0);
    assertEquals(most * (24L / (stages * chunks)) * layer, item(first, "layers"));
  }

  /**
   * Korthikanti et al. 2022, section 4.2.3: interleaving takes 1 + (p - 1) / (p v) times as much.
   */
  @Test
  void interleavingTakesThePapersFactor() {
    TrainingModel model = TrainingModels.llama("m", 100, 64, 128, 24, 4, 4, 16);
    TrainingBatch batch = new TrainingBatch(16, 1, 64);
    long plain =
        item(
            TrainingMemory.ofStage(model, batch, new ParallelLayout(1, 1, 4, false, 1), DEFAULT, 0),
            "layers");
    long interleaved =
        item(
            TrainingMemory.ofStage(model, batch, new ParallelLayout(1, 1, 4, false, 3), DEFAULT, 0),
            "layers");
    assertEquals(1 + 3.0 / 12, interleaved / (double) plain, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theLargestMicroBatchFitsAndTheNextDoesNot(int seed) {
    Random random = new Random(seed);
    TrainingModel model = TrainingModels.random(random);
    TrainingBatch batch = new TrainingBatch(1 + random.nextInt(64), 1, 1);
    long memory = random.nextLong(1000, 4_000_000);
    int largest =
        TrainingMemory.largestMicroBatch(model, batch, ParallelLayout.SINGLE, DEFAULT, memory);
    int searched = 0;
    while (TrainingMemory.peak(
                model, batch.withMicroBatch(searched + 1), ParallelLayout.SINGLE, DEFAULT)
            .deviceBytes()
        <= memory) {
      searched++;
    }
    assertEquals(searched, largest);
  }

  @Test
  void theDerivationsTermsAreTheSum() {
    TrainingMemory memory =
        TrainingMemory.peak(TrainingModels.LLAMA_7B, ONE, ParallelLayout.SINGLE, DEFAULT);
    assertEquals(
        memory.deviceBytes(),
        memory.derivation().terms().stream().mapToLong(term -> term.value().longValue()).sum());
  }

  @Test
  void accumulationNeedsNoFurtherMemory() {
    long once =
        TrainingMemory.peak(TrainingModels.LLAMA_7B, ONE, ParallelLayout.SINGLE, DEFAULT)
            .deviceBytes();
    assertEquals(
        once,
        TrainingMemory.peak(
                TrainingModels.LLAMA_7B,
                new TrainingBatch(2048, 1, 512),
                ParallelLayout.SINGLE,
                DEFAULT)
            .deviceBytes());
  }

  @Test
  void refusesWhatCannotBeShared() {
    assertMessage(
        "layout: pipelineParallel * chunksPerStage must divide the layers, which are 32, but is 5",
        new ParallelLayout(1, 1, 5, false, 1));
    assertMessage(
        "layout: tensorParallel must divide the attention heads, which are 32, but is 3",
        new ParallelLayout(1, 3, 1, false, 1));
    assertEquals(
        "batch: microBatch must be positive, but is 0",
        assertThrows(InvalidInputException.class, () -> new TrainingBatch(1, 0, 1)).getMessage());
    assertEquals(
        "memory: offload of weights needs ZeRO-3, but is EVERYTHING",
        assertThrows(InvalidInputException.class, () -> DEFAULT.with(Offload.EVERYTHING))
            .getMessage());
    assertEquals(
        "layout: chunksPerStage must be 1 without a pipeline, but is 2",
        assertThrows(InvalidInputException.class, () -> new ParallelLayout(1, 1, 1, false, 2))
            .getMessage());
  }

  @Test
  void refusesWhatPassesALong() {
    assertEquals(
        "batch: microBatch 2147483647 of sequenceLength 2147483647 needs more than 2^63 bytes",
        assertThrows(
                InvalidInputException.class,
                () ->
                    TrainingMemory.peak(
                        TrainingModels.LLAMA_7B,
                        new TrainingBatch(Integer.MAX_VALUE, Integer.MAX_VALUE, 1),
                        ParallelLayout.SINGLE,
                        DEFAULT))
            .getMessage());
    assertEquals(
        "device: memoryBytes must hold fewer than 1048576 sequences, but is 4000000000000000000",
        assertThrows(
                InvalidInputException.class,
                () ->
                    TrainingMemory.largestMicroBatch(
                        TrainingModels.LLAMA_7B,
                        new TrainingBatch(1, 1, 1),
                        ParallelLayout.SINGLE,
                        DEFAULT,
                        4_000_000_000_000_000_000L))
            .getMessage());
  }

  private static void assertMessage(String message, ParallelLayout layout) {
    assertEquals(
        message,
        assertThrows(
                InvalidInputException.class,
                () -> TrainingMemory.peak(TrainingModels.LLAMA_7B, ONE, layout, DEFAULT))
            .getMessage());
  }
}
