/**
 * {@code ridge generate} and {@code ridge load}: run a model and say how fast it was, beside how
 * fast it should have been.
 */
package dev.ridgepoint.bench.cli.run;
