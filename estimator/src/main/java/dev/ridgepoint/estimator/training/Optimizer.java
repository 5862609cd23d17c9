package dev.ridgepoint.estimator.training;

import static java.lang.Math.addExact;
import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What an optimizer remembers between steps, in fp32 where not said otherwise. */
public enum Optimizer {
  /** Nothing. */
  SGD,
  /** One moment per parameter: 4 bytes. Source: Polyak 1964. */
  MOMENTUM,
  /**
   * Two moments per parameter: 8 bytes. Source: Kingma and Ba 2014, arXiv:1412.6980, algorithm 1.
   */
  ADAM,
  /**
   * Adam with decoupled weight decay, which needs no memory: 8 bytes. Source: Loshchilov and Hutter
   * 2017, arXiv:1711.05101, algorithm 2.
   */
  ADAMW,
  /**
   * The second moment of a matrix as its row and column sums; of a vector in full. Source: Shazeer
   * and Stern 2018, arXiv:1804.04235, algorithm 4.
   */
  ADAFACTOR,
  /** Adafactor with a first moment: 4 bytes more per parameter. Source: the same, with beta1. */
  ADAFACTOR_MOMENTUM,
  /**
   * Both moments in 8 bits, with one fp32 scale per block of 2048; tensors of fewer than 4096
   * elements keep fp32 moments. Source: Dettmers et al. 2021, arXiv:2110.02861, section 2; small
   * tensors as in its bitsandbytes.
   */
  ADAM_8BIT;

  private static final int BLOCK = 2048;
  private static final int SMALLEST_8BIT_TENSOR = 4096;

  /**
   * The optimizer of a name such as {@code adamw} or {@code adam-8bit}.
   *
   * @param source the flag or file that holds the name
   * @throws InvalidInputException if there is none
   */
  public static Optimizer named(String source, String name) {
    return Arrays.stream(values())
        .filter(optimizer -> optimizer.label().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "optimizer \"%s\" is unknown; known are %s"
                        .formatted(name, Arrays.stream(values()).map(Optimizer::label).toList())));
  }

  /** What the user calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The states for these tensors. */
  public List<ModelState> states(List<ParameterTensor> tensors) {
    long elements = TrainingModel.elements(tensors);
    return switch (this) {
      case SGD -> List.of();
      case MOMENTUM -> List.of(state("velocity", elements, 4));
      case ADAM, ADAMW ->
          List.of(state("first moments", elements, 4), state("second moments", elements, 4));
      case ADAFACTOR -> List.of(factoredMoments(tensors));
      case ADAFACTOR_MOMENTUM ->
          List.of(state("first moments", elements, 4), factoredMoments(tensors));
      case ADAM_8BIT -> eightBitMoments(tensors);
    };
  }

  private static ModelState factoredMoments(List<ParameterTensor> tensors) {
    long kept = 0;
    for (ParameterTensor tensor : tensors) {
      long one =
          tensor.isMatrix() ? addExact(tensor.rows(), tensor.columns()) : tensor.elementsOfOne();
      kept = addExact(kept, multiplyExact(tensor.copies(), one));
    }
    return state("factored second moments", kept, 4);
  }

  private static List<ModelState> eightBitMoments(List<ParameterTensor> tensors) {
    long quantised = 0;
    long blocks = 0;
    long full = 0;
    for (ParameterTensor tensor : tensors) {
      if (tensor.elementsOfOne() < SMALLEST_8BIT_TENSOR) {
        full = addExact(full, tensor.elements());
      } else {
        quantised = addExact(quantised, tensor.elements());
        long one = ceilDiv(tensor.elementsOfOne(), (long) BLOCK);
        blocks = addExact(blocks, multiplyExact(tensor.copies(), one));
      }
    }
    List<ModelState> states = new ArrayList<>();
    for (String moment : List.of("first", "second")) {
      states.add(state(moment + " moments in 8 bits", quantised, 1));
      states.add(state(moment + " moments' block scales", blocks, 4));
      states.add(state(moment + " moments of small tensors", full, 4));
    }
    return states;
  }

  private static ModelState state(String name, long elements, int bytesPerElement) {
    return new ModelState(ModelState.Kind.OPTIMIZER, name, elements, bytesPerElement);
  }
}
