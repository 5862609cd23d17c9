package dev.ridgepoint.estimator.training;

import dev.ridgepoint.estimator.input.InvalidInputException;

/** An architecture was given of which it is not known what its layers save in training. */
public final class UnknownActivationsException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  UnknownActivationsException(String model, String reason) {
    super(
        model, "the activations that its layers save in training are not known, because " + reason);
  }
}
