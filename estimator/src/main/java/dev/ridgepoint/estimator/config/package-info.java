/**
 * Reads architectures from Hugging Face configs, family by family. A family that is not here is
 * refused by name; so is a field that would change a count in a way that is not known here.
 */
package dev.ridgepoint.estimator.config;
