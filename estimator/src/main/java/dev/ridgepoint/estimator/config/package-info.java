/**
 * Reads architectures from Hugging Face configs. {@link
 * dev.ridgepoint.estimator.config.ConfigReader} finds the family, whose file describes it: what it
 * is made of, and what its configuration class fills in where a config is silent. A family that is
 * not here is refused by name; so is a field that would change the model in a way that is not known
 * here.
 */
package dev.ridgepoint.estimator.config;
