package dev.ridgepoint.estimator.architecture;

import static java.lang.Math.multiplyExact;

/**
 * Equal weights of one role.
 *
 * @param role what they are for
 * @param part weight or bias
 * @param owner the part of a layer that they belong to
 * @param stack the layers that they belong to
 * @param rows outputs of a matrix; 1 for a vector
 * @param columns inputs of a matrix; elements of a vector
 * @param isMatrix whether a matrix's storage format applies; vectors are kept in full precision
 * @param copies how many there are, over all layers and experts
 * @param activeCopies how many of them one token passes through
 */
public record WeightTensor(
    TensorRole role,
    Part part,
    Owner owner,
    StackKind stack,
    long rows,
    long columns,
    boolean isMatrix,
    long copies,
    long activeCopies) {

  /** Which of the tensors of a role. */
  public enum Part {
    WEIGHT(""),
    BIAS(".bias");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }
  }

  /** Which part of a layer has a tensor. */
  public enum Owner {
    /** The layer itself, or none. */
    LAYER(""),
    /** Attention to the encoder's output. */
    CROSS_ATTENTION("cross_"),
    /** One of the experts that a router chooses from. */
    EXPERT("expert."),
    /** The expert that every token passes. */
    SHARED_EXPERT("shared_expert.");

    private final String prefix;

    Owner(String prefix) {
      this.prefix = prefix;
    }
  }

  /** Which layers have a tensor. */
  public enum StackKind {
    DECODER(""),
    ENCODER("encoder."),
    /** Modules that predict further tokens. */
    NEXT_TOKEN("mtp.");

    private final String prefix;

    StackKind(String prefix) {
      this.prefix = prefix;
    }
  }

  static WeightTensor matrix(TensorRole role, long rows, long columns) {
    return new WeightTensor(
        role, Part.WEIGHT, Owner.LAYER, StackKind.DECODER, rows, columns, true, 1, 1);
  }

  static WeightTensor vector(TensorRole role, Part part, long elements) {
    return new WeightTensor(role, part, Owner.LAYER, StackKind.DECODER, 1, elements, false, 1, 1);
  }

  /** What reports call it, such as {@code q_proj.bias}. */
  public String name() {
    return stack.prefix + owner.prefix + role.label() + part.suffix;
  }

  /** What reports count it under. */
  public Component component() {
    return role.component();
  }

  /** {@code total} copies for each one, of which a token passes {@code active}. */
  WeightTensor times(long total, long active) {
    return new WeightTensor(
        role,
        part,
        owner,
        stack,
        rows,
        columns,
        isMatrix,
        multiplyExact(copies, total),
        multiplyExact(activeCopies, active));
  }

  /** One of the copies, which a token passes. */
  public WeightTensor single() {
    return new WeightTensor(role, part, owner, stack, rows, columns, isMatrix, 1, 1);
  }

  WeightTensor of(Owner owner) {
    return new WeightTensor(
        role, part, owner, stack, rows, columns, isMatrix, copies, activeCopies);
  }

  WeightTensor of(StackKind stack) {
    return new WeightTensor(
        role, part, owner, stack, rows, columns, isMatrix, copies, activeCopies);
  }

  /** Elements of all copies. */
  public long parameters() {
    return multiplyExact(copies, multiplyExact(rows, columns));
  }

  /** Elements of the copies that one token passes through. */
  public long activeParameters() {
    return multiplyExact(activeCopies, multiplyExact(rows, columns));
  }
}
