/**
 * Makes a model's weights smaller, and measures what that does to its answers. Each method takes
 * {@link dev.ridgepoint.model.compression.ModelWeights} and what {@link
 * dev.ridgepoint.model.compression.Calibration} saw of the layers' inputs, and gives other weights,
 * which run in the engine and are exported as any others.
 */
package dev.ridgepoint.model.compression;
