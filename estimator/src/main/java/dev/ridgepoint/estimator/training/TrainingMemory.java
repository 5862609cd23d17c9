package dev.ridgepoint.estimator.training;

import static dev.ridgepoint.estimator.input.Checks.require;
import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.Checks;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the fullest device of one pipeline stage holds at once. The runtime's own memory and
 * fragmentation are not in it.
 *
 * @param stage 0 is the first, which holds the embedding; the last holds the head
 * @param items what it is the sum of
 */
public record TrainingMemory(int stage, List<Item> items) {
  /** More sequences than this are not tried. */
  private static final int LARGEST_MICRO_BATCH = 1 << 20;

  /** Groups of items. */
  public enum Group {
    /** The weights that the forward pass reads. */
    WEIGHTS,
    /** Their gradients. */
    GRADIENTS,
    /** Moments and master weights. */
    OPTIMIZER,
    /** What the backward pass needs of the forward pass. */
    ACTIVATIONS,
    /** What lives only for moments: one layer's weights or gradients, logits. */
    BUFFERS
  }

  /**
   * One addend.
   *
   * @param group what reports sum it under
   * @param name what it is
   * @param bytes how much
   * @param isOnHost whether it lies in the host's memory
   */
  public record Item(Group group, String name, long bytes, boolean isOnHost) {}

  public TrainingMemory {
    items = List.copyOf(items);
  }

  /**
   * The memory of one stage.
   *
   * @throws InvalidInputException if the layers or heads cannot be shared evenly, there is no such
   *     stage, or the bytes pass 2^63
   */
  public static TrainingMemory ofStage(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      int stage) {
    require(
        stage >= 0 && stage < layout.pipelineParallel(),
        "layout",
        "stage",
        stage,
        "must lie in 0.." + (layout.pipelineParallel() - 1));
    try {
      return new StageMemory(model, batch, layout, options, stage).memory();
    } catch (ArithmeticException tooMany) {
      throw new InvalidInputException(
          "batch",
          String.format(
              Locale.ROOT,
              "microBatch %d of sequenceLength %d needs more than 2^63 bytes",
              batch.microBatch(),
              batch.sequenceLength()),
          tooMany);
    }
  }

  /**
   * The memory of the fullest stage: the first, which holds the embedding and the most
   * micro-batches in flight, or the last, which holds the head and the logits.
   */
  public static TrainingMemory peak(
      TrainingModel model, TrainingBatch batch, ParallelLayout layout, MemoryOptions options) {
    TrainingMemory first = ofStage(model, batch, layout, options, 0);
    int lastStage = layout.pipelineParallel() - 1;
    TrainingMemory last = ofStage(model, batch, layout, options, lastStage);
    return first.deviceBytes() >= last.deviceBytes() ? first : last;
  }

  /**
   * The largest micro-batch whose fullest stage fits.
   *
   * @param memoryBytes what a device has to spare for training
   * @return 0 if not even one sequence fits
   */
  public static int largestMicroBatch(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      long memoryBytes) {
    Checks.requirePositive("device", "memoryBytes", memoryBytes);
    int fits = 0;
    int tooMany = 1;
    while (isWithin(model, batch.withMicroBatch(tooMany), layout, options, memoryBytes)) {
      fits = tooMany;
      require(
          tooMany < LARGEST_MICRO_BATCH,
          "device",
          "memoryBytes",
          memoryBytes,
          String.format(Locale.ROOT, "must hold fewer than %d sequences", LARGEST_MICRO_BATCH));
      tooMany *= 2;
    }
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (isWithin(model, batch.withMicroBatch(middle), layout, options, memoryBytes)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private static boolean isWithin(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      long memoryBytes) {
    return peak(model, batch, layout, options).deviceBytes() <= memoryBytes;
  }

  /** What the device holds. */
  public long deviceBytes() {
    return sum(items.stream().filter(item -> !item.isOnHost()).toList());
  }

  /** What the host holds for this device. */
  public long hostBytes() {
    return sum(items.stream().filter(Item::isOnHost).toList());
  }

  /** Bytes of one group, on device and host. */
  public long bytes(Group group) {
    return sum(items.stream().filter(item -> item.group() == group).toList());
  }

  /** The device's bytes with every item. */
  public Derivation derivation() {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("stage", stage);
    return new Derivation(
        "training memory of the fullest device",
        deviceBytes(),
        "B",
        "sum of what is held at once",
        inputs,
        items.stream()
            .filter(item -> !item.isOnHost())
            .map(item -> new Derivation.Term(item.name(), item.bytes()))
            .toList(),
        "model states: Rajbhandari et al. 2020, arXiv:1910.02054; activations: Korthikanti et al."
            + " 2022, arXiv:2205.05198");
  }

  private static long sum(List<Item> items) {
    long sum = 0;
    for (Item item : items) {
      sum = addExact(sum, item.bytes());
    }
    return sum;
  }
}
