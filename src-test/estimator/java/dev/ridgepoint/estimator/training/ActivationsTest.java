package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationsTest {
  private static final MemoryOptions EAGER = MemoryOptions.DEFAULT.withFlashAttention(false);

  private static long bytes(
      TrainingModel model, TrainingBatch batch, ParallelLayout layout, MemoryOptions options) {
    return LayerActivations.of(model, batch, options).stream()
        .mapToLong(activation -> activation.bytes(layout))
        .sum();
  }

  private static ParallelLayout tensorParallel(int ranks, boolean sequenceParallel) {
    return new ParallelLayout(1, ranks, 1, sequenceParallel, 1);
  }

  static IntStream seeds() {
    return IntStream.range(0, 100);
  }

  /** Tensor by tensor, the GPT block adds up to the paper's closed formula, in all its variants. */
  @ParameterizedTest
  @MethodSource("seeds")
  void theGptBlockIsMegatronsFormula(int seed) {
    Random random = new Random(seed);
    int ranks = 1 << random.nextInt(3);
    int heads = ranks * (1 + random.nextInt(4));
    int hidden = heads * 2 * (1 + random.nextInt(8));
    int positions = ranks * (1 + random.nextInt(40));
    TrainingBatch batch = new TrainingBatch(positions, 1 + random.nextInt(5), 1);
    TrainingModel model = TrainingModel.gpt("gpt", 2, hidden, heads, 11, 64);
    for (boolean shared : new boolean[] {false, true}) {
      MegatronFormula formula =
          new MegatronFormula(positions, batch.microBatch(), hidden, heads, ranks, shared);
      for (Checkpointing checkpointing :
          new Checkpointing[] {Checkpointing.NONE, Checkpointing.SELECTIVE}) {
        assertEquals(
            formula.bytesPerLayer(checkpointing),
            bytes(model, batch, tensorParallel(ranks, shared), EAGER.with(checkpointing, 1)),
            checkpointing + " shared " + shared);
      }
      assertEquals(
          formula.bytesPerLayer(Checkpointing.FULL),
          LayerActivations.input(model, batch, EAGER).bytes(tensorParallel(ranks, shared)));
    }
  }

  /**
   * A Llama layer run forward operation by operation: each names the tensors its backward needs, as
   * maps from name to bytes on one rank, so that a tensor needed twice is kept once.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void theLlamaBlockIsWhatItsBackwardPassNeeds(int seed) {
    Random random = new Random(seed);
    TrainingModel model;
    do {
      model = TrainingModels.random(random);
    } while (model.block() != TrainingModel.Block.LLAMA);
    int ranks = 1 << random.nextInt(3);
    boolean shared = random.nextBoolean();
    TrainingBatch batch = new TrainingBatch(1 + random.nextInt(50), 1 + random.nextInt(4), 1);
    for (boolean flash : new boolean[] {false, true}) {
      for (TrainingPrecision precision : TrainingPrecision.values()) {
        MemoryOptions options = EAGER.with(precision).withFlashAttention(flash);
        long expected = 0;
        for (long tensor : llamaTensors(model, batch, ranks, shared, options).values()) {
          expected += tensor;
        }
        assertEquals(
            expected, bytes(model, batch, tensorParallel(ranks, shared), options), model.name());
      }
    }
  }

  private static Map<String, Long> llamaTensors(
      TrainingModel model, TrainingBatch batch, int ranks, boolean shared, MemoryOptions options) {
    long element = options.precision().activationBytes();
    long sequences = batch.microBatch();
    // The fullest rank is the first: it takes positions, heads and columns 0, ranks, 2 ranks, ...
    long positions = 0;
    for (int position = 0; position < batch.sequenceLength(); position++) {
      positions += !shared || position % ranks == 0 ? 1 : 0;
    }
    long heads = every(model.numAttentionHeads(), ranks);
    long groups = every(model.numKeyValueHeads(), ranks);
    long columns = every(model.intermediateSize(), ranks);
    long tokens = sequences * batch.sequenceLength();
    long rows = sequences * positions;
    long hidden = model.hiddenSize();
    long d = model.headDim();

    Map<String, Long> kept = new LinkedHashMap<>();
    // y = x / rms(x) * weight: x and 1 / rms
    kept.put("x", rows * hidden * element);
    kept.put("1 / rms(x)", rows * 4);
    // the products with Wq, Wk and Wv need the same y
    kept.put("y", rows * hidden * element);
    if (model.hasQkNorm()) {
      kept.put("q unnormalised", tokens * heads * d * element);
      kept.put("k unnormalised", tokens * groups * d * element);
      kept.put("1 / rms(q)", tokens * heads * 4);
      kept.put("1 / rms(k)", tokens * groups * 4);
    }
    // rotation is linear and needs nothing; q k^T needs both, softmax its output, p v both
    kept.put("q", tokens * heads * d * element);
    kept.put("k", tokens * groups * d * element);
    kept.put("v", tokens * groups * d * element);
    if (options.flashAttention()) {
      kept.put("log-sum-exp", tokens * heads * 4);
    } else {
      kept.put("p", tokens * heads * batch.sequenceLength() * element);
    }
    kept.put("attention output", tokens * heads * d * element);
    kept.put("x + attention", rows * hidden * element);
    kept.put("1 / rms(x + attention)", rows * 4);
    kept.put("z", rows * hidden * element);
    // silu(gate) * up needs gate and up; the product with Wdown needs its result
    kept.put("gate", tokens * columns * element);
    kept.put("up", tokens * columns * element);
    kept.put("silu(gate) * up", tokens * columns * element);
    return kept;
  }

  private static long every(int units, int ranks) {
    long mine = 0;
    for (int unit = 0; unit < units; unit += ranks) {
      mine++;
    }
    return mine;
  }

  /** In GB, to the digits that the erratum prints. */
  private static double gigabytes(
      MegatronFormula formula, Checkpointing checkpointing, int layers) {
    return formula.derivation(checkpointing, layers).value().longValue() / 1e9;
  }

  @Test
  void erratum025ActivationsOfLlama7b() {
    MegatronFormula formula = MegatronFormula.of(2048, 1, 4096, 32);
    assertEquals(30.6, gigabytes(formula, Checkpointing.NONE, 32), 0.05);
    assertEquals(9.13, gigabytes(formula, Checkpointing.SELECTIVE, 32), 0.005);
    assertEquals(0.54, gigabytes(formula, Checkpointing.FULL, 32), 0.005);
  }

  @Test
  void erratum046TheCoefficientIsNotOne() {
    MegatronFormula formula = MegatronFormula.of(2048, 1, 4096, 32);
    long elements = 2048L * 4096;
    assertEquals(57 * 2 * elements, formula.bytesPerLayer(Checkpointing.NONE));
    assertEquals(17 * 2 * elements, formula.bytesPerLayer(Checkpointing.SELECTIVE));
  }

  @Test
  void erratum078ThirtyFourIsBytesAlready() {
    MegatronFormula formula = MegatronFormula.of(2048, 1, 8192, 64);
    assertEquals(45.6, gigabytes(formula, Checkpointing.SELECTIVE, 80), 0.05);
    assertEquals(153, gigabytes(formula, Checkpointing.NONE, 80), 0.5);
  }

  @Test
  void erratum090RecomputationLeavesTheInputsOfTheLayers() {
    MegatronFormula formula = MegatronFormula.of(2048, 32, 4096, 32);
    assertEquals(17.2, gigabytes(formula, Checkpointing.FULL, 32), 0.05);
    assertEquals(292, gigabytes(formula, Checkpointing.SELECTIVE, 32), 0.5);
    assertEquals(9.1, formula.bytesPerLayer(Checkpointing.SELECTIVE) / 1e9, 0.05);
    assertEquals(31, formula.bytesPerLayer(Checkpointing.NONE) / 1e9, 0.5);
    long logits = 4L * 32 * 2048 * 32000;
    TrainingMemory memory =
        TrainingMemory.peak(
            TrainingModels.LLAMA_7B,
            new TrainingBatch(2048, 32, 1),
            ParallelLayout.SINGLE,
            EAGER.with(Checkpointing.FULL, 1));
    assertEquals(logits, item(memory, "logits in fp32"));
    assertEquals(17_179_869_184L, item(memory, "checkpointed inputs"));
    assertEquals(8.4, logits / 1e9, 0.05);
  }

  static long item(TrainingMemory memory, String name) {
    return memory.items().stream()
        .filter(item -> item.name().equals(name))
        .mapToLong(TrainingMemory.Item::bytes)
        .sum();
  }

  @Test
  void refusesHeadsThatCannotBeShared() {
    assertEquals(
        "activations: tensorParallel must divide the attention heads, which are 32, but is 3",
        assertThrows(
                InvalidInputException.class, () -> new MegatronFormula(1, 1, 4096, 32, 3, false))
            .getMessage());
  }
}
