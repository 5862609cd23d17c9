/**
 * What a transformer is made of, as data: stacks of layers, each with its attention, feed-forward
 * and norms. Counts of parameters follow from the shapes of {@link
 * dev.ridgepoint.estimator.architecture.WeightTensor}; counts of FLOPs and bytes from {@link
 * dev.ridgepoint.estimator.operation.OperationList}.
 */
package dev.ridgepoint.estimator.architecture;
