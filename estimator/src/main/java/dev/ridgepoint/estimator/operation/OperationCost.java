package dev.ridgepoint.estimator.operation;

/** What an operation costs in a step. */
public record OperationCost(Operation operation, Cost cost) {

  /** The operation's name. */
  public String name() {
    return operation.name();
  }
}
