/** {@code ridge estimate}: what a model costs, on paper. */
package dev.ridgepoint.bench.cli.estimate;
