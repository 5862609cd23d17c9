/** {@code ridge scaling}: loss against parameters, tokens and compute. */
package dev.ridgepoint.bench.cli.scaling;
