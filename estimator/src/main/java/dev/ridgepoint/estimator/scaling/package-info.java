/** Published laws of loss against parameters, tokens and compute. */
package dev.ridgepoint.estimator.scaling;
