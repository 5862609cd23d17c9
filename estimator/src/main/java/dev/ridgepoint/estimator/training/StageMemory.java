package dev.ridgepoint.estimator.training;

import static java.lang.Math.ceilDiv;
import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.training.TrainingMemory.Group;
import dev.ridgepoint.estimator.training.TrainingMemory.Item;
import java.util.ArrayList;
import java.util.List;

/** Adds up what one pipeline stage holds. */
final class StageMemory {
  /** Softmax is taken in fp32 (Micikevicius et al. 2017, arXiv:1710.03740, section 3.3). */
  private static final int LOGIT_BYTES = 4;

  private final TrainingModel model;
  private final TrainingBatch batch;
  private final ParallelLayout layout;
  private final MemoryOptions options;
  private final int stage;
  private final List<Item> items = new ArrayList<>();

  StageMemory(
      TrainingModel model,
      TrainingBatch batch,
      ParallelLayout layout,
      MemoryOptions options,
      int stage) {
    this.model = model;
    this.batch = batch;
    this.layout = layout;
    this.options = options;
    this.stage = stage;
  }

  TrainingMemory memory() {
    addStates(model.tensorsOfDevice(layout, stage));
    addSharingBuffers();
    addActivations();
    return new TrainingMemory(stage, items);
  }

  private boolean isFirst() {
    return stage == 0;
  }

  private boolean isLast() {
    return stage == layout.pipelineParallel() - 1;
  }

  private void addStates(List<ParameterTensor> tensors) {
    TrainingPrecision precision = options.precision();
    long elements = TrainingModel.elements(tensors);
    addState(new ModelState(ModelState.Kind.WEIGHTS, "weights", elements, precision.weightBytes()));
    addState(
        new ModelState(
            ModelState.Kind.GRADIENTS, "gradients", elements, precision.gradientBytes()));
    if (precision.masterBytes() > 0) {
      addState(
          new ModelState(
              ModelState.Kind.OPTIMIZER, "master weights", elements, precision.masterBytes()));
    }
    options.optimizer().states(tensors).forEach(this::addState);
  }

  private void addState(ModelState state) {
    Group group =
        switch (state.kind()) {
          case WEIGHTS -> Group.WEIGHTS;
          case GRADIENTS -> Group.GRADIENTS;
          case OPTIMIZER -> Group.OPTIMIZER;
        };
    boolean isShared = options.zero().shares(state.kind());
    long bytes = isShared ? state.shardBytes(layout.dataParallel()) : state.bytes();
    items.add(new Item(group, state.name(), bytes, options.offload().moves(state.kind())));
  }

  /** A state that is shared or on the host still passes through the device, module by module. */
  private void addSharingBuffers() {
    long module = largestModuleElements();
    if (isElsewhere(ModelState.Kind.WEIGHTS)) {
      addBuffer("gathered weights of one module", module, options.precision().weightBytes());
    }
    if (isElsewhere(ModelState.Kind.GRADIENTS)) {
      addBuffer("unreduced gradients of one module", module, options.precision().gradientBytes());
    }
  }

  private boolean isElsewhere(ModelState.Kind kind) {
    boolean isShared = options.zero().shares(kind) && layout.dataParallel() > 1;
    return isShared || options.offload().moves(kind);
  }

  private long largestModuleElements() {
    long largest = shardElements(model.layerTensors());
    if (isFirst() || (isLast() && model.isTied())) {
      largest = max(largest, shardElements(model.embeddingTensors()));
    }
    return isLast() ? max(largest, shardElements(model.headTensors())) : largest;
  }

  private long shardElements(List<ParameterTensor> tensors) {
    return TrainingModel.elements(
        tensors.stream().map(tensor -> tensor.shard(layout.tensorParallel())).toList());
  }

  private void addActivations() {
    long layersPerChunk = model.numHiddenLayers() / layout.chunks();
    long layer = bytes(LayerActivations.of(model, batch, options));
    if (options.checkpointing() == Checkpointing.FULL) {
      long segment = min(layersPerChunk, options.layersPerCheckpoint());
      long kept = multiplyExact(chunksInFlight(), ceilDiv(layersPerChunk, segment));
      long input = LayerActivations.input(model, batch, options).bytes(layout);
      addActivation("checkpointed inputs", multiplyExact(kept, input));
      addActivation("layers being recomputed", multiplyExact(segment, layer));
    } else {
      long layersInFlight = multiplyExact(chunksInFlight(), layersPerChunk);
      addActivation("layers", multiplyExact(layersInFlight, layer));
    }
    if (isFirst() && model.block() == TrainingModel.Block.GPT) {
      long mask = multiplyExact(sharedRows(), (long) model.hiddenSize());
      addActivation("embedding dropout mask", multiplyExact(microBatchesInFlight(), mask));
    }
    if (isLast()) {
      addHead();
    }
    addBackwardBuffer();
  }

  /**
   * Chunks of the model whose forward pass is done and whose backward pass is not, at the worst
   * moment. One forward, one backward: p - stage micro-batches. Interleaved, on the first stage: v
   * p + p - 1 chunks of L / (v p) layers. Sources: Narayanan et al. 2021, arXiv:2104.04473, section
   * 2.2; Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.3.
   */
  private long chunksInFlight() {
    int chunks = layout.chunksPerStage();
    long stagesFromHere = (long) layout.pipelineParallel() - stage;
    long inFlight =
        chunks == 1
            ? stagesFromHere
            : 2 * (stagesFromHere - 1) + (chunks - 1L) * layout.pipelineParallel() + 1;
    return min(inFlight, multiplyExact((long) batch.microBatches(), (long) chunks));
  }

  private long microBatchesInFlight() {
    return ceilDiv(chunksInFlight(), (long) layout.chunksPerStage());
  }

  /** Final norm and head keep their inputs, the loss its logits in fp32, for one micro-batch. */
  private void addHead() {
    long inputs =
        multiplyExact(
            2L * options.precision().activationBytes(),
            multiplyExact(sharedRows(), (long) model.hiddenSize()));
    addActivation("inputs of final norm and head", inputs);
    long share = ceilDiv(model.vocabSize(), layout.tensorParallel());
    long logits = multiplyExact(batch.microBatchTokens(), share);
    addBuffer("logits in fp32", logits, LOGIT_BYTES);
  }

  /** The gradients of the residual stream and of the feed-forward's inner tensors, of one layer. */
  private void addBackwardBuffer() {
    long innerTensors = model.block() == TrainingModel.Block.LLAMA ? 3 : 2;
    long share = ceilDiv(model.intermediateSize(), layout.tensorParallel());
    long width = innerTensors * share + model.hiddenSize();
    addBuffer(
        "gradients of one layer's activations",
        multiplyExact(batch.microBatchTokens(), width),
        options.precision().activationBytes());
  }

  private long bytes(List<SavedActivation> saved) {
    long sum = 0;
    for (SavedActivation activation : saved) {
      sum = Math.addExact(sum, activation.bytes(layout));
    }
    return sum;
  }

  /** Rows of one micro-batch outside the shared matrices, on the fullest rank. */
  private long sharedRows() {
    long positions =
        layout.sequenceParallel()
            ? ceilDiv(batch.sequenceLength(), layout.tensorParallel())
            : batch.sequenceLength();
    return positions * batch.microBatch();
  }

  private void addActivation(String name, long bytes) {
    items.add(new Item(Group.ACTIVATIONS, name, bytes, false));
  }

  private void addBuffer(String name, long elements, int bytesPerElement) {
    items.add(
        new Item(Group.BUFFERS, name, multiplyExact(elements, (long) bytesPerElement), false));
  }
}
