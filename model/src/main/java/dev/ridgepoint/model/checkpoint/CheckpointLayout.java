package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.OperationList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which tensors a checkpoint must have: those that the operations of its architecture read. What a
 * file holds beyond that is ignored, as Hugging Face does: buffers such as {@code
 * rotary_emb.inv_freq}, biases that the config does not announce, and an {@code lm_head.weight}
 * when {@code tie_word_embeddings} is true.
 *
 * @param operations of every step
 */
public record CheckpointLayout(List<Operation> operations) {

  /** The layout of an architecture's checkpoints. */
  public static CheckpointLayout of(Architecture architecture) {
    return new CheckpointLayout(OperationList.ofEngine(architecture));
  }

  /** Every tensor needed, each once. */
  public Stream<TensorSpec> tensors() {
    return operations.stream().flatMap(CheckpointLayout::tensors).distinct();
  }

  /** The tensors that one operation reads. */
  public static Stream<TensorSpec> tensors(Operation operation) {
    return operation.weights().stream()
        .flatMap(
            tensor ->
                copies(operation).mapToObj(copy -> TensorSpec.of(operation.layer(), tensor, copy)));
  }

  /** The numbers of the copies that an operation has of its weights: those of its experts. */
  public static IntStream copies(Operation operation) {
    return IntStream.range(
        0, operation instanceof ExpertLinear linear ? linear.experts().numExperts() : 1);
  }
}
